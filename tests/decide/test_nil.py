"""Of which forms a mail says that there is nothing to declare."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.decide.nil import find_nil, named_forms
from bot.language import VIETNAM
from bot.message import read_answer
from bot.model import Answered, History, Nil, Outcome, Part, Settled
from bot.preview.findings import PAUSED
from bot.preview.samples import checked_part
from bot.reply.findings import number_parts
from tests.flow.office import rulebook

RULES = rulebook()
OWED = RULES.owed_by("40")
CAMPAIGN = "2012-kkt-kcn"
JULY = date(2012, 7, 10)
REMINDER = Answered(f"remind:{CAMPAIGN}/40/3/2012-07-15", "reminder", "")
AT = datetime(2012, 7, 1, 9, 0, tzinfo=VIETNAM)


def nil(words: str, history: History | None = None, *, with_file: bool = False) -> Nil | None:
    return find_nil(read_answer("Re: Báo cáo", words), "40", RULES, history or History(), JULY, with_file=with_file)


def forms(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [form for _, form in pairs]


def settled(form: str, *, nil: bool = False) -> Settled:
    return Settled(CAMPAIGN, form, Outcome.ACCEPTED, 1, "c", "12-40-0031", AT, nil=nil)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Biểu I.3 không phát sinh", ["I.3"]),
        ("bieu i.3, I 4", ["I.3", "I.4"]),
        ("Các biểu III.2 và III.3", ["III.2", "III.3"]),
        ("Biểu I.3.1", []),
        ("Phụ lục I không phát sinh", ["I.1", "I.2", "I.3", "I.4"]),
        ("Điều 1 khoản 3", []),
        ("II.3", ["II.3-VB"]),
        ("II.3-VB", ["II.3-VB"]),
        ("II.3 CK", []),
    ],
)
def test_forms_are_found_by_their_numbers(words: str, named: list[str]) -> None:
    assert [one.form for one in named_forms(words, OWED)] == named


@pytest.mark.parametrize(
    ("words", "settles"),
    [
        ("Biểu I.3: không phát sinh", ["I.3"]),
        ("Biểu I.3, I.4 không phát sinh.", ["I.3", "I.4"]),
        ("Biểu I.3 không phát sinh.\nBiểu I.4 không có dự án.", ["I.3", "I.4"]),
        ("1. Biểu I.3: không phát sinh\n2. Biểu I.4: không có KKT", ["I.3", "I.4"]),
        ("Biểu I.3 không phát sinh, Biểu I.4 sẽ gửi sau", []),
        ("Biểu I.4 đã gửi, Biểu I.3 không phát sinh", ["I.3"]),
    ],
)
def test_what_is_named_is_meant(words: str, settles: list[str]) -> None:
    found = nil(words)
    assert (forms(found.forms) if found else []) == settles


def test_an_answer_to_a_reminder_is_about_what_it_asks_for() -> None:
    found = nil("Không phát sinh.", History(answered=REMINDER))
    assert found is not None
    assert {"I.3", "I.4"} <= set(forms(found.forms))
    assert "I.1" in forms(found.unable), "nothing is no answer to it"
    assert "III.2" not in (*forms(found.forms), *forms(found.unable)), "it is due later"


def test_without_a_name_and_a_reminder_it_is_asked_which() -> None:
    found = nil("Kỳ này không phát sinh.")
    assert found is not None
    assert (found.forms, {"I.3", "I.4"} <= set(forms(found.which))) == ((), True)


def test_beside_a_file_only_named_forms_are_meant() -> None:
    assert nil("Trong kỳ không có dự án phát sinh.", with_file=True) is None
    found = nil("Gửi kèm Biểu I.1. Biểu I.3 không phát sinh.", with_file=True)
    assert found is not None
    assert forms(found.forms) == ["I.3"]


def test_what_was_accepted_is_left_as_it_is() -> None:
    found = nil("Biểu I.3, I.4 không phát sinh.", History((settled("I.3"),)))
    assert found is not None
    assert (forms(found.forms), [one.form for one in found.kept]) == (["I.4"], ["I.3"])


def test_an_answer_to_a_question_is_a_reason_and_not_nil() -> None:
    asked = Answered("reply:1", "reply_accepted", "", 1, parts=number_parts([checked_part(PAUSED)]))
    assert nil("KCN này chưa có dự án nào.", History(answered=asked)) is None


def test_a_form_that_was_returned_is_meant_by_an_answer_to_that_reply() -> None:
    returned = Answered(
        "reply:1", "reply_returned", "", 1, parts=(Part("a", "c", Outcome.RETURNED, campaign=CAMPAIGN, form="I.3"),)
    )
    found = nil("Tỉnh không phát sinh nội dung này.", History(answered=returned))
    assert found is not None
    assert forms(found.forms) == ["I.3"]


@pytest.mark.parametrize("words", ["I.3 chưa có số liệu, xin gửi sau.", "I.3 có phải gửi khi không có dự án?"])
def test_what_is_still_to_come_is_not_nil(words: str) -> None:
    assert nil(words) is None
