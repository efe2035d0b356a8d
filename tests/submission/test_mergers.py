"""Provinces were merged on 1/7/2025: addresses and names of the old ones mean the new ones from that day on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.model import Attachment, Heading, Message, Reporter, Rulebook, Submission, TrustedServers
from bot.submission import find_reporter, open_submission, other_reporter

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


def province(code: str, name: str, *addresses: str, into: str = "", new: bool = False, city: bool = False) -> Reporter:
    full = f"{'Thành phố' if city else 'Tỉnh'} {name}"
    until = LAST if into else None
    return Reporter(
        code, name, full, "", "tinh", addresses=addresses, since=FIRST if new else None, until=until, successor=into
    )


NGHE_AN = province("40", "Nghệ An", "bql@nghean.example")
YEN_BAI = province("15", "Yên Bái", "bql@yenbai.example", "*@yenbai.example", into="15-2025")
LAO_CAI = province("10", "Lào Cai", "bql@laocai.example", into="15-2025")
NEW_LAO_CAI = province("15-2025", "Lào Cai", "bql@laocai.example", "moi@laocai.example", new=True)
HUE = province("46", "Huế", city=True)
ALL = (NGHE_AN, YEN_BAI, LAO_CAI, NEW_LAO_CAI, HUE)


def code(reporter: Reporter | None) -> str | None:
    return reporter.code if reporter else None


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("bql@yenbai.example", "15", "15-2025"),
        ("khac@yenbai.example", "15", "15-2025"),
        ("bql@laocai.example", "10", "15-2025"),
        ("moi@laocai.example", None, "15-2025"),
        ("bql@nghean.example", "40", "40"),
    ],
)
def test_an_old_address_speaks_for_the_successor_from_its_first_day_on(
    address: str, before: str | None, after: str
) -> None:
    assert code(find_reporter(address, ALL, LAST)) == before
    assert code(find_reporter(address, ALL, FIRST)) == after


def test_a_body_that_ceased_without_a_successor_is_unknown() -> None:
    gone = Reporter("X", "X", "X", "", "tinh", addresses=("a@x.example",), until=LAST)
    assert find_reporter("a@x.example", (gone,), FIRST) is None


@pytest.mark.parametrize(
    ("received", "reporter"),
    [
        (datetime(2025, 6, 30, 16, 59, tzinfo=UTC), "15"),
        (datetime(2025, 6, 30, 17, 0, tzinfo=UTC), "15-2025"),
    ],
)
def test_the_day_is_that_of_receipt_in_vietnam(received: datetime, reporter: str) -> None:
    file = Attachment("a.xlsx", b"PK", "00")
    fate = open_submission(
        Message("00", received, Heading("bql@yenbai.example"), "x", (file,)),
        Rulebook((), (), ALL, (), {}, "hash"),
        TrustedServers(accept_unproved=True),
    )
    assert isinstance(fate, Submission)
    assert fate.reporter.code == reporter


@pytest.mark.parametrize(
    ("text", "sender", "day", "stranger"),
    [
        # An old name is an area of its successor …
        ("UBND TỈNH LÀO CAI – vùng tỉnh Yên Bái cũ", NEW_LAO_CAI, FIRST, None),
        ("Các KCN tỉnh Yên Bái", NEW_LAO_CAI, FIRST, None),
        # … and of nobody else.
        ("Các KCN tỉnh Yên Bái", NGHE_AN, FIRST, "15-2025"),
        # Before the merger they were two.
        ("Các KCN tỉnh Yên Bái", LAO_CAI, LAST, "15"),
        ("Các KCN tỉnh Lào Cai", LAO_CAI, LAST, None),
        ("Các KCN tỉnh Lào Cai", NGHE_AN, LAST, "10"),
        ("Các KCN tỉnh Lào Cai", NGHE_AN, FIRST, "15-2025"),
        # Two old names of one body name one body.
        ("tỉnh Lào Cai, tỉnh Yên Bái", NGHE_AN, FIRST, "15-2025"),
        ("tỉnh Lào Cai, tỉnh Yên Bái", NGHE_AN, LAST, None),
        # Three letters are a name.
        ("Ban Quản lý thành phố Huế", NGHE_AN, FIRST, "46"),
        ("thành phố Huế", HUE, FIRST, None),
        ("thành phố Huế, tỉnh Nghệ An", HUE, FIRST, None),
        # Not after "tỉnh" or "thành phố": a zone, a street, a company.
        ("KKT cửa khẩu Lào Cai", NGHE_AN, LAST, None),
        ("tỉnh Lào Caimex", NGHE_AN, LAST, None),
    ],
)
def test_a_title_is_read_with_the_bodies_of_its_day(
    text: str, sender: Reporter, day: date, stranger: str | None
) -> None:
    assert code(other_reporter(text, sender, ALL, day)) == stranger
