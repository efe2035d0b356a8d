"""Rules that read more than their own table: other forms, earlier tables, registers, who reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from bot.check.examples import table_of
from bot.check.load import load_rulebook
from bot.check.registers import SCHEMAS
from bot.check.run import Checker
from bot.check.tables import fit, rename
from tests.check.small import JULY, OTHER, check, crossed, files, rulebook, seen, table, with_rule
from tests.check.test_load import line, mistakes
from tests.check.test_run import GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Rulebook

EARLIER = """'''
SELECT t._sheet, t._row, truoc.dien_tich AS truoc FROM t JOIN {name} AS truoc USING (ten)
WHERE t.dien_tich < truoc.dien_tich
'''"""


def earlier(name: str) -> str:
    return with_rule(
        require="",
        query=EARLIER.format(name=name),
        cell='"dien_tich"',
        say='"{dien_tich} ha, trước đây {truoc} ha"',
        bad=f"[{{dien_tich = 10, tables = {{{name} = [{{dien_tich = 20}}]}}}}]",
    )


def asking(source: str) -> dict[str, str]:
    """Return the keys of a rule that selects from there."""
    return {"query": f'"SELECT t._sheet, t._row {source}"', "say": '"x"'}


def rows(book: Rulebook, form: str, *cells: Mapping[str, object]) -> dict[str, pa.Table]:
    return {form: table_of(book.form(form), cells).data}


class TestAnotherForm:
    BOOK = rulebook(crossed(), **{"thu/B.toml": OTHER})

    def told(self, **tables: Sequence[Mapping[str, object]]) -> list[str]:
        held = {f"thu/{name}": table_of(self.BOOK.form(f"thu/{name}"), cells).data for name, cells in tables.items()}
        return [one.say for one in check(self.BOOK, table(self.BOOK.forms[0], GOOD | {"ten": "KHU MẪU"}), tables=held)]

    def test_is_known_by_its_id_and_kept_by_its_full_id(self) -> None:
        (rule,) = self.BOOK.form("thu/A").rules
        assert rule.tables == ("thu/B",)
        assert rule.query is not None
        assert '"thu/B" AS b' in rule.query

    def test_is_held_against_the_row(self) -> None:
        assert self.told(B=[{"da_thue": 9}]) == ["E9 ghi 10 ha, Biểu B ghi 9 ha"]
        assert self.told(B=[{"da_thue": 10}]) == []

    def test_that_is_not_to_be_had_makes_the_rule_say_nothing(self) -> None:
        assert self.told() == []

    def test_may_be_named_with_its_campaign(self) -> None:
        full = crossed(query=r'''"SELECT t._sheet, t._row, da_thue AS ben_kia FROM t, \"thu/B\" WHERE da_thue < 0"''')
        assert rulebook(full, **{"thu/B.toml": OTHER}).form("thu/A").rules[0].tables == ("thu/B",)

    def test_may_be_asked_by_a_condition_too(self) -> None:
        condition = crossed(
            query="",
            require=r'''"ten IN (SELECT khu FROM \"B\")"''',
            cell='"ten"',
            say='"{ten}"',
            bad='[{tables = {"B" = [{khu = "C"}]}}]',
        )
        book = rulebook(condition, **{"thu/B.toml": OTHER})
        held = table(book.forms[0], GOOD, GOOD | {"ten": "Khu Mẫu"})
        assert seen(check(book, held, tables=rows(book, "thu/B", {}))) == ["cho_thue_vuot B9"]
        assert not check(book, held)

    def test_amounts_too_large_for_exact_products_are_compared_all_the_same(self) -> None:
        query = r'''"SELECT t._sheet, t._row, 1 AS ben_kia FROM t, \"B\" WHERE da_thue * dien_tich * da_thue > 1"'''
        book = rulebook(crossed(query=query), **{"thu/B.toml": OTHER})
        huge = rows(book, "thu/B", {"da_thue": 123456789012345})
        assert seen(check(book, table(book.forms[0], GOOD), tables=huge)) == ["cho_thue_vuot E9"]

    @pytest.mark.parametrize(
        ("keys", "at", "say"),
        [
            (asking(r"FROM t, \"C\""), "query", "Không có biểu C: mã biểu của đợt này, hoặc <đợt>/<mã biểu>"),
            (asking("FROM t, B"), "query", "SQL không được dùng B: quy tắc chỉ đọc bảng t của biểu, các danh mục"),
            (asking(r"FROM t, \"B\" AS b WHERE b.co = 1"), "query", "SQL không hợp với các cột của biểu: Binder Error"),
            ({"bad": '[{tables = {"B" = [{co = 9}]}}]'}, "bad", "Ví dụ của B nhắc cột co, nhưng biểu không có cột đó"),
            ({"good": '[{tables = {"C" = [{}]}}]'}, "good", "Ví dụ nhắc bảng C, nhưng không có biểu hay bảng đó"),
            ({"bad": "[{cho_thue = 1}]"}, "bad", 'Quy tắc đọc bảng B, nên ví dụ sai phải có tables = {"B" = […]}'),
            ({"good": "[{rows = [{}], cho_thue = 1}]"}, "good", "Ví dụ có khóa cho_thue đứng ngoài rows"),
            ({"good": '[{tables = ["B"]}]'}, "good", 'Bảng khác trong ví dụ ghi theo dạng tables = {"'),
            ({"good": '[{tables = {"B" = {}}}]'}, "good", "Ví dụ nhiều dòng của B ghi theo dạng [{…}, {…}]"),
        ],
    )  # fmt: skip
    def test_that_is_named_wrongly_is_a_mistake_at_its_line(self, keys: dict[str, str], at: str, say: str) -> None:
        form = crossed(**keys)
        found = mistakes(load_rulebook(files(form, **{"thu/B.toml": OTHER})))
        assert any(one.startswith(f"thu/A.toml:{line(form, f'{at} = ')}: {say}") for one in found), found

    def test_a_column_of_another_querys_evidence_is_not_known_to_the_next(self) -> None:
        """All queries of a form are bound in one go, and still none sees what the others yield."""
        head, rule = crossed().split("[[rule]]")
        second = rule.replace('"cho_thue_vuot"', '"hai"').replace("b.da_thue <> t.cho_thue", "ben_kia > 1")
        form = f"{head}[[rule]]{rule}[[rule]]{second.replace('AS ben_kia', 'AS khac').replace('{ben_kia}', '{khac}')}"
        at = max(number for number, one in enumerate(form.splitlines(), 1) if one.startswith("query"))
        assert mistakes(load_rulebook(files(form, **{"thu/B.toml": OTHER}))) == [
            f"thu/A.toml:{at}: Biểu không có cột ben_kia"
        ]

    def test_a_condition_of_a_column_reads_its_row_only(self) -> None:
        form = crossed().replace('"nam > 2000"', "'EXISTS (FROM \"B\")'")
        assert mistakes(load_rulebook(files(form, **{"thu/B.toml": OTHER}))) == [
            f"thu/A.toml:{line(form, 'required_when')}: Điều kiện của cột chỉ đọc các cột của dòng, không đọc bảng khác"
        ]


class TestAnEarlierTable:
    @pytest.mark.parametrize("name", ["lan_truoc", "ky_truoc"])
    def test_has_the_columns_of_the_form(self, name: str) -> None:
        book = rulebook(earlier(name))
        form = book.forms[0]
        assert form.rules[0].tables == (name,)
        before = {name: table(form, GOOD | {"dien_tich": 20.0}).data}
        (finding,) = check(book, table(form, GOOD), tables=before)
        assert finding.say == "12,5 ha, trước đây 20 ha"
        assert not check(book, table(form, GOOD))

    def test_kept_under_an_earlier_edition_of_the_form_is_read_with_todays_columns(self) -> None:
        book = rulebook(earlier("lan_truoc"))
        form = book.forms[0]
        kept = table(form, GOOD).data.drop_columns(["dien_tich", "nam"]).append_column("cu", pa.array([1]))
        assert fit(form, kept).schema.names == ["_sheet", "_row", *(one.key for one in form.columns)]
        assert not check(book, table(form, GOOD), tables={"lan_truoc": kept})


class TestRegisters:
    PLACES = pa.Table.from_pylist([
        {"code": "40", "name": "Nghệ An", "since": None, "until": date(2025, 6, 30)},
        {"code": "40-2025", "name": "Nghệ An mới", "since": date(2025, 7, 1), "until": None},
    ], SCHEMAS["don_vi"])  # fmt: skip
    PARAMETERS = pa.Table.from_pylist([
        {"ten": "toi_da", "tu_ngay": date(2009, 1, 1), "den_ngay": date(2011, 12, 31), "gia_tri": Decimal(50)},
        {"ten": "toi_da", "tu_ngay": date(2012, 1, 1), "den_ngay": None, "gia_tri": Decimal(75)},
    ], SCHEMAS["tham_so"])  # fmt: skip

    def told(self, form: str, received: date | None = JULY, reporter: str = "", **cells: object) -> list[str]:
        book = rulebook(form)
        checker = Checker({"don_vi": self.PLACES, "tham_so": self.PARAMETERS})
        held = table(book.forms[0], GOOD | cells)
        return [one.say for one in checker.check(book.forms[0], held, (), book.notices, received, reporter=reporter)]

    def test_hold_the_reporters_of_the_day(self) -> None:
        query = '"SELECT _sheet, _row, name AS ai FROM t, don_vi"'
        form = with_rule(require="", query=query, say='"{ai}"')
        assert self.told(form) == ["Nghệ An"]
        assert self.told(form, date(2026, 1, 1)) == ["Nghệ An mới"]

    def test_are_there_and_empty_where_none_are_given(self) -> None:
        query = '"SELECT _sheet, _row FROM t WHERE ten NOT IN (SELECT ten FROM kcn) AND NOT EXISTS (FROM kkt)"'
        book = rulebook(with_rule(require="", query=query, say='"x"'))
        assert seen(check(book, table(book.forms[0], GOOD))) == ["cho_thue_vuot E9"]

    def test_a_parameter_has_the_value_of_the_day_of_receipt(self) -> None:
        form = with_rule(require="\"dien_tich <= tham_so('toi_da')\"", say='"{dien_tich}"')
        assert self.told(form, dien_tich=60.0) == []
        assert self.told(form, date(2010, 1, 1), dien_tich=60.0) == ["60"]
        assert self.told(form, date(2000, 1, 1), dien_tich=60.0) == []
        assert self.told(form, None, dien_tich=60.0) == []

    def test_who_reports_is_known_or_the_rule_says_nothing(self) -> None:
        mine = "FROM don_vi WHERE name = t.ten AND code = don_vi_bao_cao()"
        query = f'"SELECT _sheet, _row FROM t WHERE NOT EXISTS ({mine})"'
        form = with_rule(require="", query=query, say='"x"', bad='[{reporter = "01"}]')
        assert self.told(form, reporter="40", ten="Nghệ An") == []
        assert self.told(form, reporter="40'; DROP TABLE t", ten="Nghệ An") == ["x"]
        assert self.told(form) == []

    def test_a_rule_about_the_reporter_needs_one_in_its_bad_examples(self) -> None:
        form = with_rule(require='"ten <> don_vi_bao_cao()"')
        say = 'Quy tắc dùng don_vi_bao_cao(), nên ví dụ sai phải có reporter = "mã đơn vị"'
        assert mistakes(load_rulebook(files(form))) == [f"thu/A.toml:{line(form, 'bad ')}: {say}"]


def test_only_names_in_double_quotes_are_replaced() -> None:
    sql = """SELECT "B".x, 'B', B FROM "B" JOIN "t/B" USING ("B""x")"""
    renamed = rename(sql, lambda name: {"B": "thu/B"}.get(name, name))
    assert renamed == """SELECT "thu/B".x, 'B', B FROM "thu/B" JOIN "t/B" USING ("B""x")"""
