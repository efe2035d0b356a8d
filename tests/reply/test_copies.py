"""Who gets a copy of a reply: the reporter's other contacts, where the campaign says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.model import Help, Matter, Outcome
from bot.preview.campaign import RULEBOOK
from bot.preview.samples import HEADING, NOW, SHA, accepted_part, decision
from bot.reply.recipients import MAX_COPIES, copies
from bot.reply.write import Writer
from tests.reply.writers import RENDERER

OTHERS = tuple(f"cb{number}@nghean.example" for number in range(8))
REPORTER = replace(
    RULEBOOK.reporter("40"),
    addresses=(HEADING.sender, "lanhdao@nghean.example", "*@kktdongnam.example", "a@b@c", *OTHERS),
    heads=("lanhdao@nghean.example",),
)


def cc(outcome: Outcome, *, asked: bool = True, unreachable: tuple[str, ...] = ()) -> tuple[str, ...]:
    rules = replace(
        RULEBOOK,
        campaigns=tuple(replace(one, copy_to_contacts=asked) for one in RULEBOOK.campaigns),
        reporters=(REPORTER,),
    )
    given = decision(outcome, accepted_part())
    if outcome is Outcome.HELD:
        given = decision(outcome, reporter="")
    elif outcome is Outcome.ANSWERED:
        given = decision(outcome, matter=Matter.GUIDE, help=Help(Matter.GUIDE, ()))
    mail = Writer(RENDERER, rules).build_reply(given, HEADING, SHA, NOW, unreachable=unreachable)
    assert mail is not None
    assert mail.to == (HEADING.sender,)
    return mail.cc


def test_other_contacts_get_a_copy_no_heads_no_domains_and_never_many() -> None:
    assert cc(Outcome.ACCEPTED) == OTHERS[:MAX_COPIES]
    assert cc(Outcome.RETURNED, unreachable=OTHERS[:2]) == OTHERS[2:7]


def test_without_the_campaigns_word_only_who_wrote_is_answered() -> None:
    assert cc(Outcome.ACCEPTED, asked=False) == ()


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.FAILED, Outcome.ANSWERED])
def test_what_is_no_verdict_goes_to_nobody_else(outcome: Outcome) -> None:
    assert cc(outcome) == ()


def test_who_wrote_by_the_domain_gets_no_second_copy() -> None:
    assert copies(REPORTER, "moi@kktdongnam.example", date(2012, 7, 10)) == (HEADING.sender, *OTHERS[: MAX_COPIES - 1])
