"""``bot blank``: the blank form of a reporter, as it is sent out and as anybody may ask for it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.causes import sentence_of
from bot.language import VIETNAM, fold
from bot.terminal import config_or_defaults, err, give_up, give_up_on, out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import pyarrow as pa

    from bot.config import Config
    from bot.model import Campaign, Form, Reporter, Rulebook


def blank(
    form: Annotated[str, typer.Argument(help="Mã biểu, ví dụ III.4 hoặc 2012-kkt-kcn/III.4.", metavar="FORM")],
    reporter: Annotated[str, typer.Option("--reporter", help="Mã hoặc tên đơn vị báo cáo.", metavar="CODE")],
    to: Annotated[Path | None, typer.Option("--to", help="Tệp .xlsx để ghi.", metavar="FILE")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Số dòng để điền.", min=1, max=10_000)] = 30,
    period: Annotated[
        str | None, typer.Option("--period", help="Kỳ của đợt định kỳ, ví dụ 2026-6T.", metavar="PERIOD")
    ] = None,
) -> None:
    """Ghi biểu trống cho một đơn vị: đúng mẫu, có danh sách chọn, giới hạn và lời nhắc ở từng cột.

    Đơn vị đã gửi biểu này thì biểu được ghi sẵn các dòng của lần được tiếp nhận gần nhất.
    """
    from jinja2 import TemplateError

    from bot.adapters.clock import SystemClock
    from bot.adapters.content import read_templates
    from bot.reply.blank import build_blank
    from bot.reply.blank_words import BlankWords

    if to is not None and to.suffix.lower() != ".xlsx":
        give_up(f"Tên tệp {to} phải có đuôi .xlsx.")
    config = config_or_defaults()
    rulebook = _rulebook(config)
    chosen = _form_named(form, rulebook)
    campaign = _round(chosen, period, rulebook, SystemClock().now().astimezone(VIETNAM).date())
    reporting = _reporter_named(reporter, rulebook, campaign.opened)
    if rulebook.obligation(campaign.id, chosen.id, reporting.code) is None:
        err.print(f"Lưu ý: theo quy tắc, {reporting.full_name} không phải gửi biểu {chosen.full_id}.", markup=False)
    try:
        words = BlankWords(read_templates(config.content.templates))
        earlier = _earlier(config, rulebook, chosen, reporting, campaign)
        made = build_blank(chosen, reporting, campaign, words, rows=rows, earlier=earlier)
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


def _round(form: Form, period: str | None, rulebook: Rulebook, today: date) -> Campaign:
    """Return the form's campaign; of one that recurs the period that is asked for, else the one of today."""
    from bot.submission.campaign import find_campaign

    rounds = [one for one in rulebook.campaigns if one.family == form.campaign]
    if period is None:
        return find_campaign(form.full_id, "", "", "", rulebook, today)
    wanted = period.strip().casefold()
    found = next((one for one in rounds if one.id.rpartition(".")[2].casefold() == wanted and one.series), None)
    if found is None:
        known = ", ".join(one.period.id for one in rounds if one.period and abs(one.opened.year - today.year) <= 1)
        hint = f"; các kỳ gần đây: {known}" if known else "; đợt này không có kỳ"
        give_up(f"Không có kỳ {period} của biểu {form.full_id}{hint}.")
    return found


def _reporter_named(name: str, rulebook: Rulebook, day: date) -> Reporter:
    """Return the reporter of that code, name or alias that exists on *day*, or is the successor of such a one."""
    bodies = sorted(rulebook.reporters, key=lambda one: one.exists(day))
    known = {fold(word): one for one in bodies for word in (*one.aliases, one.full_name, one.name)}
    found = next((one for one in bodies if one.code == name.strip()), known.get(fold(name)))
    if found is None:
        near = {known[word].code: known[word].name for word in get_close_matches(fold(name), known, n=3)}
        hint = "; có thể là: " + ", ".join(f"{code} ({word})" for code, word in near.items()) if near else ""
        give_up(f"Không có đơn vị báo cáo {name}{hint}.")
    while found.until is not None and found.until < day and found.successor:
        found = rulebook.reporter(found.successor)
    return found


def _earlier(config: Config, rulebook: Rulebook, form: Form, reporter: Reporter, campaign: Campaign) -> pa.Table | None:
    """Return the rows to begin with; a ledger that cannot be read is told, and the blank is begun without."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.adapters.ledger import LedgerTooNew
    from bot.runners.doctor import tell_ledger
    from bot.runners.last_rows import last_rows

    try:
        return last_rows(config.store, rulebook, form, reporter, campaign)
    except (SQLAlchemyError, LedgerTooNew) as problem:
        err.print(f"Lưu ý: chưa ghi sẵn được số liệu lần trước: {tell_ledger(problem)}.", markup=False)
        return None


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
