"""What a campaign's file says: periods, requests between them, exceptions, narratives, and how days are counted."""

from __future__ import annotations

from datetime import date

import pytest

from bot.check.load import load_rulebook
from bot.model import Period, Rulebook
from tests.check.small import CAMPAIGN, files

HALF_YEARLY = """\
id         = "thu"
title      = "Báo cáo CCN"
ministry   = "Bộ Mẫu"
department = "Cục Mẫu"
opened     = 2024-10-01
recurs     = "half-yearly"
years      = [2025, 2026]

[contact]
role = "Chuyên viên"

[[period]]
id    = "6T"
title = "6 tháng đầu năm {nam}"
begin = "15/12/{nam_truoc}"
end   = "14/6/{nam}"
words = ["6 tháng {nam}"]

[[period]]
id    = "N"
title = "năm {nam}"
begin = "15/12/{nam_truoc}"
end   = "14/12/{nam}"

[[obligation]]
forms    = ["A"]
owed_by  = "kind = 'tinh'"
period   = "6T"
deadline = "trước ngày 30/6/{nam}"

[[obligation]]
forms    = ["A"]
owed_by  = "code = '40'"
period   = "N"
deadline = "trước ngày 31/12/{nam}"

[[request]]
id       = "2026-dx1"
title    = "Rà soát CCN có diện tích trên 75 ha"
dispatch = "Công văn số 15/BCT-CN ngày 12/3/2026"
opened   = 2026-03-12

[[request.obligation]]
forms    = ["A"]
owed_by  = "kind = 'tinh'"
deadline = "trước ngày 10/4/2026"
"""

EXTENDED = """
[[exception]]
reporter = "40"
forms    = ["A"]
deadline = "trước ngày 25/7/2012"
since    = 2012-07-10
reason   = "bão số 3, Công văn số 20/UBND ngày 9/7/2012"
"""


def loaded(campaign: str) -> Rulebook:
    book = load_rulebook(files(campaign=campaign))
    assert isinstance(book, Rulebook), book
    return book


def mistakes(campaign: str) -> list[tuple[int, str]]:
    found = load_rulebook(files(campaign=campaign))
    assert isinstance(found, tuple)
    return [(one.line, one.say) for one in found if one.file == "thu/campaign.toml"]


def line(campaign: str, text: str) -> int:
    return campaign[: campaign.index(text)].count("\n") + 1


def test_what_recurs_is_one_campaign_for_each_period_and_each_request() -> None:
    book = loaded(HALF_YEARLY)
    assert [(one.id, one.opened, one.last_day) for one in book.campaigns] == [
        ("thu.2025-6T", date(2025, 6, 15), date(2025, 12, 14)),
        ("thu.2025-N", date(2025, 12, 15), date(2026, 6, 14)),
        ("thu.2026-6T", date(2026, 6, 15), date(2026, 12, 14)),
        ("thu.2026-N", date(2026, 12, 15), date(2027, 2, 4)),
        ("thu.2026-dx1", date(2026, 3, 12), date(2026, 5, 15)),
    ]
    assert {one.series for one in book.campaigns} == {"thu"}
    assert book.form("thu.2026-N/A") is book.form("thu/A")


def test_a_period_has_its_name_its_days_and_its_words() -> None:
    campaign = loaded(HALF_YEARLY).campaign("thu.2026-6T")
    assert campaign.title == "Báo cáo CCN, 6 tháng đầu năm 2026"
    assert campaign.period == Period(
        "2026-6T", "6 tháng đầu năm 2026", date(2025, 12, 15), date(2026, 6, 14), ("6 tháng 2026",)
    )


def test_each_period_has_its_own_deadlines_and_reporters() -> None:
    owed = loaded(HALF_YEARLY).obligations
    assert [(one.campaign, one.reporter, one.deadline.words) for one in owed if one.deadline] == [
        ("thu.2025-6T", "01", "trước ngày 30/6/2025"),
        ("thu.2025-6T", "40", "trước ngày 30/6/2025"),
        ("thu.2025-N", "40", "trước ngày 31/12/2025"),
        ("thu.2026-6T", "01", "trước ngày 30/6/2026"),
        ("thu.2026-6T", "40", "trước ngày 30/6/2026"),
        ("thu.2026-N", "40", "trước ngày 31/12/2026"),
        ("thu.2026-dx1", "01", "trước ngày 10/4/2026"),
        ("thu.2026-dx1", "40", "trước ngày 10/4/2026"),
    ]


def test_only_what_is_followed_on_a_day_is_under_way() -> None:
    book = loaded(HALF_YEARLY)
    assert [one.id for one in book.under_way(date(2026, 4, 1))] == ["thu.2025-N", "thu.2026-dx1"]
    assert {one.campaign for one in book.open_obligations(date(2026, 7, 1))} == {"thu.2026-6T"}
    assert book.under_way(date(2025, 6, 14)) == ()


def test_a_campaign_without_any_date_is_followed_until_it_is_closed() -> None:
    open_ended = loaded(CAMPAIGN.replace('deadline = "trước ngày 15/7/2012"', ""))
    assert open_ended.campaigns[0].last_day is None
    closed = CAMPAIGN.replace("reminders", "closed = 2012-12-31\nreminders")
    assert loaded(closed).campaigns[0].last_day == date(2012, 12, 31)


def test_an_extension_has_its_day_and_its_reason_and_changes_nobody_else() -> None:
    book = loaded(CAMPAIGN + EXTENDED)
    extended, common = book.obligation("thu", "A", "40"), book.obligation("thu", "A", "01")
    assert extended
    assert extended.deadline
    assert (extended.deadline.day, extended.deadline.reason) == (
        date(2012, 7, 25),
        "bão số 3, Công văn số 20/UBND ngày 9/7/2012",
    )
    assert common
    assert common.deadline
    assert (common.deadline.day, common.deadline.reason) == (date(2012, 7, 15), "")


def test_an_exception_may_free_one_reporter_from_a_form() -> None:
    freed = EXTENDED.replace('deadline = "trước ngày 25/7/2012"', "owes = false")
    book = loaded(CAMPAIGN + freed)
    assert [one.reporter for one in book.obligations] == ["01"]


def test_an_exception_of_a_period_belongs_to_that_period_only() -> None:
    late = EXTENDED.replace("[[exception]]", '[[exception]]\nperiod = "2026-6T"').replace("25/7/2012", "20/7/2026")
    book = loaded(HALF_YEARLY + late)
    days = [one.deadline.day for one in book.owed_by("40") if one.deadline]
    assert days == [date(2025, 6, 30), date(2025, 12, 31), date(2026, 7, 20), date(2026, 12, 31), date(2026, 4, 10)]


def test_the_campaign_says_how_days_are_counted() -> None:
    strict = loaded(CAMPAIGN.replace("reminders", 'counting = "strict"\nreminders'))
    assert {one.deadline.counting for one in strict.obligations if one.deadline} == {"strict"}


OUTLINE = """
[[outline]]
id     = "BC"
title  = "Báo cáo kết quả rà soát"
name   = "Báo cáo rà soát"
beside = "A"
source = "Phụ lục thử"
words  = ["rà soát"]

[[outline.section]]
title   = "Căn cứ"
pattern = 'chỉ thị (số )?07'

[[outline.section]]
title    = "Khái quát"
pattern  = 'khái quát'
required = false
"""


def test_a_narrative_has_its_sections() -> None:
    (outline,) = loaded(CAMPAIGN + OUTLINE).campaigns[0].outlines
    assert (outline.name, outline.beside) == ("Báo cáo rà soát", "A")
    assert [(one.title, one.required) for one in outline.sections] == [("Căn cứ", True), ("Khái quát", False)]


@pytest.mark.parametrize(
    ("old", "new", "at", "say"),
    [
        ('"half-yearly"', '"weekly"', "recurs",
         "Khóa recurs phải là một trong: yearly, half-yearly, quarterly, monthly"),
        ('"half-yearly"', '"yearly"', "recurs", 'recurs = "yearly" phải có 1 mục [[period]], đang có 2'),
        ("years      = [2025, 2026]\n", "", "id ", "Đợt định kỳ phải có years = [năm đầu, năm cuối]"),
        ("[2025, 2026]", "[2026, 2025]", "years", "Đợt định kỳ phải có years = [năm đầu, năm cuối]"),
        ('"14/6/{nam}"', '"tháng sáu"', "end   =",
         'Không thấy ngày trong "tháng sáu"; ví dụ cách ghi đúng: "14/6/{nam}"'),
        ('"14/6/{nam}"', '"14/6/2020"', "end   =", "Ngày cuối của kỳ đứng trước ngày đầu"),
        ('period   = "6T"\n', "", "[[obligation]]", "Nghĩa vụ của đợt định kỳ phải có khóa period"),
        ('period   = "N"', 'period   = "Q1"', "period   = \"Q1\"", 'Không có kỳ "Q1"'),
        ('forms    = ["A"]\nowed_by  = "code', 'narratives = ["BC"]\nowed_by  = "code', "narratives",
         "Không có mục [[outline]] nào mang mã BC"),
        ('forms    = ["A"]\nowed_by  = "code', 'forms    = ["A"]\nsigned   = "BC"\nowed_by  = "code', "signed",
         "BC không có trong forms hay narratives của nghĩa vụ này"),
        ("code = '40'", "code = '99'", "owed_by  = \"code",
         "Không có đơn vị nào đáp ứng điều kiện này vào ngày 15/12/2025"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_recurring_campaign_is_told_once_at_its_line(old: str, new: str, at: str, say: str) -> None:
    campaign = HALF_YEARLY.replace(old, new, 1)
    assert mistakes(campaign) == [(line(campaign, at), say)]


@pytest.mark.parametrize(
    ("campaign", "at", "say"),
    [
        (CAMPAIGN + EXTENDED.replace('"40"', '"99"'), 'reporter = "99"',
         'Đơn vị "99" không phải gửi A trong đợt này'),
        (CAMPAIGN + EXTENDED.replace('["A"]', '["B"]'), 'reporter = "40"',
         'Đơn vị "40" không phải gửi B trong đợt này'),
        (CAMPAIGN + EXTENDED.replace('deadline = "trước ngày 25/7/2012"\n', ""), "[[exception]]",
         "Ngoại lệ phải nêu hạn mới (deadline) hoặc ghi owes = false"),
        (CAMPAIGN + EXTENDED.replace("since    = 2012-07-10\n", ""), "[[exception]]", "Thiếu khóa since"),
        (CAMPAIGN + EXTENDED.replace("[[exception]]", '[[exception]]\nperiod = "2026-6T"'), 'period = "2026-6T"',
         'Không có kỳ "2026-6T"'),
        (CAMPAIGN.replace("reminders", "years = [2025, 2026]\nreminders"), "years",
         "Khóa years chỉ dùng cho đợt định kỳ (có khóa recurs)"),
        (CAMPAIGN + OUTLINE.replace("'khái quát'", "'khái (quát'"), "pattern  = 'khái",
         "pattern không phải biểu thức chính quy: missing ), unterminated subpattern at position 5"),
        (CAMPAIGN + OUTLINE.replace('beside = "A"', 'beside = "B"'), 'beside = "B"',
         "Không có tệp thu/B.toml cho biểu B"),
        (CAMPAIGN + OUTLINE.replace('"BC"', '"A"'), 'id     = "A"', "Mã A đã dùng cho một biểu hoặc đề cương khác"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_exception_or_an_outline_is_told_at_its_line(campaign: str, at: str, say: str) -> None:
    assert mistakes(campaign) == [(line(campaign, at), say)]
