"""So many answers to one address and to all, whoever asks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import VIETNAM
from bot.model import Handed
from bot.reply.contexts import KINDS
from bot.schedule.caps import Caps, Go, Withhold, may_go, plain_address

NOW = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)
CAPS = Caps(hour=3, day=20, all=200)
WHO, BESIDE = "bql@nghean.example", "vp@nghean.example"


def ago(*minutes: int) -> list[datetime]:
    return sorted(NOW - timedelta(minutes=one) for one in minutes)


def ask(kind: str, *minutes: int, caps: Caps = CAPS, to: tuple[str, ...] = (WHO,)) -> Go | Withhold:
    """Ask for a mail of that kind, where the address was answered so many minutes ago."""
    times = ago(*minutes)
    return may_go(
        kind, to, Handed({WHO: times}, [(one, kind) for one in times if one > NOW - timedelta(hours=1)]), caps, NOW
    )


@pytest.mark.parametrize(
    ("kind", "minutes", "verdict"),
    [
        ("reply_accepted", (), Go((WHO,))),
        ("reply_accepted", (50, 1), Go((WHO,))),
        ("reply_accepted", (59, 30, 1), Withhold(WHO, NOW + timedelta(minutes=1))),
        ("reply_accepted", (60, 30, 1), Go((WHO,))),
        ("refuse_no_attachment", (59, 30, 1), Withhold(WHO)),
        ("reply_returned", tuple(range(100, 120)), Withhold(WHO)),
        ("held", (59, 30, 1), Withhold(WHO)),
        ("alert_operator", (59, 30, 1), Withhold(WHO, NOW + timedelta(minutes=1))),
        ("reminder", (59, 30, 1), Go((WHO,))),
        ("digest", tuple(range(100)), Go((WHO,))),
    ],
)
def test_the_fourth_answer_within_an_hour_waits_or_is_dropped(
    kind: str, minutes: tuple[int, ...], verdict: Go | Withhold
) -> None:
    assert ask(kind, *minutes) == verdict


@pytest.mark.parametrize("kind", sorted(set(KINDS.values()) - {"reminder", "digest"}))
def test_no_kind_of_answer_is_without_a_cap(kind: str) -> None:
    assert isinstance(ask(kind, 59, 30, 1), Withhold)


def test_where_all_have_had_enough_everybody_waits_but_strangers_and_alarms() -> None:
    lately = [(one, "reply_accepted") for one in ago(*(59 - at * 59 // 200 for at in range(200)))]
    handed = Handed({}, lately)
    assert may_go("reply_accepted", (WHO,), handed, CAPS, NOW) == Withhold("", lately[0][0] + timedelta(hours=1))
    assert may_go("refuse_no_attachment", (WHO,), handed, CAPS, NOW) == Withhold("", lately[0][0] + timedelta(hours=1))
    assert may_go("alert_operator", (WHO,), handed, CAPS, NOW) == Go((WHO,))


def test_a_flood_of_strangers_takes_a_third_of_what_all_get() -> None:
    handed = Handed({}, [(one, "held") for one in ago(*([5] * 66))])
    assert may_go("held", ("x@la.example",), handed, CAPS, NOW) == Withhold("")
    assert may_go("reply_accepted", (WHO,), handed, CAPS, NOW) == Go((WHO,))


def test_a_copy_is_left_out_where_its_address_has_had_enough() -> None:
    handed = Handed({BESIDE: ago(3, 2, 1)}, [])
    assert may_go("reply_accepted", (WHO, BESIDE), handed, CAPS, NOW) == Go((WHO,))
    assert may_go("reply_accepted", (BESIDE, WHO), handed, CAPS, NOW) == Withhold(BESIDE, NOW + timedelta(minutes=57))


def test_what_a_clock_has_noted_that_ran_ahead_makes_nobody_wait_for_longer_than_an_hour() -> None:
    assert ask("reply_accepted", -600, -601, -602) == Withhold(WHO, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "written",
    ["BQL@NgheAn.example", "bql+tu-dong@nghean.example", "bql+1+2@nghean.example.", " bql@nghean.example "],
)
def test_other_spellings_of_an_address_are_the_same(written: str) -> None:
    assert plain_address(written) == WHO


def test_a_domain_is_the_same_in_letters_and_in_ascii() -> None:
    assert plain_address("a@Khu-Công-Nghiệp.example") == plain_address(
        "a@" + "khu-công-nghiệp.example".encode("idna").decode()
    )
    assert plain_address("+@x.example") == "+@x.example"


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["reply_accepted", "answer_noted", "held"])), max_size=80)
)
def test_no_hour_and_no_day_ever_holds_more_than_the_caps(steps: list[tuple[int, str]]) -> None:
    sent: list[datetime] = []
    at = NOW
    for minutes, kind in steps:
        at += timedelta(minutes=minutes)
        lately = [one for one in sent if one > at - timedelta(days=1)]
        handed = Handed({WHO: lately}, [(one, kind) for one in lately if one > at - timedelta(hours=1)])
        if isinstance(may_go(kind, (WHO,), handed, CAPS, at), Go):
            sent.append(at)
    for place, one in enumerate(sent):
        assert sum(other - one < timedelta(hours=1) for other in sent[place:]) <= CAPS.hour
        assert sum(other - one < timedelta(days=1) for other in sent[place:]) <= CAPS.day
