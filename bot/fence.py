"""DuckDB fenced off from disk, network and clock, and the words that questions to it may use.

Rules are asked through it, and so are the dataset and ``bot sql``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FENCE: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,  # no file, no network, no ATTACH, COPY or INSTALL from a question
    "autoinstall_known_extensions": False,  # a question must not fetch code …
    "autoload_known_extensions": False,  # … nor load what lies on this machine
    "allow_community_extensions": False,
    "python_enable_replacements": False,  # a table name must never mean a variable of this program
}

# Vocabulary for rules, so that a clerk needs no regular expressions for the common questions:
# ngay_nhan()      the day on which the message was received; NULL when it is not known, and then a rule says nothing
# khong_dau(text)  the wording without accents, case and punctuation (the same as bot.language.fold)
# ngay_trong(text) the first date d/m/yyyy in a text such as "QĐ số 12/QĐ-TTg ngày 05/4/2012"
# so_thuan(text)   only the digits of an identifier
# mst_dung(text)   whether a tax code's check digit is right (weights 31, 29, 23, 19, 17, 13, 7, 5, 3; modulo 11);
#                  NULL where it has not 10 or 13 digits. Excel drops a leading zero: it is put back.
# ten_goc(text)    the proper name of a zone or a park: khong_dau without KCN, KKT, CCN and their long forms at its head
# tham_so(name)    the value of a legal parameter on the day of receipt; NULL when there is none
# don_vi_bao_cao() the code of the reporter; NULL when it is not known
_VOCABULARY = (
    "CREATE MACRO ngay_nhan() AS getvariable('ngay_nhan')::DATE",
    """CREATE MACRO khong_dau(x) AS replace(trim(regexp_replace(
         replace(lower(strip_accents(translate(x, 'ĐđÐð', 'DdDd'))), 'đ', 'd'), '[^a-z0-9]+', ' ', 'g')), 'y', 'i')""",
    r"""CREATE MACRO ngay_trong(x) AS try_strptime(
         regexp_replace(regexp_replace(x, '(?i)(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})', '\1/\2/\3')
           .regexp_extract('\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d{2}'),
           '\s?[/.-]\s?', '/', 'g'), '%d/%m/%Y')::DATE""",
    """CREATE MACRO ten_goc(x) AS regexp_replace(khong_dau(x), '^(kcn|kcx|khu (cong nghiep|che xuat)|ccn|'
         || 'cum (cong nghiep|cn)|(kkt ?(ck|vb)?|khu kinh te)( (ven bien|cua khau|mo|quoc te|dao|tinh))*|'
         || '(ven bien|cua khau)( quoc te)?) ', '')""",
    "CREATE MACRO tham_so(x) AS map_extract(getvariable('tham_so')::MAP(VARCHAR, DECIMAL(21,6)), x)[1]",
    "CREATE MACRO don_vi_bao_cao() AS getvariable('don_vi_bao_cao')::VARCHAR",
    "CREATE MACRO so_thuan(x) AS regexp_replace(x, '[^0-9]', '', 'g')",
    """CREATE MACRO _mst_dung(so) AS so[10]::INTEGER = 10 - list_dot_product(
         list_transform(string_split(so[1:9], ''), lambda chu_so: chu_so::DOUBLE),
         [31.0, 29, 23, 19, 17, 13, 7, 5, 3])::INTEGER % 11""",
    # A list of one binds the digits to a name: a macro repeats its argument's whole expression at each use.
    """CREATE MACRO mst_dung(x) AS list_transform([so_thuan(x)], lambda so: CASE
         WHEN length(so) IN (10, 13) THEN _mst_dung(so) WHEN length(so) IN (9, 12) THEN _mst_dung('0' || so) END)[1]""",
)


def speak(database: duckdb.DuckDBPyConnection) -> None:
    """Teach *database* the vocabulary."""
    for macro in _VOCABULARY:
        database.execute(macro)
