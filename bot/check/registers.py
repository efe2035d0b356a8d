"""The registers that rules may ask beside the forms: bodies, zones, parks, legal numbers, pauses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.csv_lines import read_lines
from bot.check.parameters import CALENDAR, PARAMETERS, read_parameters
from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.check.csv_lines import Line
    from bot.check.mistakes import Mistakes
    from bot.check.reporters import Register

ZONES = "zones.csv"
PARKS = "parks.csv"
FILES = frozenset({ZONES, PARKS, PARAMETERS, CALENDAR})
"""Files that are no forms, although they end in .toml or .csv."""

_TEXT, _DAY, _WHOLE = pa.string(), pa.date32(), pa.int64()
_DECIMAL, _NAMES = pa.decimal128(21, 6), pa.list_(pa.string())
SCHEMAS: Mapping[str, pa.Schema] = {
    "don_vi": pa.schema({
        "code": _TEXT, "official_code": _TEXT, "name": _TEXT, "kind": _TEXT, "region": _TEXT,
        "since": _DAY, "until": _DAY, "successor": _TEXT, "mst_prefix": _TEXT, "gcndt_prefix": _TEXT,
        "kkt_ven_bien": _WHOLE, "kkt_cua_khau": _WHOLE,
    }),
    "kkt": pa.schema({
        "loai": _TEXT, "ten": _TEXT, "cach_goi_khac": _NAMES, "don_vi": _TEXT, "don_vi_moi": _TEXT,
        "dien_tich_ha": _DECIMAL, "dien_tich_khac_ha": _DECIMAL, "quyet_dinh": _TEXT, "ngay": _DAY,
        "co_nam_2012": pa.bool_(), "nguon": _TEXT,
    }),
    "kcn": pa.schema({"ten": _TEXT, "cach_goi_khac": _NAMES, "don_vi": _TEXT, "don_vi_moi": _TEXT, "nguon": _TEXT}),
    "tham_so": pa.schema({"ten": _TEXT, "tu_ngay": _DAY, "den_ngay": _DAY, "gia_tri": _DECIMAL, "nguon": _TEXT}),
    "tam_dung": pa.schema({"doi_tuong": _TEXT, "tu_ngay": _DAY, "den_ngay": _DAY, "nguon": _TEXT}),
}  # fmt: skip
"""Each register's columns. An empty cell is NULL, so that a rule says nothing about it."""

_KINDS = ("ven_bien", "cua_khau")


def read_registers(files: Mapping[str, bytes], register: Register, mistakes: Mistakes) -> dict[str, pa.Table]:
    """Return every register by its name, with no rows where its file is not there.

    ``don_vi`` holds all bodies that there ever were, each with its first and last day. In ``kkt`` and ``kcn``,
    ``don_vi`` is the body in whose land the thing was founded and ``don_vi_moi`` the one that speaks for it now.
    """
    pauses, parameters = read_parameters(files, mistakes)
    rows: dict[str, Sequence[Mapping[str, object]]] = {
        "don_vi": [_body(row) for row in register.rows],
        "kkt": _zones(files, register, mistakes),
        "kcn": _parks(files, register, mistakes),
        "tham_so": parameters,
        "tam_dung": pauses,
    }
    return {name: pa.Table.from_pylist(rows[name], schema) for name, schema in SCHEMAS.items()}


def _body(row: Mapping[str, str]) -> dict[str, object]:
    body: dict[str, object] = {name: row.get(name) or None for name in SCHEMAS["don_vi"].names}
    for name in ("since", "until"):
        body[name] = _day(row.get(name, ""))
    for name in ("kkt_ven_bien", "kkt_cua_khau"):
        written = row.get(name, "")
        body[name] = int(written) if written.isdecimal() else None
    return body


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None  # empty, or already told when the reporters were read


def _zones(files: Mapping[str, bytes], register: Register, mistakes: Mistakes) -> list[dict[str, object]]:
    needed = ("loai", "ten", "don_vi", "co_nam_2012", "nguon")
    rows: list[dict[str, object]] = []
    owners = _Owners(register)
    for line in read_lines(ZONES, files[ZONES], needed, mistakes) if ZONES in files else ():
        line.require(needed)
        loai, year = line.text("loai"), line.text("co_nam_2012")
        if loai and loai not in _KINDS:
            line.wrong(f'Cột loai ghi "{loai}", phải là một trong: {", ".join(_KINDS)}')
        if year and year not in {"0", "1"}:
            line.wrong(f'Cột co_nam_2012 ghi "{year}", phải là 1 (có) hoặc 0 (chưa có)')
        rows.append(
            {
                **owners.place(line, loai),
                "loai": loai,
                "dien_tich_ha": line.decimal("dien_tich_ha"),
                "dien_tich_khac_ha": line.decimal("dien_tich_khac_ha"),
                "quyet_dinh": line.text("quyet_dinh") or None,
                "ngay": line.day("ngay"),
                "co_nam_2012": year == "1",
            }
        )
    return rows


def _parks(files: Mapping[str, bytes], register: Register, mistakes: Mistakes) -> list[dict[str, object]]:
    needed = ("ten", "don_vi", "nguon")
    rows: list[dict[str, object]] = []
    owners = _Owners(register)
    for line in read_lines(PARKS, files[PARKS], needed, mistakes) if PARKS in files else ():
        line.require(needed)
        rows.append(owners.place(line))
    return rows


class _Owners:
    """Knows whose things are, and that none is listed twice for the same body."""

    def __init__(self, register: Register) -> None:
        self._now = {one.code: register.successor_of(one.code) for one in register.reporters}
        self._seen: dict[tuple[str, ...], int] = {}

    def place(self, line: Line, kind: str = "") -> dict[str, object]:
        """Return the columns that zones and parks share."""
        code, name = line.text("don_vi"), line.text("ten")
        if code and code not in self._now:
            line.wrong(f'Không có đơn vị báo cáo mã "{code}"')
        key = (kind, code, fold(name))
        if name and key in self._seen:
            line.wrong(f'"{name}" của đơn vị mã {code} đã ghi ở dòng {self._seen[key]}')
        self._seen.setdefault(key, line.number)
        return {
            "ten": name,
            "cach_goi_khac": list(line.names("cach_goi_khac")),
            "don_vi": code,
            "don_vi_moi": self._now.get(code),
            "nguon": line.text("nguon"),
        }
