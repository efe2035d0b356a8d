"""The register of reporters, and the operator's list of the addresses that may speak for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.csv_lines import read_lines
from bot.language import day as day_in_words
from bot.language import fold
from bot.model import Reporter, Term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from bot.check.csv_lines import Line
    from bot.check.mistakes import Mistakes

FILE = "reporters.csv"
CONTACTS = "contacts"

_HEAD = "lanh dao"
"""The role of the head of an office, as it is compared."""
_NEEDED = ("code", "name", "full_name", "addressee", "kind")
_DATES = frozenset({"since", "until"})
_CODES = frozenset({"code", "official_code", "successor", "mst_prefix", "gcndt_prefix"})
"""Columns of digits that are names: a leading zero counts."""
_ARROW = {"DATE": pa.date32(), "BIGINT": pa.int64(), "VARCHAR": pa.string()}
_TILE = re.compile(r"(\d{1,2})/(\d{1,2})")
_YES, _NO = frozenset({"x", "co"}), frozenset({"", "khong"})
_ADDRESS = re.compile(r"(\*|[^@\s*,;<>]+)@[^@\s*,;<>]+\.[^@\s*,;<>]+")


@dataclass(frozen=True, slots=True)
class Register:
    """The reporters, and their rows as the conditions of ``owed_by`` see them, in the same order."""

    reporters: tuple[Reporter, ...]
    rows: tuple[Mapping[str, str], ...]

    def successor_of(self, code: str) -> str:
        """Return the code of the body that now speaks for *code*: itself, while nothing has followed it."""
        following = {one.code: one.successor for one in self.reporters if one.successor}
        for _ in following:
            code = following.get(code, code)
        return code


def read_reporters(data: bytes, mistakes: Mistakes) -> Register:
    """Return the register of ``reporters.csv``; every column of the file may be named in ``owed_by``.

    ``since`` and ``until`` are the first and the last day of a body, ``successor`` the code of the one it was merged
    into. Two bodies may bear the same name if they never exist on the same day.
    """
    read = [(line, _reporter(line)) for line in read_lines(FILE, data, _NEEDED, mistakes)]
    _tell_namesakes(read)
    _tell_successors(read)
    return Register(tuple(one for _, one in read), tuple(line.cells for line, _ in read))


def add_contacts(reporters: Sequence[Reporter], data: bytes, mistakes: Mistakes) -> tuple[Reporter, ...]:
    """Return *reporters* with the addresses of the operator's CSV: ``reporter,address,role``, one address a line.

    A role that begins with "lãnh đạo" is that of the head of the office. An address may be listed for several bodies
    only if they never exist on the same day. ``valid_from`` and ``valid_until`` are the first and the last day on which
    it speaks (empty: always); with ``exception`` it does not, though its domain is listed. All three may be left out.
    """
    known = {one.code: one for one in reporters}
    addresses: dict[str, list[str]] = {code: [] for code in known}
    heads: dict[str, list[str]] = {code: [] for code in known}
    terms: dict[str, list[Term]] = {code: [] for code in known}
    shut_out: dict[str, list[str]] = {code: [] for code in known}
    owners: dict[str, list[Reporter]] = {}
    for line in read_lines(CONTACTS, data, ("reporter", "address"), mistakes):
        code, address = line.text("reporter"), line.text("address").lower()
        if code not in known:
            line.wrong(f'Không có đơn vị báo cáo mã "{code}"')
            continue
        if not _ADDRESS.fullmatch(address):
            line.wrong(f'"{address}" không phải địa chỉ thư; cả tên miền thì ghi *@ten-mien')
            continue
        if _is_exception(line):
            shut_out[code].append(address)
            continue
        term = _term(line, address)
        before = owners.setdefault(address, [])
        rival = next((one for one in before if one.code != code and _coexist(one, known[code])), None)
        if rival is not None:
            line.wrong(f"{address} đã ghi cho đơn vị mã {rival.code}")
            continue
        terms[code].append(term)
        if address not in addresses[code]:
            addresses[code].append(address)
            before.append(known[code])
            if fold(line.text("role")).startswith(_HEAD):
                heads[code].append(address)
    return tuple(
        replace(
            one,
            addresses=tuple(addresses[one.code]),
            heads=tuple(heads[one.code]),
            terms=_limits(terms[one.code]),
            shut_out=tuple(shut_out[one.code]),
        )
        for one in reporters
    )


def _is_exception(line: Line) -> bool:
    """Return whether a line of the contacts names somebody who may not speak; a word that says neither is wrong."""
    written = line.text("exception")
    word = fold(written)
    if word not in _YES | _NO:
        line.wrong(f'Cột exception ghi "{written}", phải là x (không được gửi thay đơn vị) hoặc để trống')
    return word in _YES


def _term(line: Line, address: str) -> Term:
    since, until = line.day("valid_from"), line.day("valid_until")
    if since and until and until < since:
        line.wrong(f"Ngày cuối {day_in_words(until)} trước ngày đầu {day_in_words(since)}")
    return Term(address, since, until)


def _limits(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the terms that say something: an address that is listed without any day always speaks."""
    always = {one.address for one in terms if one.since is None and one.until is None}
    return tuple(one for one in terms if one.address not in always)


def create_register(database: duckdb.DuckDBPyConnection, register: Register, day: date | None = None) -> None:
    """Create (or replace) the table ``reporters``, for the conditions of ``owed_by``.

    ``since`` and ``until`` are dates, a column of whole numbers is a number, all else (codes too) is text. With *day*
    only the bodies of that day are in it, without it all that there ever were.
    """
    names = dict.fromkeys((*(register.rows[0] if register.rows else _NEEDED), *sorted(_DATES)))
    types = {name: _type(name, register) for name in names}
    pairs = zip(register.reporters, register.rows, strict=True)
    rows = [_cells(one, row, types) for one, row in pairs if day is None or one.exists(day)]
    cells = {name: pa.array([row[at] for row in rows], _ARROW[types[name]]) for at, name in enumerate(names)}
    database.register("_reporters", pa.table(cells))
    database.execute("CREATE OR REPLACE TABLE reporters AS FROM _reporters").fetchall()
    database.unregister("_reporters")


def _cells(reporter: Reporter, row: Mapping[str, str], types: Mapping[str, str]) -> list[object]:
    """Return a row of the table ``reporters``; the dates are those that could be read."""
    dates = {"since": reporter.since, "until": reporter.until}
    texts = [(name, row.get(name, ""), kind) for name, kind in types.items()]
    numbers = {name: int(text) if text else None for name, text, kind in texts if kind == "BIGINT"}
    return [row.get(name, "") if kind == "VARCHAR" else (dates | numbers)[name] for name, kind in types.items()]


def _reporter(line: Line) -> Reporter:
    line.require(_NEEDED)
    since, until = line.day("since"), line.day("until")
    if since and until and until < since:
        line.wrong(f"Ngày cuối {day_in_words(until)} trước ngày đầu {day_in_words(since)}")
    return Reporter(
        code=line.text("code"),
        name=line.text("name"),
        full_name=line.text("full_name"),
        addressee=line.text("addressee"),
        kind=line.text("kind"),
        region=line.text("region"),
        aliases=line.names("aliases"),
        since=since,
        until=until,
        successor=line.text("successor"),
        tile=_tile(line),
    )


def _tile(line: Line) -> tuple[int, int] | None:
    """Return the place on the map of tiles, written ``3/10``; None where it is empty, or wrong (which is then kept)."""
    written = line.text("tile")
    found = _TILE.fullmatch(written)
    if written and not found:
        line.wrong(f'Cột tile ghi "{written}", phải là cột/dòng trên bản đồ ô, ví dụ 3/10')
    return (int(found[1]), int(found[2])) if found else None


def _coexist(one: Reporter, other: Reporter) -> bool:
    """Tell whether there is a day on which both exist."""
    begin = max(one.since or date.min, other.since or date.min)
    return begin <= min(one.until or date.max, other.until or date.max)


def _tell_namesakes(read: Sequence[tuple[Line, Reporter]]) -> None:
    codes: set[str] = set()
    bearers: dict[str, list[Reporter]] = {}
    for line, reporter in read:
        if reporter.code in codes:
            line.wrong(f'"{reporter.code}" đã dùng cho đơn vị mã {reporter.code}')
        codes.add(reporter.code)
        names = {fold(one) for one in (reporter.name, reporter.full_name, *reporter.aliases)} - {""}
        for name in sorted(names):
            rival = next((one for one in bearers.get(name, ()) if _coexist(one, reporter)), None)
            if rival is not None:
                line.wrong(f'"{name}" đã dùng cho đơn vị mã {rival.code}')
            bearers.setdefault(name, []).append(reporter)


def _tell_successors(read: Sequence[tuple[Line, Reporter]]) -> None:
    """Tell where nobody could answer for a body that has ceased."""
    known = {one.code: one for _, one in read}
    for line, reporter in read:
        if not reporter.successor:
            continue
        successor = known.get(reporter.successor)
        if successor is None:
            line.wrong(f'Không có đơn vị kế tiếp mã "{reporter.successor}"')
        elif reporter.until is None:
            line.wrong("Có đơn vị kế tiếp (successor) nhưng không ghi ngày cuối (until)")
        elif not successor.exists(reporter.until + timedelta(days=1)):
            next_day = day_in_words(reporter.until + timedelta(days=1))
            line.wrong(f"Ngày {next_day} chưa có đơn vị kế tiếp mã {successor.code}: kiểm tra until và since")


def _type(name: str, register: Register) -> str:
    if name in _DATES:
        return "DATE"
    written = {row[name] for row in register.rows}
    whole = name not in _CODES and bool(written - {""}) and all(re.fullmatch(r"\d*", one) for one in written)
    return "BIGINT" if whole else "VARCHAR"
