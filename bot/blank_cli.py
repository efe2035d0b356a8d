"""``bot blank``: the blank form of a reporter, as it is sent out and as anybody may ask for it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.causes import sentence_of
from bot.language import fold
from bot.terminal import config_or_defaults, err, give_up, give_up_on, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.config import Config
    from bot.model import Form, Reporter, Rulebook


def blank(
    form: Annotated[str, typer.Argument(help="Mã biểu, ví dụ III.4 hoặc 2012-kkt-kcn/III.4.", metavar="FORM")],
    reporter: Annotated[str, typer.Option("--reporter", help="Mã hoặc tên đơn vị báo cáo.", metavar="CODE")],
    to: Annotated[Path | None, typer.Option("--to", help="Tệp .xlsx để ghi.", metavar="FILE")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Số dòng để điền.", min=1, max=10_000)] = 30,
) -> None:
    """Ghi biểu trống cho một đơn vị: đúng mẫu, có danh sách chọn, giới hạn và lời nhắc ở từng cột."""
    from jinja2 import TemplateError

    from bot.adapters.content import read_templates
    from bot.reply.blank import build_blank
    from bot.reply.blank_words import BlankWords

    if to is not None and to.suffix.lower() != ".xlsx":
        give_up(f"Tên tệp {to} phải có đuôi .xlsx.")
    config = config_or_defaults()
    rulebook = _rulebook(config)
    chosen, reporting = _form_named(form, rulebook), _title_block(reporter, rulebook)
    if rulebook.obligation(chosen.campaign, chosen.id, reporting.code) is None:
        err.print(f"Lưu ý: theo quy tắc, {reporting.full_name} không phải gửi biểu {chosen.full_id}.", markup=False)
    try:
        words = BlankWords(read_templates(config.content.templates))
        made = build_blank(chosen, reporting, rulebook.campaign(chosen.campaign), words, rows=rows)
        file = to or Path(made.name)
        file.write_bytes(made.data)
    except TemplateError as mistake:
        give_up(f"Câu chữ của biểu trống (_blank.txt) chưa dùng được: {mistake}.")
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    out.print(f"Đã ghi {file}: biểu {chosen.full_id}, {reporting.full_name}.", markup=False)


def _form_named(name: str, rulebook: Rulebook) -> Form:
    """Return the form of that id, full or short; a short one must be unambiguous."""
    wanted = name.strip().casefold()
    found = [one for one in rulebook.forms if wanted in (one.full_id.casefold(), one.id.casefold())]
    if len(found) > 1:
        give_up(f"Biểu {name} có trong nhiều đợt báo cáo; hãy ghi rõ một trong: {_listed(found)}.")
    if not found:
        short = {one.id.casefold() for one in rulebook.forms}
        near = get_close_matches(wanted.rpartition("/")[2], short, n=5, cutoff=0.5)
        candidates = [one for one in rulebook.forms if one.id.casefold() in near] or rulebook.forms
        give_up(f"Không có biểu {name}; các biểu có thể chọn: {_listed(candidates)}.")
    return found[0]


def _listed(forms: Iterable[Form]) -> str:
    return ", ".join(one.full_id for one in forms)


def _title_block(name: str, rulebook: Rulebook) -> Reporter:
    """Return the reporter of that code, or of that name or alias."""
    known = {fold(word): one for one in rulebook.reporters for word in (*one.aliases, one.full_name, one.name)}
    found = next((one for one in rulebook.reporters if one.code == name.strip()), known.get(fold(name)))
    if found is None:
        near = {known[word].code: known[word].name for word in get_close_matches(fold(name), known, n=3)}
        hint = "; có thể là: " + ", ".join(f"{code} ({word})" for code, word in near.items()) if near else ""
        give_up(f"Không có đơn vị báo cáo {name}{hint}.")
    return found


def _rulebook(config: Config) -> Rulebook:
    """Return the rules as configured; broken ones are told, and end the command."""
    from bot.adapters.content import read_rules
    from bot.check.load import load_rulebook

    try:
        rulebook = load_rulebook(read_rules(config.content.rules))
    except OSError as problem:
        give_up(f"Không dùng được {sentence_of(problem)}.")
    if isinstance(rulebook, tuple):
        give_up_on("Quy tắc trong rules/ chưa dùng được:", [str(one) for one in rulebook])
    return rulebook
