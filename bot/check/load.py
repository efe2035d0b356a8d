"""``rules/`` becomes a Rulebook: all of it or nothing, and all mistakes at once."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.check.campaigns import read_campaign
from bot.check.forms import read_forms
from bot.check.mistakes import Mistake, Mistakes
from bot.check.parameters import read_workdays
from bot.check.registers import FILES as REGISTERS
from bot.check.registers import read_registers
from bot.check.reporters import FILE as REPORTERS
from bot.check.reporters import add_contacts, create_register, read_reporters
from bot.check.sentences import places_of
from bot.check.sql import connect
from bot.check.tables import add_registers
from bot.check.written import Sheet
from bot.check.written_form import WrittenNotices
from bot.model import Notice, Rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from bot.model import Campaign, Form, Obligation

__all__ = ["NOTICES_NEEDED", "Mistake", "load_rulebook"]

NOTICES = "chung.toml"
CAMPAIGN = "campaign.toml"

_DRAFT = re.compile(rb"^\s*draft\s*=\s*true\b", re.MULTILINE)
_ALWAYS = frozenset({"written", "cell", "letter", "row", "column", "unit", "example", "cot"})
NOTICES_NEEDED: Mapping[str, frozenset[str]] = {
    "thieu_cot": frozenset(),
    "thieu_gia_tri": frozenset(),
    "khong_phai_so": frozenset(),
    "so_nhap_nhang": frozenset(),
    "so_gan_dung": frozenset(),
    "so_nguyen": frozenset(),
    "so_qua_lon": frozenset(),
    "am": frozenset(),
    "nho_hon": frozenset({"min"}),
    "lon_hon": frozenset({"max"}),
    "ngay_sai": frozenset(),
    "nam_sai": frozenset(),
    "ngoai_danh_muc": frozenset({"danh_muc"}),
    "loi_excel": frozenset(),
    "so_dang_chu": frozenset(),
    "tong_cong_sai": frozenset({"tong", "cong", "chenh", "dong"}),
    "cong_nhom_sai": frozenset({"tong", "cong", "chenh", "dong"}),
    "ty_le_tong_sai": frozenset({"tong", "cong", "tu", "mau", "dong"}),
    "dong_bo_qua": frozenset({"dong"}),
    "hieu_cot": frozenset({"cho"}),
    "cong_thuc_chua_tinh": frozenset(),
    "bang_ma_cu": frozenset({"bang_ma", "cho"}),
    "ngay_thang_dao": frozenset({"hieu_la", "hoac"}),
    "day_so_rut_gon": frozenset(),
    "ngay_dang_chu": frozenset({"hieu_la"}),
    "ten_khac_danh_muc": frozenset({"hieu_la"}),
    "khoang_trang_thua": frozenset(),
    "so_viet_sai": frozenset({"hieu_la"}),
    "don_vi_khac": frozenset({"hieu_la"}),
    "ngay_viet_sai": frozenset({"hieu_la"}),
    "gan_danh_muc": frozenset({"hieu_la"}),
    "lech_don_vi": frozenset({"trung_vi", "thong_thuong", "don_vi_khac", "hieu_la", "so_don_vi"}),
    "lech_lan_truoc": frozenset({"trung_vi", "thong_thuong", "don_vi_khac", "hieu_la"}),
    "thieu_muc": frozenset({"bao_cao"}),
    "chua_co_so_ngay": frozenset({"bao_cao"}),
    "chua_co_chu_ky": frozenset({"bao_cao"}),
    "ban_du_thao": frozenset({"bao_cao"}),
    "so_lieu_khac_bieu": frozenset({"bao_cao", "chi_tieu", "neu", "bieu", "ghi"}),
    "con_nua": frozenset({"con", "tong"}),
}
"""The findings that the machine makes by itself, and the evidence that each one's sentence may name."""


def load_rulebook(files: Mapping[str, bytes], contacts: bytes | None = None) -> Rulebook | tuple[Mistake, ...]:
    """Return the rulebook that *files* hold, or every mistake in them.

    *files* maps posix paths relative to ``rules/`` to bytes; *contacts* is the operator's CSV
    ``reporter,address,role``. Files that are neither TOML nor the register (README.md) are kept out, and so are the
    folders of campaigns that are still drafts.
    """
    files = _without_drafts(files)
    mistakes = Mistakes()
    database = connect(only_binding=True)
    try:
        notices = _read_notices(files, mistakes)
        register = read_reporters(files[REPORTERS], mistakes) if REPORTERS in files else None
        if register is None:
            mistakes.add(REPORTERS, 0, "Thiếu tệp danh sách đơn vị báo cáo")
            return mistakes.sorted()
        reporters = add_contacts(register.reporters, contacts, mistakes) if contacts else register.reporters
        create_register(database, register)
        registers = read_registers(files, register, mistakes)
        workdays = read_workdays(files, mistakes)
        add_registers(database, registers)
        forms = _read_forms(files, database, notices, mistakes)
        campaigns = _read_campaigns(files, database, mistakes)
    finally:
        database.close()
    _look_for_lost_columns(forms, [one for several, _ in campaigns for one in several[:1]], mistakes)
    if mistakes.found:
        return mistakes.sorted()
    named = (f"{one.family}/{form}" for several, _ in campaigns for one in several for form in one.forms)
    order = {form: place for place, form in enumerate(dict.fromkeys(named))}
    return Rulebook(
        campaigns=tuple(one for several, _ in campaigns for one in several),
        forms=tuple(sorted(forms, key=lambda form: (form.campaign, order.get(form.full_id, len(order)), form.id))),
        reporters=reporters,
        obligations=tuple(one for _, owed in campaigns for one in owed),
        notices=notices,
        hash=hash_of(files),
        registers=registers,
        workdays=workdays,
    )


def _look_for_lost_columns(forms: Sequence[Form], campaigns: Sequence[Campaign], mistakes: Mistakes) -> None:
    """Keep as mistakes the columns that figures of narratives name and their forms do not have."""
    known = {one.full_id: {column.key for column in one.columns} for one in forms}
    for campaign in campaigns:
        for figure in (figure for outline in campaign.outlines for figure in outline.figures):
            columns = known.get(f"{campaign.family}/{figure.form}")
            for key in (figure.sum, *figure.share):
                if key and columns is not None and key not in columns:
                    mistakes.add(f"{campaign.family}/{CAMPAIGN}", 0, f"Biểu {figure.form} không có cột {key}")


def _read_notices(files: Mapping[str, bytes], mistakes: Mistakes) -> dict[str, Notice]:
    if NOTICES not in files:
        mistakes.add(NOTICES, 0, "Thiếu tệp các câu thông báo chung")
        return {}
    sheet = Sheet(NOTICES, files[NOTICES], mistakes)
    read = sheet.read(WrittenNotices)
    if read is None:
        return {}
    notices: dict[str, Notice] = {}
    for number, one in enumerate(read.notice):
        if one.id in notices:
            sheet.wrong(("notice", number, "id"), f"Mã {one.id} đã dùng cho một thông báo khác")
        known = _ALWAYS | NOTICES_NEEDED.get(one.id, frozenset())
        for key, words in (("say", one.say), ("fix", one.fix)):
            for name in (name for name, _ in places_of(words) if name not in known):
                sheet.wrong(("notice", number, key), f"Câu {key} nhắc {{{name}}}, nhưng thông báo này không có tên đó")
        notices[one.id] = Notice(**one.model_dump())
    for missing in NOTICES_NEEDED.keys() - notices.keys():
        sheet.wrong((), f"Thiếu thông báo {missing}")
    return notices


def _form_files(files: Mapping[str, bytes], mistakes: Mistakes | None = None) -> list[str]:
    """Return the paths of all form files; what is TOML or CSV and has no place in the tree is a mistake."""
    found = []
    for name in sorted(files):
        path = PurePosixPath(name)
        if path.suffix not in {".toml", ".csv"} or name in {NOTICES, REPORTERS, *REGISTERS} or path.name == CAMPAIGN:
            continue
        if len(path.parts) == 2 and path.suffix == ".toml":
            found.append(name)
        elif mistakes is not None:
            mistakes.add(name, 0, "Tệp này không có chỗ trong rules/; biểu nằm ở <đợt báo cáo>/<mã biểu>.toml")
    return found


def _read_forms(
    files: Mapping[str, bytes], database: duckdb.DuckDBPyConnection, notices: Mapping[str, Notice], mistakes: Mistakes
) -> list[Form]:
    names = _form_files(files, mistakes)
    for name in (name for name in names if f"{name.split('/')[0]}/{CAMPAIGN}" not in files):
        mistakes.add(name, 0, f"Thư mục {name.split('/')[0]} chưa có tệp {CAMPAIGN}")
    return read_forms({name: files[name] for name in names}, database, notices, mistakes)


def _read_campaigns(
    files: Mapping[str, bytes], database: duckdb.DuckDBPyConnection, mistakes: Mistakes
) -> list[tuple[tuple[Campaign, ...], tuple[Obligation, ...]]]:
    found = []
    for name in (one for one in sorted(files) if one.endswith(f"/{CAMPAIGN}") and one.count("/") == 1):
        folder = name.split("/")[0]
        ids = [PurePosixPath(one).stem for one in _form_files(files) if one.startswith(f"{folder}/")]
        read = read_campaign(name, files[name], ids, database, mistakes)
        if read is not None:
            found.append(read)
    if not found and not mistakes.found:
        mistakes.add(CAMPAIGN, 0, "Chưa có đợt báo cáo nào trong rules/")
    return found


def drafts_in(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the folders of the campaigns that say ``draft = true``: nothing in them is in force.

    The line is searched, not parsed: a draft may be broken while somebody works on it, and must not stop the others.
    """
    marked = (name for name in sorted(files) if name.endswith(f"/{CAMPAIGN}") and name.count("/") == 1)
    return tuple(name.split("/")[0] for name in marked if _DRAFT.search(files[name]))


def _without_drafts(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    drafts = set(drafts_in(files))
    return {name: data for name, data in files.items() if name.split("/")[0] not in drafts}


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the hash by which decisions know *files*: SHA-256 over the sorted names and the bytes.

    Drafts decide nothing and do not count. Lengths keep a name from flowing into the bytes.
    """
    whole = hashlib.sha256()
    files = _without_drafts(files)
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
