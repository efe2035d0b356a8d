"""Raw mail in, settlement out: what needs more than one mail or a setting to be seen. The rest are flow cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.decide.verdict import remember
from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.model import History, Outcome, RefusalReason, Rulebook, Status
from bot.runners.pipeline import Opened, Pipeline, Plight
from tests.flow.letters import NGHE_AN, STRANGER, letter
from tests.flow.office import NOON, OPERATOR, pipeline, rulebook

if TYPE_CHECKING:
    from bot.model import Settlement

NAMES = {"first": "Biểu I.1 (1).xlsx", "second": "Biểu I.1 (2).xlsx"}


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook()


@pytest.fixture(scope="module")
def thinker(rules: Rulebook) -> Pipeline:
    return pipeline(rules)


@pytest.fixture(scope="module")
def good() -> bytes:
    return parks(1)


def parks(seed: int) -> bytes:
    return draw_xlsx(make_parks_book(province("Nghệ An"), 2, seed=seed))


def leased() -> bytes:
    bent = mistakes.lease_more_than_there_is(make_parks_book(province("Nghệ An"), 2))
    return draw_xlsx(bent.book)


def settle(
    thinker: Pipeline, raw: bytes, history: History | None = None, *, number: int = 57, oversize: bool = False
) -> Settlement:
    message = thinker.parse(raw, NOON, oversize=oversize)
    return thinker.settle(message, number, history or History(), NOON)


def told(settlement: Settlement) -> list[tuple[str, str, int]]:
    return [(one.form, one.verdict.value, one.revision) for one in settlement.decision.parts]


def test_opening_tells_who_wrote_and_which_files_may_hold_a_form(thinker: Pipeline, good: bytes) -> None:
    opened = thinker.open(thinker.parse(letter("x", {"a.xlsx": good}), NOON))
    assert (opened.reporter, opened.heading.sender, len(opened.contents)) == ("40", NGHE_AN, 1)
    nothing = thinker.open(thinker.parse(letter("x"), NOON))
    assert nothing == Opened(nothing.heading, "40")
    stranger = thinker.open(thinker.parse(letter("x", {"a.xlsx": good}, sender=STRANGER), NOON))
    assert (stranger.reporter, stranger.contents) == ("", ())


def test_a_file_that_hangs_on_the_mail_twice_is_one_part(thinker: Pipeline, good: bytes) -> None:
    settlement = settle(thinker, letter("x", {NAMES["first"]: good, "khác.xlsx": b"", NAMES["second"]: good}))
    assert [one.file for one in settlement.decision.parts] == [NAMES["first"], "khác.xlsx"]


def test_two_files_of_one_form_are_refused_together_for_nobody_knows_which_counts(
    thinker: Pipeline, good: bytes
) -> None:
    settlement = settle(thinker, letter("x", {NAMES["first"]: leased(), NAMES["second"]: good}))
    assert told(settlement) == [("I.1", "refused", 0)] * 2
    assert [mail.kind for mail in settlement.mails] == ["refuse_same_form_twice"]
    assert not settlement.tables


def test_an_older_file_sent_after_a_newer_one_counts_again(thinker: Pipeline, good: bytes) -> None:
    history = History()
    seen = []
    for number, data in enumerate((good, parks(2), good, good), 1):
        settlement = settle(thinker, letter("x", {"a.xlsx": data}), history, number=number)
        seen += told(settlement)
        decision = settlement.decision
        history = remember(history, decision.parts, decision.receipt, NOON + timedelta(days=number))
    assert seen == [("I.1", "accepted", 1), ("I.1", "accepted", 2), ("I.1", "accepted", 3), ("I.1", "duplicate", 3)]


def test_a_mail_too_large_to_be_fetched_is_refused_by_its_header(thinker: Pipeline) -> None:
    header = letter("Biểu I.1").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    settlement = settle(thinker, header, oversize=True)
    assert (settlement.decision.outcome, settlement.decision.reason) == (Outcome.REFUSED, RefusalReason.TOO_LARGE)
    assert [mail.kind for mail in settlement.mails] == ["refuse_too_large"]


def test_in_a_shared_inbox_nobody_unknown_is_answered(rules: Rulebook, good: bytes) -> None:
    shared = pipeline(rules, shared_inbox=True)
    for raw in (letter("x", {"a.xlsx": good}, sender=STRANGER), letter("Về cuộc họp")):
        settlement = settle(shared, raw)
        assert (settlement.decision.outcome, settlement.mails) == (Outcome.IGNORED, ())
    assert settle(shared, letter("x", {"a.xlsx": good})).decision.outcome is Outcome.ACCEPTED


def test_a_rule_on_trial_returns_nothing_and_says_nothing_to_the_sender(rules: Rulebook) -> None:
    trial = pipeline(
        replace(
            rules,
            forms=tuple(
                replace(form, rules=tuple(replace(rule, status=Status.TRIAL) for rule in form.rules))
                for form in rules.forms
            ),
        )
    )
    settlement = settle(trial, letter("x", {"a.xlsx": leased()}))
    assert settlement.decision.outcome is Outcome.ACCEPTED
    assert [(one.rule, one.trial) for one in settlement.decision.parts[0].findings] == [
        ("da_cho_thue_vuot_co_the_cho_thue", True)
    ]
    assert b"danh-dau" not in settlement.mails[0].raw


def test_the_reply_has_the_mails_key_and_thread(thinker: Pipeline, good: bytes) -> None:
    raw = letter("Biểu I.1", {"a.xlsx": good}, headers={"References": "<truoc@nghean.example>"})
    settlement = settle(thinker, raw)
    (mail,) = settlement.mails
    assert mail.key == f"reply:{thinker.parse(raw, NOON).sha256}"
    assert mail.to == (NGHE_AN,)
    for header in (b"In-Reply-To: <thu-1@nghean.example>", b"Auto-Submitted: auto-replied"):
        assert header in mail.raw
    assert b"<truoc@nghean.example>" in mail.raw
    assert settle(thinker, raw).mails[0].message_id == mail.message_id


def test_replies_never_go_to_reply_to(thinker: Pipeline, good: bytes) -> None:
    raw = letter("x", {"a.xlsx": good}, headers={"Reply-To": "kesau@xau.example"})
    assert b"kesau" not in settle(thinker, raw).mails[0].raw


# ----------------------------------------------------------------------------------------------------- our own failure


def kinds(thinker: Pipeline, opened: Opened | None) -> list[tuple[str, tuple[str, ...]]]:
    plight = Plight(
        "a" * 64, NOON, "12-40-0057", "the child process died of SIGKILL", 3,
        opened.heading if opened else None, opened.reporter if opened else "",
    )  # fmt: skip
    return [(mail.kind, mail.to) for mail in thinker.apologise(plight, NOON)]


def test_a_registered_sender_and_the_operator_are_told_of_our_failure(thinker: Pipeline) -> None:
    opened = thinker.open(thinker.parse(letter("x"), NOON))
    assert kinds(thinker, opened) == [("fault_sender", (NGHE_AN,)), ("alert_operator", (OPERATOR,))]


def test_machines_strangers_and_nobody_are_told_nothing_of_it(thinker: Pipeline) -> None:
    machine = letter("x", headers={"Auto-Submitted": "auto-replied"})
    for raw in (machine, letter("x", sender=STRANGER)):
        opened = thinker.open(thinker.parse(raw, NOON))
        assert kinds(thinker, opened) == [("alert_operator", (OPERATOR,))]
    assert kinds(thinker, None) == [("alert_operator", (OPERATOR,))]


# -------------------------------------------------------------------------------------------------- bot check


def test_checking_a_file_judges_it_as_if_it_were_sent_first_and_in_time(thinker: Pipeline, good: bytes) -> None:
    (part,), marked = thinker.check("a.xlsx", good, NOON + timedelta(days=400))
    assert (part.form, part.verdict, part.revision, part.late_days, marked) == ("I.1", Outcome.ACCEPTED, 1, 0, None)
    (bad,), copy = thinker.check("a.xlsx", leased(), NOON)
    assert bad.verdict is Outcome.RETURNED
    assert copy is not None
    assert copy.startswith(b"PK")
