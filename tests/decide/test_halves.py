"""File and signed copy: what a scan counts as, and which half is missing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.decide.halves import Paper, list_owed, place_papers
from bot.model import (
    Campaign,
    Contact,
    Deadline,
    History,
    Obligation,
    Outcome,
    Part,
    Rulebook,
    SignedCopy,
    Standing,
    State,
)

JULY, AUTUMN = date(2012, 7, 15), date(2012, 9, 30)
TODAY = date(2012, 7, 10)
ANNEXES = {"BC-I": ("I.1", "I.2"), "BC-II": ("II.1",), "BC-III": ("III.1",)}
DUES = {"BC-I": JULY, "BC-II": JULY, "BC-III": AUTUMN}


def rulebook(*, asked: bool = True) -> Rulebook:
    return Rulebook(
        campaigns=(Campaign("c", "Đợt", "Bộ", "Vụ", "", date(2012, 3, 2), Contact("đầu mối")),),
        forms=(),
        reporters=(),
        obligations=tuple(
            Obligation("c", form, "40", Deadline("trước ngày …", DUES[copy]), copy if asked else "")
            for copy, forms in ANNEXES.items()
            for form in (*forms, copy)
        ),
        notices={},
        hash="f00",
    )


RULES = rulebook()
SCAN = Paper("scan.pdf", "c0")


def copy(form: str) -> SignedCopy:
    return SignedCopy("c", form, "cu.pdf", "c9")


def part(form: str) -> Part:
    return Part("a.xlsx", "f0", Outcome.RETURNED, campaign="c", form=form)


def placed(*papers: Paper, parts: tuple[Part, ...] = (), known: tuple[str, ...] = (), day: date = TODAY) -> list[str]:
    history = History(signed=tuple(map(copy, known)))
    return [one.form for one in place_papers(papers, parts, "40", RULES, history, day)]


def test_a_paper_that_names_a_narrative_is_its_signed_copy() -> None:
    named = Paper("BC.pdf", "c1", "85/BC-UBND", JULY, ("c/BC-III",), silent=False)
    assert placed(named, parts=(part("I.1"),)) == ["BC-III"]
    (found,) = place_papers([named], (), "40", RULES, History(), TODAY)
    assert found == SignedCopy("c", "BC-III", "BC.pdf", "c1", "85/BC-UBND", JULY)


def test_a_scan_goes_with_the_forms_of_its_mail_whatever_their_verdict() -> None:
    assert placed(SCAN, parts=(part("III.1"),)) == ["BC-III"]
    assert placed(SCAN, parts=(part("I.2"), part("III.1"))) == ["BC-I", "BC-III"]


@pytest.mark.parametrize(
    ("known", "day", "expected"),
    [
        ((), TODAY, ["BC-I", "BC-II"]),
        (("BC-I",), TODAY, ["BC-II"]),
        (("BC-I", "BC-II"), TODAY, ["BC-III"]),
        ((), date(2012, 7, 20), ["BC-III"]),
        (("BC-I", "BC-II", "BC-III"), TODAY, ["BC-I", "BC-II"]),
        ((), date(2012, 10, 20), ["BC-III"]),
    ],
)
def test_a_scan_alone_counts_for_what_is_due_next_and_has_none(
    known: tuple[str, ...], day: date, expected: list[str]
) -> None:
    assert placed(SCAN, known=known, day=day) == expected


def test_a_letter_with_text_that_names_nothing_is_about_something_else() -> None:
    letter = Paper("CV.pdf", "c2", "12/UBND", JULY, silent=False)
    assert placed(letter) == []
    assert placed(letter, parts=(part("I.1"),)) == ["BC-I"]


def test_who_is_asked_for_no_signed_copy_has_none() -> None:
    assert place_papers([SCAN], (), "40", rulebook(asked=False), History(), TODAY) == ()
    assert place_papers([SCAN], (), "38", RULES, History(), TODAY) == ()


def test_each_missing_half_is_listed_once_and_knows_of_the_other() -> None:
    standings = [
        Standing(one, State.ACCEPTED if one.form in {"I.1", "I.2", "BC-I"} else State.NOTHING)
        if one.signed != "BC-II"
        else Standing(one, State.RETURNED, receipt="12-40-0001", signed=copy("BC-II"))
        for one in RULES.owed_by("40")
    ]
    owed = list_owed(standings, RULES, lambda deadline: (deadline.day - TODAY).days if deadline else None)
    assert [(one.obligation.form, one.signed_copy, one.other_half, one.returned, one.days_left) for one in owed] == [
        ("II.1", False, True, "12-40-0001", 5),
        ("BC-II", False, True, "12-40-0001", 5),
        ("III.1", False, False, "", 82),
        ("BC-III", False, False, "", 82),
        ("BC-I", True, True, "", 5),
        ("BC-III", True, False, "", 82),
    ]
