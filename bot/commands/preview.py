"""``bot preview``: any mail of ours with made-up data, in the terminal and as files; nothing is sent."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.causes import sentence_of
from bot.terminal import config_or_defaults, give_up, give_up_on, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Outgoing
    from bot.preview.mails import Gallery


def preview(
    mail: Annotated[
        str | None, typer.Argument(help="Tên thư, ví dụ reply_returned; bỏ trống để xem danh sách.", metavar="MAIL")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Thư mục ghi tệp .eml và .html; mặc định là bot-preview.", metavar="DIR")
    ] = None,
) -> None:
    """Xem trước một mẫu thư với số liệu giả định, kèm tệp đính kèm như thư thật; không gửi gì.

    Dùng sau khi sửa lời thư trong templates/.

    Ví dụ: bot preview reply_returned --to xem-truoc

    Không ghi tên thư: liệt kê mọi thư; có thêm --to thì ghi tất cả ra thư mục đó. Dùng templates/ riêng nếu cấu hình
    có khai; mẫu sai thì được chỉ ra tệp và dòng.
    """
    gallery = _open()
    if mail is None:
        _list(gallery, to)
        return
    name = _named(mail)
    outgoing = _written(gallery, name)
    _show(outgoing)
    for file in _save(name, outgoing, to or Path("bot-preview")):
        out.print(f"Đã ghi {file}", markup=False, style="dim")


def _open() -> Gallery:
    from bot.adapters.content import read_templates
    from bot.preview.mails import open_gallery
    from bot.reply.mistakes import TemplateMistake

    try:
        gallery = open_gallery(read_templates(config_or_defaults().content.templates))
    except OSError as problem:
        give_up(f"Không dùng được {sentence_of(problem)}.")
    if isinstance(gallery, TemplateMistake):
        give_up_on("Mẫu thư trong templates/ chưa dùng được:", [str(gallery)])
    return gallery


def _named(mail: str) -> str:
    from bot.preview.mails import SAMPLES

    name = mail.strip().casefold()
    if name not in SAMPLES:
        near = get_close_matches(name, SAMPLES, n=5, cutoff=0.4) or SAMPLES
        give_up(f"Không có thư {mail}; có thể là: {', '.join(near)}.")
    return name


def _written(gallery: Gallery, name: str) -> Outgoing:
    from bot.reply.mistakes import TemplateMistake

    outgoing = gallery.write(name)
    if isinstance(outgoing, TemplateMistake):
        give_up_on("Mẫu thư này chưa dùng được:", [str(outgoing)])
    return outgoing


def _list(gallery: Gallery, folder: Path | None) -> None:
    """Print each mail with its subject, those whose templates are wrong with the mistake; write all where asked."""
    from rich.table import Table
    from rich.text import Text

    from bot.preview.mails import SAMPLES
    from bot.reply.mistakes import TemplateMistake

    table, broken = Table(box=None, padding=(0, 2, 0, 0)), set[TemplateMistake]()
    table.add_column("Tên thư", no_wrap=True, style="cyan")
    table.add_column("Tiêu đề")
    for name in SAMPLES:
        outgoing = gallery.write(name)
        if isinstance(outgoing, TemplateMistake):
            broken.add(outgoing)
            table.add_row(name, Text(str(outgoing), style="red"))
            continue
        table.add_row(name, Text(outgoing.subject))
        if folder is not None:
            _save(name, outgoing, folder)
    out.print(table)
    if broken:
        give_up_on("Mẫu thư trong templates/ chưa dùng được:", sorted(map(str, broken)))
    out.print(
        "Xem một thư: bot preview reply_returned" if folder is None else f"Đã ghi tất cả vào {folder}", markup=False
    )


def _show(outgoing: Outgoing) -> None:
    """Print the mail as its reader sees the text part."""
    from rich.panel import Panel
    from rich.text import Text

    files = [f"{one.name} ({max(1, len(one.data) // 1024)} kB)" for one in outgoing.enclosures]
    head = Text.assemble(("Tới: ", "dim"), ", ".join(outgoing.to), "\n")
    if outgoing.cc:
        head.append_text(Text.assemble(("Đồng gửi: ", "dim"), ", ".join(outgoing.cc), "\n"))
    head.append_text(Text.assemble(("Tiêu đề: ", "dim"), (outgoing.subject, "bold")))
    if files:
        head.append_text(Text.assemble("\n", ("Đính kèm: ", "dim"), ", ".join(files)))
    out.print(Panel(head))
    out.print(Text(outgoing.text), soft_wrap=False)


def _save(name: str, outgoing: Outgoing, folder: Path) -> Iterable[Path]:
    """Write the mail as .eml and its page as .html; return the files."""
    from bot.preview.mails import SAMPLES, SENDER
    from bot.reply.compose import compose

    mail, page = folder / f"{name}.eml", folder / f"{name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mail.write_bytes(compose(outgoing, SENDER, SAMPLES[name].now).raw)
        page.write_text(outgoing.html, "utf-8")
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    return mail, page
