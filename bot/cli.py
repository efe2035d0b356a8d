"""The command line: one function for each verb. Joins, asks and prints; decides nothing.

The people at this door are officers and operators, so what it prints is Vietnamese.
"""

from __future__ import annotations

import signal
import sys
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import structlog
import typer
from rich.console import Console

from bot.adapters.clock import SystemClock
from bot.config import Config, ConfigMistakes, build_config, load_config
from bot.language import fold
from bot.rules_cli import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.daemon import Daemon
    from bot.model import Form, Reporter, Rulebook

app = typer.Typer(
    name="bot",
    help="Tiếp nhận, kiểm tra và đôn đốc báo cáo KKT, KCN, CCN gửi qua thư điện tử.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    RETURNED = 1
    UNREADABLE = 2
    WRONG_USE = 3


class _State:
    config: Path = Path("config.toml")


@app.callback()
def _options(
    config: Annotated[Path, typer.Option("--config", "-c", help="Tệp cấu hình.", metavar="FILE")] = _State.config,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Ghi nhật ký chi tiết.")] = False,
) -> None:
    _State.config = config
    _log_to_stderr(verbose=verbose)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Thư mục ghi kết quả.")] = Path("bot-demo"),
) -> None:
    """Chạy thử cả một đợt báo cáo với máy chủ thư thật trên máy này; không cần cấu hình."""
    from bot.demo.run import run_demo

    _log_to_stderr(quiet=True)
    run_demo(folder, out)


@app.command()
def run() -> None:
    """Chạy liên tục: theo dõi hộp thư, trả lời, đôn đốc, gửi bản tổng hợp tuần."""
    from bot.adapters.lock import AlreadyRunning, FolderLock

    with _opened() as daemon:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop.set())
        try:
            with FolderLock(daemon.config.store.folder):
                daemon.run()
        except AlreadyRunning as other:
            _give_up(f"Bot đang chạy: {other}. Hãy dừng tiến trình đó trước.")


@app.command()
def once() -> None:
    """Làm đúng một vòng: nhận thư, xử lý, gửi trả lời, xếp thư vào thư mục."""
    from bot.adapters.imap import MailboxLost, MailboxRefused
    from bot.adapters.lock import AlreadyRunning, FolderLock

    with _opened() as daemon:
        try:
            with FolderLock(daemon.config.store.folder):
                handled = daemon.once()
        except AlreadyRunning as other:
            _give_up(f"Bot đang chạy: {other}. Hãy dừng tiến trình đó trước.")
        except (MailboxLost, MailboxRefused) as problem:
            _give_up(f"Không dùng được hộp thư: {problem}")
    out.print(f"Đã xử lý {handled} thư.")


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Tệp bảng tính cần kiểm tra.", metavar="FILE…")],
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    marked: Annotated[Path | None, typer.Option("--marked", help="Ghi bản đánh dấu ra tệp này.")] = None,
) -> None:
    """Kiểm tra bảng tính như khi gửi cho Bộ, không gửi đi đâu.

    Mã kết thúc: 0 đạt yêu cầu, 1 cần sửa, 2 không đọc được.
    """
    from bot.console import print_checked
    from bot.runners.check import check_files

    for file in files:
        if not file.is_file():
            _give_up(f"Không có tệp {file}.")
    if marked is not None and len(files) != 1:
        _give_up("Tùy chọn --marked chỉ dùng với một tệp.")
    checked = check_files(files, _config_or_defaults(), SystemClock().now())
    print_checked(checked, out, as_json=as_json)
    if marked is not None:
        copy = checked[0].marked
        if copy is None:
            err.print("Không có nội dung nào để đánh dấu, hoặc tệp không phải .xlsx.")
        else:
            marked.write_bytes(copy)
    verdicts = {one.exit_code for one in checked}
    raise typer.Exit(max(verdicts))


@app.command()
def feed(
    mails: Annotated[list[Path], typer.Argument(help="Tệp thư .eml.", metavar="MAIL.eml…")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem sẽ làm gì, không ghi gì.")] = False,
) -> None:
    """Đưa tệp thư .eml vào xử lý như vừa nhận được từ hộp thư."""
    from bot.console import print_settlement
    from bot.runners.feed import feed_mail, preview_mail

    for file in mails:
        if not file.is_file():
            _give_up(f"Không có tệp {file}.")
    with _opened() as daemon:
        for file in mails:
            handle = preview_mail if dry_run else feed_mail
            print_settlement(file.name, handle(file.read_bytes(), daemon.desk), out)


@app.command()
def status() -> None:
    """Xem ai đã gửi, ai chưa; bao nhiêu thư đang chờ."""
    from bot.console import print_status

    with _opened() as daemon:
        now = daemon.clock.now()
        print_status(
            daemon.rulebook, daemon.ledger.standing(daemon.rulebook.obligations), daemon.ledger.counts(now), out
        )


@app.command()
def show(receipt: Annotated[str, typer.Argument(help="Mã biên nhận, ví dụ 12-40-0057.")]) -> None:
    """Xem mọi điều về một thư, theo mã biên nhận."""
    from bot.console import print_shown

    with _opened() as daemon:
        shown = daemon.ledger.show(receipt)
        if shown is None:
            _give_up(f"Không có mã biên nhận {receipt}.")
        print_shown(shown, out)


@app.command()
def doctor() -> None:
    """Kiểm tra cấu hình, hộp thư, máy chủ gửi, quy tắc và ổ đĩa; chỉ ra cách khắc phục."""
    from bot.console import print_examined
    from bot.runners.doctor import examine

    findings = examine(_config())
    print_examined(findings, out)
    raise typer.Exit(Exit.DONE if all(one.well for one in findings) else Exit.RETURNED)


app.add_typer(rules)


@app.command()
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
        _give_up(f"Tên tệp {to} phải có đuôi .xlsx.")
    config = _config_or_defaults()
    rulebook = _rulebook(config)
    chosen, reporting = _form_named(form, rulebook), _reporter_named(reporter, rulebook)
    if rulebook.obligation(chosen.campaign, chosen.id, reporting.code) is None:
        err.print(f"Lưu ý: theo quy tắc, {reporting.full_name} không phải gửi biểu {chosen.full_id}.", markup=False)
    try:
        words = BlankWords(read_templates(config.content.templates))
        made = build_blank(chosen, reporting, rulebook.campaign(chosen.campaign), words, rows=rows)
        file = to or Path(made.name)
        file.write_bytes(made.data)
    except TemplateError as mistake:
        _give_up(f"Câu chữ của biểu trống (_blank.txt) chưa dùng được: {mistake}.")
    except OSError as problem:
        _give_up(f"Không ghi được {problem.filename or 'tệp'}: {problem.strerror}.")
    out.print(f"Đã ghi {file}: biểu {chosen.full_id}, {reporting.full_name}.", markup=False)


def _form_named(name: str, rulebook: Rulebook) -> Form:
    """Return the form of that id, full or short; a short one must be unambiguous."""
    wanted = name.strip().casefold()
    found = [one for one in rulebook.forms if wanted in (one.full_id.casefold(), one.id.casefold())]
    if len(found) > 1:
        _give_up(f"Biểu {name} có trong nhiều đợt báo cáo; hãy ghi rõ một trong: {_listed(found)}.")
    if not found:
        short = {one.id.casefold() for one in rulebook.forms}
        near = get_close_matches(wanted.rpartition("/")[2], short, n=5, cutoff=0.5)
        candidates = [one for one in rulebook.forms if one.id.casefold() in near] or rulebook.forms
        _give_up(f"Không có biểu {name}; các biểu có thể chọn: {_listed(candidates)}.")
    return found[0]


def _listed(forms: Iterable[Form]) -> str:
    return ", ".join(one.full_id for one in forms)


def _reporter_named(name: str, rulebook: Rulebook) -> Reporter:
    """Return the reporter of that code, or of that name or alias."""
    known = {fold(word): one for one in rulebook.reporters for word in (*one.aliases, one.full_name, one.name)}
    found = next((one for one in rulebook.reporters if one.code == name.strip()), known.get(fold(name)))
    if found is None:
        near = {known[word].code: known[word].name for word in get_close_matches(fold(name), known, n=3)}
        hint = "; có thể là: " + ", ".join(f"{code} ({word})" for code, word in near.items()) if near else ""
        _give_up(f"Không có đơn vị báo cáo {name}{hint}.")
    return found


# -- shared ----------------------------------------------------------------------------------------------------


def _config() -> Config:
    try:
        return load_config(_State.config)
    except ConfigMistakes as mistakes:
        err.print(f"[bold]Cấu hình {mistakes.path} chưa dùng được:[/]")
        for sentence in mistakes.mistakes:
            err.print(f"  – {sentence}", markup=False)
        raise typer.Exit(Exit.WRONG_USE) from None


def _config_or_defaults() -> Config:
    """An officer who only checks a file needs no configuration; what is configured is used where it exists."""
    if _State.config.exists():
        return _config()
    nowhere = {"host": "localhost", "port": 1, "security": "none"}
    values = {"mailbox": nowhere, "smtp": {**nowhere, "sender": "bot@localhost"}}
    return build_config(values, _State.config)


def _rulebook(config: Config) -> Rulebook:
    """Return the rules as configured; broken ones are told, and end the command."""
    from bot.adapters.content import read_rules
    from bot.check.load import load_rulebook

    try:
        rulebook = load_rulebook(read_rules(config.content.rules))
    except OSError as problem:
        _give_up(f"Không mở được {problem.filename or 'tệp'}: {problem.strerror}.")
    if isinstance(rulebook, tuple):
        err.print("[bold]Quy tắc trong rules/ chưa dùng được:[/]")
        for mistake in rulebook:
            err.print(f"  – {mistake.file}:{mistake.line}: {mistake.say}", markup=False)
        raise typer.Exit(Exit.WRONG_USE)
    return rulebook


def _opened() -> Daemon:
    from bot.daemon import Daemon, RulesBroken

    config = _config()
    try:
        return Daemon(config, SystemClock())
    except RulesBroken as broken:
        err.print("[bold]Quy tắc trong rules/ chưa dùng được:[/]")
        for mistake in broken.mistakes:
            err.print(f"  – {mistake.file}:{mistake.line}: {mistake.say}", markup=False)
        raise typer.Exit(Exit.WRONG_USE) from None
    except OSError as problem:
        _give_up(f"Không mở được {problem.filename or 'tệp'}: {problem.strerror}.")


def _give_up(sentence: str) -> NoReturn:
    err.print(sentence, markup=False)
    raise typer.Exit(Exit.WRONG_USE)


def _log_to_stderr(*, verbose: bool = False, quiet: bool = False) -> None:
    level = "debug" if verbose else "critical" if quiet else "info"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
