"""What a person answers to our mails, through the children and the ledger: explanations that close what was asked."""

from __future__ import annotations

import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.model import Mail, Obligation, Outcome, Severity, Standing, State
from tests.fixtures.office import ARRIVED, office_in_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from bot.runners.pipeline import Pipeline
    from tests.fixtures.office import Office

PLACE = province("Nghệ An")
PARKS = make_parks_book(PLACE, 2)
ASKED = mistakes.found_a_park_in_the_moratorium(PARKS).book
WRONG = mistakes.lease_more_than_there_is(ASKED).book
OBLIGATION = Obligation("2012-kkt-kcn", "I.1", "40", None)
REASON = "thành lập theo Quyết định số 123/QĐ-TTg"


@pytest.fixture
def office(tmp_path: Path, thinker: Pipeline) -> Iterator[Office]:
    with office_in_process(tmp_path, thinker) as opened:
        yield opened


def mail(
    words: str,
    files: Sequence[bytes] = (),
    *,
    to: Shown | None = None,
    reply_to: str = "",
    subject: str = "Báo cáo",
    sender: str = PLACE.address,
) -> bytes:
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = sender, "baocao@bokehoach.example", subject
    if to is not None or reply_to:
        built["In-Reply-To"] = to.mails[0].message_id if to else reply_to
    built.set_content(words)
    for file in files:
        built.add_attachment(file, maintype="application", subtype="octet-stream", filename="Bieu I.1.xlsx")
    return built.as_bytes()


def text_of(office: Office, shown: Shown) -> str:
    raw = office.desk.vault.get(shown.mails[0].raw)
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def verdict(office: Office, shown: Shown) -> str:
    return text_of(office, shown).partition("\n")[0]


def open_queries(office: Office) -> int:
    (one,) = office.desk.ledger.standing([OBLIGATION])
    return one.queries


def edited(file: bytes, *, moved: int = 0, old: str = "", new: str = "") -> bytes:
    """Return the workbook with rows put in above the table, or with one text put for another."""
    book = load_workbook(io.BytesIO(file))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if old and cell.value is not None and old in str(cell.value):
                cell.value = str(cell.value).replace(old, new)
    if moved:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, moved)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_explanation_closes_the_query_everywhere(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    assert open_queries(office) == 1
    quoted = text_of(office, first).replace("\n", "\n> ")
    answer = office.settle(mail(f"1: {REASON}\n\n> {quoted}", to=first))

    assert (answer.outcome, answer.reason, answer.parts) == (Outcome.ANSWERED, "noted", ())
    assert [(one.about, one.number, one.text, one.form) for one in answer.explanations] == [
        (first.receipt, 1, REASON, "I.1")
    ]
    again = office.desk.ledger.show(first.receipt)
    assert again is not None
    assert again.explanations == answer.explanations
    assert open_queries(office) == 0
    told = text_of(office, answer)
    assert told.startswith("Cảm ơn Quý cơ quan; nội dung trả lời đối với mục 1 đã được ghi nhận.\n")
    assert f"đã ghi nhận giải trình “{REASON}”" in told


def test_what_was_explained_is_not_asked_again_while_the_value_is_the_same(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    office.settle(mail(f"1: {REASON}", to=first))
    moved = office.settle(mail("Bản thay thế.", [edited(draw_xlsx(ASKED), moved=2)]))
    assert [(one.verdict, one.revision, one.queries) for one in moved.parts] == [(Outcome.ACCEPTED, 2, 0)]
    (known,) = [one for one in moved.parts[0].findings if one.explained]
    assert known.explained == REASON
    assert known.place.cell != first.parts[0].findings[0].place.cell
    assert open_queries(office) == 0

    (asked,) = [one for one in first.parts[0].findings if one.severity is Severity.QUERY]
    other = edited(draw_xlsx(ASKED), old=asked.written, new="20/5/2012")
    changed = office.settle(mail("Bản thay thế lần hai.", [other]))
    assert [one.queries for one in changed.parts] == [1], "another value is another question"


def test_explanations_and_a_new_file_in_one_mail_both_count(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(WRONG)]))
    numbers = {one.severity: number for number, one in enumerate(first.parts[0].findings, 1)}
    assert [(one.errors, one.queries) for one in first.parts] == [(1, 1)]
    words = f"1: đã sửa trong tệp\n2: {REASON}\n3. Biểu I.1: tình hình quy hoạch các KCN\n"
    second = office.settle(mail(words, [edited(draw_xlsx(ASKED), moved=1)], to=first))
    assert [(one.verdict, one.queries) for one in second.parts] == [(Outcome.ACCEPTED, 0)]
    assert [one.number for one in second.explanations] == [2], numbers
    assert f"đã ghi nhận giải trình “{REASON}”" in text_of(office, second)
    assert "Chưa ghi nhận" not in text_of(office, second)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("1: số liệu đúng như hợp đồng", "là lỗi cần sửa, chưa thể giải trình"),
        ("9: dự án tạm dừng", "không có mục này"),
        ("2: đã sửa", "không có tệp kèm theo"),
        ("1: SAI LUẬT, diện tích gồm cả đất dịch vụ", "đã được chuyển tới Bộ xem xét"),
        ("2: SAI LUẬT, Nghị định 164 cho phép", "số liệu được giữ nguyên"),
    ],
)
def test_each_number_is_answered_exactly(office: Office, words: str, says: str) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(WRONG)]))
    answer = office.settle(mail(words, to=first))
    assert answer.outcome == Outcome.ANSWERED
    assert says in text_of(office, answer)
    assert [one.doubt for one in answer.explanations] == ([True] if "SAI" in words else [])
    assert first.receipt in text_of(office, answer)


def test_the_receipt_alone_names_the_mail_and_an_answer_may_be_answered(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(WRONG)]))
    wrong = office.settle(mail("7: dự án tạm dừng", subject=f"Giải trình, mã biên nhận {first.receipt}"))
    assert "Còn phải giải trình" in text_of(office, wrong)
    right = office.settle(mail(f"Mục 2 – {REASON}", to=wrong))
    assert [(one.about, one.number) for one in right.explanations] == [(first.receipt, 2)]


def test_one_open_question_may_be_answered_without_its_number(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    thanks = office.settle(mail("Cảm ơn Quý Bộ đã trả lời.", to=first))
    assert (thanks.outcome, thanks.explanations) == (Outcome.REFUSED, ())
    answer = office.settle(mail(f"Kính gửi Quý Bộ,\n\nKCN này được {REASON}.\n\nTrân trọng.", to=first))
    assert [(one.number, one.text) for one in answer.explanations] == [(1, f"KCN này được {REASON}.")]


def test_a_mail_that_answers_none_of_ours_explains_nothing(office: Office) -> None:
    office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    assert office.settle(mail(f"1: {REASON}")).outcome == Outcome.REFUSED
    assert open_queries(office) == 1


# -- trials ------------------------------------------------------------------------------------------------------


def test_a_trial_is_checked_in_full_and_counts_nothing(office: Office) -> None:
    trial = office.settle(mail("Xin kiểm tra.", [draw_xlsx(ASKED)], subject="[KIỂM TRA] Biểu I.1"))
    assert (trial.outcome, [one.verdict for one in trial.parts]) == (Outcome.TRIAL, [Outcome.TRIAL])
    assert [(one.revision, one.late_days, one.table, one.queries) for one in trial.parts] == [(0, 0, "", 1)]
    assert verdict(office, trial).startswith("Đây là thư kiểm tra, không tính là bản nộp. Nếu gửi chính thức,")
    assert office.desk.ledger.standing([OBLIGATION]) == (Standing(OBLIGATION),)
    assert office.desk.ledger.history("40", "").settled == ()

    earnest = office.settle(mail("Bản chính thức.", [draw_xlsx(ASKED)]))
    assert [(one.verdict, one.revision) for one in earnest.parts] == [(Outcome.ACCEPTED, 1)]
    again = office.settle(mail("Xin kiểm tra lại.", [draw_xlsx(ASKED)], subject="Re: [kiem tra] Biểu I.1"))
    assert [one.verdict for one in again.parts] == [Outcome.TRIAL], "checked, although it was sent before"
    assert [one.revision for one in office.desk.ledger.history("40", "").settled] == [1]


def test_a_word_without_brackets_is_no_trial(office: Office) -> None:
    shown = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(PARKS)], subject="KIỂM TRA Biểu I.1"))
    assert shown.outcome == Outcome.ACCEPTED


# -- nothing to declare ------------------------------------------------------------------------------------------


def states(office: Office, *forms: str) -> list[State]:
    owed = [Obligation("2012-kkt-kcn", form, "40", None) for form in forms]
    return [one.state for one in office.desk.ledger.standing(owed)]


def test_one_line_settles_what_the_reminder_asks_for(office: Office) -> None:
    reminder = Mail("remind:2012-kkt-kcn/40/3/2012-07-15", "reminder", "<nhac@bo.example>", (PLACE.address,), "", b"x")
    office.desk.ledger.enqueue([reminder], {reminder.key: office.desk.vault.put(b"x")}, ARRIVED)
    shown = office.settle(mail("Không phát sinh.\n\n> Nếu không phát sinh …", reply_to="<nhac@bo.example>"))
    assert shown.outcome == Outcome.ACCEPTED
    assert {(one.form, one.verdict, one.revision, one.rows) for one in shown.parts} >= {
        ("I.3", Outcome.ACCEPTED, 1, 0),
        ("I.4", Outcome.ACCEPTED, 1, 0),
    }
    assert states(office, "I.1", "I.3", "I.4", "III.2") == [State.NOTHING, State.NIL, State.NIL, State.NOTHING]
    told = text_of(office, shown)
    assert "Biểu I.3, I.4" in told.partition("\n")[0]
    assert "bản gửi sau sẽ thay thế" in told
    assert "Biểu I.1, I.2" in told, "to these nothing is no answer"


def test_nil_is_asked_about_where_it_is_not_clear_and_taken_where_a_form_is_named(office: Office) -> None:
    asked = office.settle(mail("Kỳ này không phát sinh."))
    assert (asked.outcome, asked.reason, asked.parts) == (Outcome.ANSWERED, "nil", ())
    assert verdict(office, asked).startswith("Thư đã nhận được nhưng chưa rõ")
    named = office.settle(mail("Biểu I.3: không phát sinh", to=asked))
    assert [(one.form, one.verdict) for one in named.parts] == [("I.3", Outcome.ACCEPTED)]
    again = office.settle(mail("Biểu I.3: không phát sinh"))
    assert (again.outcome, named.receipt in text_of(office, again)) == (Outcome.ANSWERED, True)


def test_a_file_and_a_line_about_another_form_are_both_settled(office: Office) -> None:
    shown = office.settle(mail("Gửi Biểu I.1. Biểu I.3 không phát sinh.", [draw_xlsx(PARKS)]))
    assert [(one.form, one.verdict) for one in shown.parts] == [("I.1", Outcome.ACCEPTED), ("I.3", Outcome.ACCEPTED)]
    assert states(office, "I.1", "I.3") == [State.ACCEPTED, State.NIL]


# -- commands ----------------------------------------------------------------------------------------------------


def attached(office: Office, shown: Shown) -> list[str]:
    raw = office.desk.vault.get(shown.mails[0].raw)
    return [str(one.get_filename()) for one in message_from_bytes(raw, policy=default).iter_attachments()]


def test_blanks_of_all_that_is_owed_come_by_mail(office: Office) -> None:
    office.settle(mail("Kính gửi Bộ.", [draw_xlsx(PARKS)]))
    shown = office.settle(mail("", subject="MẪU"))
    assert (shown.outcome, shown.reason) == (Outcome.ANSWERED, "blanks")
    names = " ".join(attached(office, shown))
    assert "Bieu-I.2-" in names
    assert "Bieu-III.4-" in names
    assert "Bieu-I.1-" not in names, "it is done"
    assert "Chưa gửi kèm: Báo cáo quy hoạch KCN" in text_of(office, shown), "narratives have no blank"


def test_a_blank_is_given_by_name_also_when_its_form_is_done(office: Office) -> None:
    office.settle(mail("Kính gửi Bộ.", [draw_xlsx(PARKS)]))
    shown = office.settle(mail("Kính gửi Bộ,\nmau bieu I.1", subject="Xin biểu"))
    (name,) = attached(office, shown)
    assert "I.1" in name
    strange = office.settle(mail("", subject="MẪU IX.9"))
    assert "không có biểu nào tên là “IX.9”" in verdict(office, strange)


def test_status_tells_receipts_and_what_is_open(office: Office) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    shown = office.settle(mail("Trạng thái"))
    told = text_of(office, shown)
    assert (shown.outcome, shown.reason) == (Outcome.ANSWERED, "status")
    assert "– Biểu I.1: đạt yêu cầu, còn 1 chỗ cần giải trình (lần nộp 1, nhận lúc 10:00 ngày 10/7/2012" in told
    assert first.receipt in told
    assert "– Biểu I.2: chưa nhận." in told


@pytest.mark.parametrize("words", ["HƯỚNG DẪN", "huong dan\n\n> MẪU", "Kính gửi Quý Bộ,\nHướng dẫn"])
def test_the_guide_comes_by_mail(office: Office, words: str) -> None:
    shown = office.settle(mail(words))
    assert (shown.outcome, shown.reason) == (Outcome.ANSWERED, "guide")
    assert "[KIỂM TRA]" in text_of(office, shown)


def test_a_command_beside_a_form_is_none(office: Office) -> None:
    assert office.settle(mail("Báo cáo.", [draw_xlsx(PARKS)], subject="MẪU")).outcome == Outcome.ACCEPTED


@pytest.mark.parametrize("subject", ["MẪU", "TRẠNG THÁI", "HƯỚNG DẪN", "ĐỒNG Ý", "[KIỂM TRA]"])
def test_nobody_else_may_ask_or_answer(office: Office, subject: str) -> None:
    first = office.settle(mail("Kính gửi Bộ.", [draw_xlsx(ASKED)]))
    strange = mail("1: theo quyết định\nKhông phát sinh.", subject=subject, to=first, sender="la@mail.example")
    with pytest.raises(AssertionError, match="no 12-40"):
        office.settle(strange)
    held = office.desk.ledger.show("12-00-0002")
    assert held is not None
    assert (held.outcome, held.explanations) == (Outcome.HELD, ())
    assert "I.1" not in text_of(office, held), "no data of anyone in it"
    machine = mail("1: theo quyết định", subject=subject, to=first).replace(
        b"Subject:", b"Auto-Submitted: auto-replied\nSubject:", 1
    )
    with pytest.raises(AssertionError, match="no 12-40"):
        office.settle(machine)
    ignored = office.desk.ledger.show("12-00-0003")
    assert ignored is not None
    assert (ignored.outcome, ignored.mails) == (Outcome.IGNORED, ())
    assert open_queries(office) == 1
