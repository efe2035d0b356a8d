"""A rulebook of one small form, and tables for it: what the tests of this folder stand on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.model import Finding, Form, Problem, Rulebook, SheetPlace, Table
from bot.model.arrow import arrow_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULES = Path(__file__).parents[2] / "rules"
CHECKER = Checker()
JULY = date(2012, 7, 10)

REPORTERS = """\
code,name,full_name,addressee,kind,region,aliases,kkt_ven_bien
01,Hà Nội,Thành phố Hà Nội,Ủy ban nhân dân thành phố Hà Nội,tinh,,TP Hà Nội,0
40,Nghệ An,Tỉnh Nghệ An,Ủy ban nhân dân tỉnh Nghệ An,tinh,,T. Nghệ An,1
"""

CAMPAIGN = """\
id         = "thu"
title      = "Đợt thử"
ministry   = "Bộ Mẫu"
department = "Vụ Mẫu"
opened     = 2012-03-02
reminders  = [7, 3]

[contact]
role = "Chuyên viên"

[[obligation]]
forms    = ["A"]
owed_by  = "kind = 'tinh'"
deadline = "trước ngày 15/7/2012"
"""

FORM = """\
id       = "A"
title    = "Biểu A"
source   = "Phụ lục thử"
row_key  = ["ten"]
sequence = "tt"
group    = "nhom"

[[column]]
key      = "tt"
header   = ["TT"]
type     = "text"

[[column]]
key      = "ten"
header   = ["Tên khu"]
type     = "text"
required = true
example  = "Khu Mẫu"

[[column]]
key      = "nhom"
header   = ["Nhóm"]
type     = "text"

[[column]]
key      = "dien_tich"
header   = ["Diện tích"]
type     = "decimal"
unit     = "ha"
required_when = "nam > 2000"
above    = 0
max      = 1000
sum      = true
example  = "12,5"

[[column]]
key      = "cho_thue"
header   = ["Đã cho thuê"]
type     = "decimal"
unit     = "ha"
min      = 0
sum      = true
example  = "10"

[[column]]
key      = "so_nguoi"
header   = ["Số người"]
type     = "integer"
unit     = "người"
min      = 5
sum      = true
example  = "30"

[[column]]
key      = "nam"
header   = ["Năm"]
type     = "year"
example  = "2005"

[[column]]
key      = "ngay"
header   = ["Ngày"]
type     = "date"
example  = "15/7/2005"

[[rule]]
id       = "cho_thue_vuot"
title    = "Đã cho thuê lớn hơn diện tích"
severity = "error"
status   = "active"
since    = 2012-06-01
source   = "Thử"
require  = "cho_thue <= dien_tich"
cell     = "cho_thue"
say      = "{cho_thue.o} ghi {cho_thue} ha, {dien_tich.o} ghi {dien_tich} ha"
fix      = "Kiểm tra hai cột."
good     = [{cho_thue = 5}]
bad      = [{cho_thue = 13}]
"""


OTHER = """\
id       = "B"
title    = "Biểu B"
source   = "Phụ lục thử"
row_key  = ["khu"]

[[column]]
key      = "khu"
header   = ["Khu"]
type     = "text"
required = true
example  = "Khu Mẫu"

[[column]]
key      = "da_thue"
header   = ["Đã thuê"]
type     = "decimal"
unit     = "ha"
example  = "10"
"""
"""A second form of the small campaign, which rules of the first may read."""


def files(form: str = FORM, **others: str) -> dict[str, bytes]:
    """Return the files of the small rulebook; *others* replace reporters, campaign or chung, or are more files."""
    more = {name: text.encode() for name, text in others.items() if "/" in name}
    return more | {
        "chung.toml": others["chung"].encode() if "chung" in others else (RULES / "chung.toml").read_bytes(),
        "reporters.csv": others.get("reporters", REPORTERS).encode(),
        "thu/campaign.toml": others.get("campaign", CAMPAIGN).encode(),
        "thu/A.toml": form.encode(),
    }


def with_rule(**keys: str) -> str:
    """Return FORM with keys of its rule replaced, each by the TOML text to the right of ``=``; "" takes the key out."""
    head, rule = FORM.split("[[rule]]")
    lines = [line for line in rule.splitlines() if line.split("=")[0].strip() not in keys]
    lines += [f"{key} = {value}" for key, value in keys.items() if value]
    return f"{head}[[rule]]" + "\n".join(lines) + "\n"


def crossed(**keys: str) -> str:
    """Return FORM with a rule that holds each row against the same thing in B; *keys* replace keys of the rule."""
    query = """'''
SELECT t._sheet, t._row, b.da_thue AS ben_kia FROM t JOIN "B" AS b ON khong_dau(b.khu) = khong_dau(t.ten)
WHERE b.da_thue <> t.cho_thue
'''"""
    own = {
        "require": "",
        "query": query,
        "say": '"{cho_thue.o} ghi {cho_thue} ha, Biểu B ghi {ben_kia} ha"',
        "good": '[{tables = {"B" = [{}]}}]',
        "bad": '[{tables = {"B" = [{khu = "Khu Mẫu", da_thue = 9}]}}]',
    }
    return with_rule(**(own | keys))


def rulebook(form: str = FORM, **others: str) -> Rulebook:
    """Return the small rulebook, which must be free of mistakes; *others* are those of ``files``."""
    book = load_rulebook(files(form, **others))
    assert isinstance(book, Rulebook), book
    return book


def table(form: Form, *rows: Mapping[str, object], first: int = 9, without: Sequence[str] = ()) -> Table:
    """Return a table of one sheet "Trang 1" with just these cells, columns from A; *without* are not on the sheet."""
    cells = {one.key: pa.array([_value(row.get(one.key)) for row in rows], arrow_type(one)) for one in form.columns}
    cells["_sheet"] = pa.array([0] * len(rows), pa.int16())
    cells["_row"] = pa.array(range(first, first + len(rows)), pa.int32())
    letters = {one.key: chr(65 + place) for place, one in enumerate(form.columns) if one.key not in without}
    return Table(form.full_id, pa.table(cells), (SheetPlace("Trang 1", letters, first - 1, len(rows)),))


def beside(left: Table, right: Table) -> Table:
    """Return both tables as two sheets of one workbook, "Trang 1" and "Trang 2"."""
    second = right.data.set_column(
        right.data.schema.get_field_index("_sheet"), "_sheet", pa.array([1] * right.data.num_rows, pa.int16())
    )
    places = (*left.sheets, *(replace(one, name="Trang 2") for one in right.sheets))
    return replace(left, data=pa.concat_tables([left.data, second]), sheets=places)


def check(
    book: Rulebook,
    held: Table,
    *problems: Problem,
    received: date | None = JULY,
    tables: Mapping[str, pa.Table] | None = None,
    reporter: str = "",
) -> tuple[Finding, ...]:
    """Return the findings of the small form on that table."""
    form = book.forms[0]
    return CHECKER.check(form, held, problems, book.notices, received, tables=tables or {}, reporter=reporter)


def seen(findings: Sequence[Finding]) -> list[str]:
    """Return each finding as ``rule cell``, or ``rule column`` where it names no cell."""
    return [f"{one.rule} {one.place.cell or one.place.column}".strip() for one in findings]


def _value(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value
