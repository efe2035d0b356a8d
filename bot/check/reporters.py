"""The register of reporters, and the operator's list of the addresses that may speak for them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.language import fold, nfc
from bot.model import Reporter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

    from bot.check.mistakes import Mistakes

FILE = "reporters.csv"
CONTACTS = "contacts"

_NEEDED = ("code", "name", "full_name", "addressee", "kind")
_ADDRESS = re.compile(r"(\*|[^@\s*,;<>]+)@[^@\s*,;<>]+\.[^@\s*,;<>]+")


@dataclass(frozen=True, slots=True)
class Register:
    """The reporters, and their rows as the conditions of ``owed_by`` see them."""

    reporters: tuple[Reporter, ...]
    rows: tuple[Mapping[str, str], ...]


def read_reporters(data: bytes, mistakes: Mistakes) -> Register:
    """Return the register of ``reporters.csv``; every column of the file may be named in ``owed_by``."""
    rows: list[Mapping[str, str]] = []
    seen: dict[str, str] = {}
    for line, row in _rows(FILE, data, _NEEDED, mistakes):
        for name in (name for name in _NEEDED if not row[name]):
            mistakes.add(FILE, line, f"Thiếu giá trị ở cột {name}")
        names = {fold(one) for one in (row["name"], row["full_name"], *_aliases(row))} - {""}
        for one in sorted({row["code"], *names} & seen.keys()):
            mistakes.add(FILE, line, f'"{one}" đã dùng cho đơn vị mã {seen[one]}')
        seen |= dict.fromkeys({row["code"], *names}, row["code"])
        rows.append(row)
    reporters = tuple(
        Reporter(
            code=row["code"],
            name=row["name"],
            full_name=row["full_name"],
            addressee=row["addressee"],
            kind=row["kind"],
            region=row.get("region", ""),
            aliases=_aliases(row),
        )
        for row in rows
    )
    return Register(reporters, tuple(rows))


def add_contacts(reporters: Sequence[Reporter], data: bytes, mistakes: Mistakes) -> tuple[Reporter, ...]:
    """Return *reporters* with the addresses of the operator's CSV: ``reporter,address,role``, one address a line."""
    addresses: dict[str, list[str]] = {one.code: [] for one in reporters}
    owner: dict[str, str] = {}
    for line, row in _rows(CONTACTS, data, ("reporter", "address"), mistakes):
        code, address = row["reporter"], row["address"].lower()
        if code not in addresses:
            mistakes.add(CONTACTS, line, f'Không có đơn vị báo cáo mã "{code}"')
        elif not _ADDRESS.fullmatch(address):
            mistakes.add(CONTACTS, line, f'"{address}" không phải địa chỉ thư; cả tên miền thì ghi *@ten-mien')
        elif owner.setdefault(address, code) != code:
            mistakes.add(CONTACTS, line, f"{address} đã ghi cho đơn vị mã {owner[address]}")
        elif address not in addresses[code]:
            addresses[code].append(address)
    return tuple(replace(one, addresses=tuple(addresses[one.code])) for one in reporters)


def create_register(database: duckdb.DuckDBPyConnection, register: Register) -> None:
    """Create the table ``reporters``: a column of whole numbers is a number, all else (codes too) is text."""
    names = list(register.rows[0]) if register.rows else list(_NEEDED)
    numeric = {
        name for name in names if name != "code" and all(re.fullmatch(r"\d+", row[name]) for row in register.rows)
    }
    types = ", ".join(f'"{name}" {"BIGINT" if name in numeric else "VARCHAR"}' for name in names)
    database.execute(f"CREATE TABLE reporters ({types})")
    if register.rows:
        marks = ", ".join("?" for _ in names)
        values = ", ".join(f"({marks})" for _ in register.rows)
        cells = [row[name] for row in register.rows for name in names]
        database.execute(f"INSERT INTO reporters VALUES {values}", cells)  # noqa: S608 - only marks are put in
    if "since" not in names:
        database.execute(
            "CREATE OR REPLACE TABLE reporters AS SELECT *, NULL::DATE since, NULL::DATE until FROM reporters"
        )


def _aliases(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(one.strip() for one in row.get("aliases", "").split("|") if one.strip())


def _rows(file: str, data: bytes, needed: Sequence[str], mistakes: Mistakes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield (line, row) of a CSV file with a header row; cells are composed and stripped."""
    try:
        reader = csv.reader(io.StringIO(nfc(data.decode("utf-8-sig")), newline=""), strict=True)
        header = [one.strip() for one in next(reader, [])]
        if missing := [name for name in needed if name not in header]:
            mistakes.add(file, 1, f"Thiếu cột {', '.join(missing)}")
            return
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, dict(zip(header, (one.strip() for one in row), strict=True))
            elif any(one.strip() for one in row):
                mistakes.add(file, reader.line_num, f"Dòng có {len(row)} ô, dòng tiêu đề có {len(header)} ô")
    except UnicodeDecodeError as error:
        mistakes.add(file, data.count(b"\n", 0, error.start) + 1, "Tệp không ghi bằng mã UTF-8")
    except csv.Error as error:
        mistakes.add(file, reader.line_num, f"Không đọc được CSV: {error}")
