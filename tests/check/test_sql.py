from __future__ import annotations

from datetime import date

import duckdb
import pytest

from bot.check.sql import connect, read_syntax
from bot.language import fold


@pytest.fixture(name="database", scope="module")
def _database() -> duckdb.DuckDBPyConnection:
    return connect()


def value(database: duckdb.DuckDBPyConnection, sql: str, *arguments: object) -> object:
    row = database.execute(f"SELECT {sql}", list(arguments)).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM 'https://example.com/x.parquet'",
        "ATTACH '/tmp/x.db'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "EXPORT DATABASE '/tmp/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "SELECT * FROM hidden",
    ],
)
def test_sql_cannot_leave_the_database(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    hidden = [1]  # a Python value that DuckDB would otherwise find by its name
    assert hidden
    with pytest.raises(duckdb.Error):
        database.execute(sql).fetchall()


@pytest.mark.parametrize(
    "text", ["Diện tích  (ha)", "ĐỒNG THÁP", "Tỷ lệ – lấp đầy", "hoà Bình", "Ð, ð, Đ, đ", "  Quý Ủy ban  ", "Ỹ ỵ"]
)
def test_khong_dau_is_the_fold_of_the_language(database: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(database, "khong_dau(?)", text) == fold(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Quyết định số 12/QĐ-TTg ngày 05/4/2012", date(2012, 4, 5)),
        ("QĐ 1107/QĐ-TTg, ngày 21 tháng 8 năm 2006", date(2006, 8, 21)),
        ("số 3/2009/QĐ-UBND, 2.3.2009", date(2009, 3, 2)),
        ("1847/QĐ-UBND", None),
        ("ngày 31/2/2012", None),
        (None, None),
    ],
)
def test_a_date_is_found_in_the_name_of_a_document(
    database: duckdb.DuckDBPyConnection, text: str | None, day: date | None
) -> None:
    assert value(database, "ngay_trong(?::VARCHAR)", text) == day


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KCN Bắc Vinh", "bac vinh"),
        ("Khu công nghiệp Nam Cấm", "nam cam"),
        ("Nam Cấm", "nam cam"),
        ("KKT Nghi Sơn", "nghi son"),
        ("KKT cửa khẩu Cầu Treo", "cau treo"),
        ("Khu kinh tế cửa khẩu quốc tế Cầu Treo", "cau treo"),
        ("KKTCK Cầu Treo", "cau treo"),
        ("Khu kinh tế ven biển Đông Nam", "dong nam"),
        ("Khu kinh tế mở Chu Lai", "chu lai"),
        ("KKT cửa khẩu tỉnh An Giang", "an giang"),
        ("Cửa khẩu quốc tế Cầu Treo", "cau treo"),
        ("KCN Mỏ Chạng", "mo chang"),
        ("CCN Nghĩa Long", "nghia long"),
        ("Cụm CN Nghĩa Long", "nghia long"),
        ("Cụm công nghiệp Kỳ Sơn", "ki son"),
        ("Kcnx Mẫu", "kcnx mau"),
        ("KCN", "kcn"),
        (None, None),
    ],
)
def test_the_proper_name_of_a_zone_is_what_follows_its_kind(
    database: duckdb.DuckDBPyConnection, text: str | None, name: str | None
) -> None:
    assert value(database, "ten_goc(?::VARCHAR)", text) == name


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("9999999997", True),
        ("9999999997-001", True),
        ("999 999 9997", True),
        ("012345672", True),  # Excel dropped the leading zero
        ("9999999996", False),
        ("9999999979", False),
        ("12345", None),
        ("", None),
        (None, None),
    ],
)
def test_the_check_digit_of_a_tax_code(
    database: duckdb.DuckDBPyConnection, code: str | None, right: bool | None
) -> None:
    assert value(database, "mst_dung(?::VARCHAR)", code) is right


def test_syntax_knows_columns_functions_and_foreign_tables(database: duckdb.DuckDBPyConnection) -> None:
    syntax = read_syntax(database, "WITH q AS (SELECT a FROM t) SELECT lower(q.a) FROM q JOIN u ON b = 1")
    assert syntax.columns == {"a", "b"}
    assert "lower" in syntax.functions
    assert syntax.tables == {"t", "u"}
    assert not syntax.bare
