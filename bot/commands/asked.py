"""What a command names: a form, a period, a reporter; found, or told what there is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.causes import sentence_of
from bot.terminal import give_up, give_up_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.config import Config
    from bot.model import Campaign, Form, Reporter, Rulebook


def rules_in_force(config: Config) -> Rulebook:
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


def form_named(name: str, rulebook: Rulebook) -> Form:
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


def round_of(form: Form, period: str | None, rulebook: Rulebook, today: date) -> Campaign:
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


def reporter_named(name: str, rulebook: Rulebook, day: date) -> Reporter:
    """Return the reporter of that code, name or alias that exists on *day*, or is the successor of such a one."""
    from bot.submission import reporter_called

    found = reporter_called(name, rulebook.reporters, day)
    if isinstance(found, tuple):
        hint = "; có thể là: " + ", ".join(f"{one.code} ({one.name})" for one in found) if found else ""
        give_up(f"Không có đơn vị báo cáo {name}{hint}.")
    return found
