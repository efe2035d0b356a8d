"""``bot blank``: the blank form of a reporter, as it is sent out and as anybody may ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.causes import sentence_of
from bot.commands.asked import form_named, reporter_named, round_of, rules_in_force
from bot.language import VIETNAM
from bot.terminal import config_or_defaults, err, give_up, out

if TYPE_CHECKING:
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

    Dùng khi đơn vị cần biểu mẫu mà chưa gửi được thư MẪU, hoặc để in.

    Ví dụ: bot blank III.4 --reporter "Nghệ An" --to "Bieu III.4.xlsx"

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
    rulebook = rules_in_force(config)
    chosen = form_named(form, rulebook)
    campaign = round_of(chosen, period, rulebook, SystemClock().now().astimezone(VIETNAM).date())
    reporting = reporter_named(reporter, rulebook, campaign.opened)
    if rulebook.obligation(campaign.id, chosen.id, reporting.code) is None:
        err.print(f"Lưu ý: theo quy tắc, {reporting.full_name} không phải gửi biểu {chosen.full_id}.", markup=False)
    try:
        words = BlankWords(read_templates(config.content.templates))
        earlier = _earlier(config, rulebook, chosen, reporting, campaign)
        made = build_blank(chosen, reporting, campaign, words, rows=rows, earlier=earlier, secret=_secret(config))
        file = to or Path(made.name)
        file.write_bytes(made.data)
    except TemplateError as mistake:
        give_up(f"Câu chữ của biểu trống (_blank.txt) chưa dùng được: {mistake}.")
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    out.print(f"Đã ghi {file}: biểu {chosen.full_id}, {reporting.full_name}.", markup=False)


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


def _secret(config: Config) -> bytes:
    """Return what makes the hidden token; where it cannot be read, that is told, and the blank bears none."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.adapters.own_secret import SecretDamaged
    from bot.runners.blank_secret import known_blank_secret
    from bot.runners.doctor import tell_ledger

    without = "Lưu ý: biểu không mang dấu ngầm của đơn vị"
    try:
        return known_blank_secret(config.store)
    except OSError as problem:
        err.print(f"{without}: không đọc được {sentence_of(problem)}.", markup=False)
    except SecretDamaged as problem:
        err.print(f"{without}: tệp {problem} bị hỏng; khôi phục tệp này từ bản sao lưu.", markup=False)
    except SQLAlchemyError as problem:
        err.print(f"{without}: {tell_ledger(problem)}.", markup=False)
    return b""
