"""Doubts the digests: what each that was sent says of who owes what, against what counted when it was written."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING, TypeAlias

from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.language import number, one_line
from bot.reply.digest_book import CONTACTS_PAGE, MISSING_PAGE
from bot.reply.names import title_of
from bot.runners.verify import point
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.adapters.ledger import Ledger, SentDigest, Spell
    from bot.adapters.vault import Vault
    from bot.model import Rulebook
    from bot.runners.doctor import Examined
    from bot.sheet.workbook import Cell, Sheet

_NEARLY = timedelta(minutes=15)
"""What is decided so shortly before or after a digest is written may be in it or not, where several machines decide."""
_POINT = "Thư tổng hợp"
_CURE = "Gửi danh sách này cho người phát triển; bản tổng hợp tuần tới được tính lại từ đầu."

_Who: TypeAlias = "tuple[str, str]"
"""Region and name, as the digest writes them."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the workbook of a digest says."""

    missing: dict[_Who, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """The titles of what each still owes."""
    counts: dict[_Who, tuple[object, object]] = field(default_factory=dict)
    """How much is done, how much is owed."""


@dataclass(slots=True)
class _Compared:
    """What came of all digests."""

    read: int = 0
    partly: int = 0
    """Digests that name forms or reporters that the rules do not ask for any more."""
    wrong: list[str] = field(default_factory=list)


def verify_digests(ledger: Ledger, vault: Vault, rulebook: Rulebook) -> Examined:
    """Return whether each digest that was sent, and is kept, said rightly who owed what when it was written.

    A reporter of whom the rules ask other forms by now than the digest names cannot be compared, and is passed over.
    """
    found = _Compared()
    for one in ledger.sent_digests():
        try:
            book = _workbook(vault.get(one.raw))
        except (VaultDamaged, VaultMissing):
            continue  # that the file is lost is a finding of its own
        told = _read(book) if book else None
        if told is None:
            found.wrong.append(f"{_name(one)} (không đọc được bảng kèm theo)")
            continue
        _compare(one, told, rulebook, tuple(ledger.counted_spells(_campaign(one))), found)
    well = f"{number(found.read)} thư đã gửi nói đúng đơn vị nào còn thiếu biểu nào"
    if found.partly:
        well += f"; {number(found.partly)} thư có đơn vị không so được vì quy tắc đã thay đổi"
    return point(_POINT, found.wrong, well, "nói khác sổ ghi về", _CURE)


def _compare(one: SentDigest, told: _Told, rulebook: Rulebook, spells: Sequence[Spell], found: _Compared) -> None:
    """Note which reporters the digest is wrong about."""
    done = [_done(spells, one.written_at - _NEARLY), _done(spells, one.written_at + _NEARLY)]
    asked, early, late = (defaultdict[_Who, Counter[str]](Counter) for _ in range(3))
    for obligation in rulebook.obligations:
        if obligation.campaign != _campaign(one):
            continue
        reporter = rulebook.reporter(obligation.reporter)
        who = _plain(reporter.region), _plain(reporter.name)
        title = _plain(title_of(rulebook, obligation.campaign, obligation.form))
        asked[who][title] += 1
        thing = (obligation.reporter, obligation.form)
        late[who][title] += thing not in done[0] or thing not in done[1]
        early[who][title] += thing not in done[0] and thing not in done[1]
    partly = False
    for who, (finished, open_) in told.counts.items():
        missing = told.missing[who]
        comparable = missing <= asked[who] and finished == asked[who].total() - missing.total()
        partly |= not comparable
        if missing.total() != open_ or (comparable and not early[who] <= missing <= late[who]):
            found.wrong.append(f"{who[1]} ({_name(one)})")
    found.read += 1
    found.partly += partly


def _done(spells: Sequence[Spell], at: datetime) -> set[tuple[str, str]]:
    """Return (reporter, form) of what counted as accepted at that instant."""
    return {(one.reporter, one.form) for one in spells if one.since <= at and (one.until is None or at < one.until)}


def _campaign(one: SentDigest) -> str:
    return one.key.partition(":")[2].rpartition("/")[0]


def _name(one: SentDigest) -> str:
    return one.key.partition(":")[2]


# ------------------------------------------------------------------------------------------------------------
# What a digest says
# ------------------------------------------------------------------------------------------------------------


def _workbook(raw: bytes) -> Workbook | None:
    """Return the workbook that goes with the digest; None where the mail has none that can be read."""
    for part in message_from_bytes(raw).walk():
        if str(part.get_filename() or "").endswith(".xlsx"):
            data = part.get_payload(decode=True)
            book = read_workbook(data, Limits()) if isinstance(data, bytes) else None
            return book if isinstance(book, Workbook) else None
    return None


def _read(book: Workbook) -> _Told | None:
    """Return what its two pages say; None where they are not laid out as we do it."""
    if len(book.sheets) < -MISSING_PAGE:
        return None
    told = _Told()
    for region, name, title, *_ in _lines(book.sheets[MISSING_PAGE], 3):
        told.missing[_plain(region), _plain(name)][_plain(title)] += 1
    for region, name, *_, finished, open_ in _lines(book.sheets[CONTACTS_PAGE], 7):
        told.counts[_plain(region), _plain(name)] = (finished, open_)
    return told


def _lines(sheet: Sheet, fewest: int) -> Iterator[list[Cell]]:
    """Yield the rows below the titles, those that have as many cells as are asked for."""
    for chunk in sheet.chunks(2):
        yield from (row for row in chunk.rows if len(row) >= fewest)


def _plain(cell: Cell) -> str:
    return one_line(str(cell), 300)
