"""``bot campaign``: a new campaign begins as a draft, read from the ministry's own letter."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.causes import sentence_of
from bot.terminal import Exit, config_or_defaults, err, give_up, out
from bot.usage import Verb, Verbs

if TYPE_CHECKING:
    from bot.config import Config
    from bot.model import OfficialLetter, RefusalReason, Reporter

campaign = typer.Typer(
    name="campaign",
    cls=Verbs,
    help="""Lập đợt báo cáo mới từ văn bản của Bộ.

    Dùng khi Bộ ban hành một văn bản yêu cầu báo cáo.

    Ví dụ: bot campaign draft cong-van.docx""",
    no_args_is_help=True,
)

_FILE = "campaign.toml"


@campaign.command(cls=Verb)
def draft(
    letter: Annotated[Path, typer.Argument(help="Văn bản: .docx, .pdf, .doc, .odt, .rtf hoặc .txt.", metavar="LETTER")],
    to: Annotated[
        Path,
        typer.Option("--to", help="Thư mục để ghi <mã đợt>/campaign.toml; mặc định là thư mục này.", metavar="DIR"),
    ] = Path(),
) -> None:
    """Đọc một văn bản yêu cầu báo cáo và viết bản nháp campaign.toml để người phụ trách hoàn chỉnh.

    Dùng khi có tệp văn bản (.docx, .pdf có chữ, .txt) của một đợt mới.

    Ví dụ: bot campaign draft cong-van.docx --to rules

    Bản nháp có số, ngày, nơi nhận, biểu, mọi thời hạn, địa chỉ, đầu mối, mỗi điều kèm câu của văn bản.
    Bot bỏ qua bản nháp, kể cả khi đặt trong rules/, cho đến khi dòng draft = true được xóa.

    Mã kết thúc: 0 đã viết, 2 không đọc được văn bản.
    """
    from jinja2 import TemplateError

    from bot.adapters.content import read_templates
    from bot.document.letter import read_letter, read_letter_file
    from bot.model import Unreadable
    from bot.reply.campaign_draft import Source, draft_id, write_draft

    config = config_or_defaults()
    try:
        data = letter.read_bytes()
    except OSError as problem:
        give_up(f"Không đọc được {sentence_of(problem)}.")
    document = read_letter_file(data)
    if isinstance(document, Unreadable):
        err.print(f"Không đọc được {letter}: {_why(document.reason)}.", markup=False)
        raise typer.Exit(Exit.UNREADABLE)
    read = read_letter(document, _reporters(config))
    id_ = draft_id(read, letter.name)
    try:
        source = Source(letter.name, hashlib.sha256(data).hexdigest())
        text = write_draft(read, id_, source, read_templates(config.content.templates))
        target = _write(to / id_, text)
    except TemplateError as mistake:
        give_up(f"Câu chữ của bản nháp (_campaign_draft.txt) chưa dùng được: {mistake}.")
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    _tell(read)
    out.print(f"Đã viết bản nháp {target}. Bot chưa dùng bản này: hãy làm các việc ghi ở đầu tệp.", markup=False)


def _write(folder: Path, text: str) -> Path:
    """Write the draft; a file that is already there may hold a person's work, and stays."""
    target = folder / _FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        give_up(f"Đã có {target}, không ghi đè; hãy xóa tệp đó hoặc chọn thư mục khác bằng --to.")
    return target


def _reporters(config: Config) -> tuple[Reporter, ...]:
    """Return the register of reporters; without one, or with a broken one, the draft is written without names."""
    from bot.adapters.content import read_rules
    from bot.check.mistakes import Mistakes
    from bot.check.reporters import FILE, read_reporters

    try:
        data = read_rules(config.content.rules).get(FILE)
    except OSError as problem:
        give_up(f"Không đọc được {sentence_of(problem)}.")
    register = read_reporters(data, Mistakes()) if data is not None else None
    if register is None:
        err.print("Lưu ý: không tra được tên đơn vị, vì reporters.csv thiếu hoặc sai; xem bot rules check.")
        return ()
    return register.reporters


def _why(reason: RefusalReason) -> str:
    from bot.model import RefusalReason

    return {
        RefusalReason.EMPTY_FILE: "tệp trống",
        RefusalReason.ENCRYPTED: "tệp đặt mật khẩu; hãy lưu lại không mật khẩu",
        RefusalReason.DAMAGED: "tệp hỏng; hãy mở và lưu lại",
        RefusalReason.TOO_LARGE: "tệp quá lớn",
        RefusalReason.EMPTY_FORM: "tệp không có chữ, là bản chụp; hãy nhận dạng chữ (OCR) hoặc dùng bản .docx",
    }.get(reason, "không phải văn bản Word, PDF, OpenDocument, RTF hay tệp chữ UTF-8")


def _tell(letter: OfficialLetter) -> None:
    """Print what was found, as a clerk checks it against the paper."""
    from bot.language import day

    issued = day(letter.issued) if letter.issued else "không có"
    out.print(f"Số: {letter.number.words if letter.number else 'không có'}; ngày: {issued}.", markup=False)
    if not letter.deadlines:
        out.print("Thời hạn: không có thời hạn cho địa phương.")
    for one in letter.deadlines:
        named = f" → {day(one.day)}" if one.day else ""
        forms = f" ({', '.join(one.forms)})" if one.forms else ""
        out.print(f"Thời hạn{forms}: {one.words}{named}", markup=False)
    for one in letter.other_limits:
        out.print(f"Mốc khác, không phải của địa phương: {one.words}", markup=False)
    for address in letter.addresses:
        out.print(f"Địa chỉ: {address.words}", markup=False)
