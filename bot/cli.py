"""The command line: one function for each verb. Joins, asks and prints; decides nothing.

The people at this door are officers and operators, so what it prints is Vietnamese.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from bot.adapters.clock import SystemClock
from bot.causes import sentence_of
from bot.commands.audit import audit
from bot.commands.backup import backup, restore, verify
from bot.commands.blank import blank
from bot.commands.campaign import campaign
from bot.commands.decide import decide
from bot.commands.doors import opened, refuse_templates, telling, working
from bot.commands.explain import explain
from bot.commands.export import export
from bot.commands.extend import extend
from bot.commands.health import health
from bot.commands.held import held
from bot.commands.init import init
from bot.commands.install import install
from bot.commands.outbox import outbox
from bot.commands.page import page
from bot.commands.preview import preview
from bot.commands.remind import remind
from bot.commands.reprocess import reprocess
from bot.commands.retention import retention
from bot.commands.rules import rules
from bot.commands.sign_in import sign_in
from bot.commands.sql import sql
from bot.commands.work import work
from bot.journal import write_journal
from bot.language import VIETNAM
from bot.model import Reporter
from bot.terminal import (
    Exit,
    choose_config,
    config_or_defaults,
    configured,
    err,
    give_up,
    out,
)
from bot.usage import Verb, Verbs

if TYPE_CHECKING:
    from collections.abc import Sequence


_EPILOG = """
Mã kết thúc: 0 xong; 1 có điều phải sửa (check, doctor); 2 tệp không đọc được (check); 3 dùng sai lệnh hoặc cấu hình
chưa dùng được; 4 sự cố của chương trình.
"""
app = typer.Typer(
    name="bot",
    cls=Verbs,
    help="""Tiếp nhận, kiểm tra và đôn đốc báo cáo KKT, KCN, CCN gửi qua thư điện tử.

    Cán bộ ở tỉnh dùng bot check; người vận hành dùng bot doctor, rồi bot run. Mỗi lệnh có hướng dẫn riêng, ví dụ:
    bot check --help.""",
    epilog=_EPILOG,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
log = structlog.get_logger(__name__)


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Tệp cấu hình; mặc định là config.toml.", metavar="FILE")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Ghi nhật ký chi tiết ra stderr.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Ghi nhật ký mỗi dòng một đối tượng JSON, cho máy đọc.")
    ] = False,
) -> None:
    choose_config(config)
    write_journal(level="debug" if verbose else "info", as_json=log_json)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Verb)
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Thư mục ghi kết quả; mặc định là bot-demo.", metavar="DIR")] = (
        Path("bot-demo")
    ),
) -> None:
    """Chạy thử cả một đợt báo cáo với máy chủ thư thật trên máy này; không cần cấu hình.

    Mất hơn một phút; hai, ba phút trên máy đang bận. Mọi thư đã gửi, bản đánh dấu, bản tổng hợp và trang tình hình nằm
    lại trong thư mục để xem.
    """
    from bot.demo.run import run_demo

    write_journal(level="critical")
    with telling():
        run_demo(folder, out)


@app.command(cls=Verb)
def run() -> None:
    """Chạy liên tục: theo dõi hộp thư, trả lời, đôn đốc, gửi bản tổng hợp tuần.

    Dừng bằng SIGTERM hoặc Ctrl+C: thư đang xử lý được làm xong trước. Mỗi thư mục dữ liệu chỉ có một bot chạy.

    SIGHUP: đọc lại quy tắc, danh bạ và mẫu thư (không đọc lại cấu hình); nếu bản mới còn lỗi, bot giữ bản cũ và ghi
    lỗi vào nhật ký. Khi sổ ghi PostgreSQL dùng chung thì phải khởi động lại mọi bot.
    """
    with opened(to_answer=True) as daemon, working(daemon):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop.set())
        signal.signal(signal.SIGHUP, lambda *_: daemon.ask_to_reload())
        try:
            daemon.run()
        except Exception:
            log.exception("the daemon ended")
            raise


@app.command(cls=Verb)
def once() -> None:
    """Làm đúng một vòng: nhận thư, xử lý, gửi trả lời, xếp thư vào thư mục."""
    from bot.adapters.imap import MailboxLost, MailboxRefused
    from bot.causes import in_vietnamese

    with opened(to_answer=True) as daemon, working(daemon):
        try:
            handled = daemon.once()
        except (MailboxLost, MailboxRefused) as problem:
            give_up(f"Không dùng được hộp thư: {in_vietnamese(str(problem))}")
    out.print(f"Đã xử lý {handled} thư.")


@app.command(cls=Verb)
def check(
    files: Annotated[list[Path], typer.Argument(help="Tệp bảng tính .xlsx, .xlsm, .xls, .ods.", metavar="FILE…")],
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON ra stdout, không in gì khác.")] = False,
    marked: Annotated[
        Path | None, typer.Option("--marked", help="Ghi bản đánh dấu ra tệp này (khi chỉ có một FILE).", metavar="OUT")
    ] = None,
) -> None:
    """Kiểm tra bảng tính như khi gửi cho Bộ, không gửi đi đâu; không cần cấu hình.

    Ví dụ: bot check "Bieu III.4.xlsx" --marked ban-danh-dau.xlsx

    Mã kết thúc: 0 đạt yêu cầu, 1 cần sửa, 2 không đọc được; nhiều tệp thì lấy mã lớn nhất.
    """
    from bot.console import print_checked
    from bot.runners.check import check_files

    _read_first(files)
    _refuse_target(files, marked)
    with telling():
        config = config_or_defaults()
        checked = check_files(files, config, SystemClock().now())
    print_checked(checked, out, as_json=as_json)
    if marked is not None:
        _write_marked(marked, checked[0].marked, any(part.findings for part in checked[0].parts))
    raise typer.Exit(max(one.exit_code for one in checked))


@app.command(cls=Verb)
def feed(
    mails: Annotated[list[Path], typer.Argument(help="Tệp thư .eml.", metavar="MAIL.eml…")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem sẽ làm gì, không ghi gì.")] = False,
) -> None:
    """Đưa tệp thư .eml vào xử lý như vừa nhận được từ hộp thư.

    Thư trả lời được xếp hàng; bot run hoặc bot once sẽ gửi. Với --dry-run thì không ghi, không gửi gì.
    """
    from bot.console import print_fed, print_previewed
    from bot.runners.feed import feed_mails, preview_mails

    raws = _read_first(mails)
    if not dry_run:
        with opened() as daemon:
            fed = feed_mails(raws, daemon.desk, daemon.config.store.folder)
            for file, one in zip(mails, fed, strict=True):
                print_fed(file.name, one, daemon.ledger.show(one.receipt) if one.receipt else None, out)
        return
    config = configured()
    refuse_templates(config)
    with telling():
        for file, preview in zip(mails, preview_mails(raws, config, SystemClock().now()), strict=True):
            print_previewed(file.name, preview, out)
    out.print("Chỉ xem trước: chưa ghi, chưa gửi gì; mã biên nhận thật có khi thư được nhận.")


@app.command(cls=Verb)
def status(
    whom: Annotated[
        str | None, typer.Argument(help="Mã hoặc tên đơn vị (40, Nghệ An), hoặc mã đợt báo cáo.", metavar="WHOM")
    ] = None,
) -> None:
    """Xem ai đã gửi, ai chưa, ai quá hạn; bao nhiêu thư đang chờ.

    Không ghi gì: mọi đợt đang theo dõi. Ghi mã hoặc tên một đơn vị: mọi nội dung của đơn vị đó. Ghi mã một đợt: đợt đó.
    """
    from bot.adapters.health_file import read_health
    from bot.health_words import say_health
    from bot.review_status import print_reviewed
    from bot.schedule.caps import EPISODE
    from bot.schedule.health import is_stale
    from bot.schedule.sign_in import announced
    from bot.status import (
        find_subject,
        print_possibly_sent,
        print_reporter,
        print_set_aside,
        print_sign_in,
        print_status,
    )

    with opened() as daemon:
        now, rulebook = daemon.clock.now(), daemon.extended_rulebook()
        subject = find_subject(rulebook, whom.strip(), now.astimezone(VIETNAM).date()) if whom else None
        if whom and subject is None:
            give_up(f"Không có đơn vị hoặc đợt báo cáo nào là {whom}.")
        standing = daemon.ledger.standing(rulebook.obligations)
        if isinstance(subject, Reporter):
            print_reporter(subject, rulebook, standing, now, out)
        else:
            health = read_health(daemon.config.store.folder)
            for line in say_health(health, now, stale=health is not None and is_stale(health, now)):
                out.print(line, markup=False)
            unreachable, silences = daemon.ledger.unreachable(), daemon.ledger.silences(now - EPISODE)
            print_status(rulebook, standing, daemon.ledger.counts(now), now, out, subject, unreachable, silences)
            print_sign_in(
                announced(daemon.sign_in.ends() if daemon.sign_in else None, now.astimezone(VIETNAM).date()), out
            )
            print_set_aside(daemon.ledger.set_aside(), out)
            print_possibly_sent(daemon.ledger.possibly_sent(), out)
            all_live = daemon.config.sending.all_modes == {"live"}
            print_reviewed(daemon.ledger.reviewed(), out, all_live=all_live)


@app.command(cls=Verb)
def show(
    receipt: Annotated[str, typer.Argument(help="Mã biên nhận ghi trong thư trả lời.", metavar="RECEIPT")],
) -> None:
    """Xem mọi điều về một thư, theo mã biên nhận, ví dụ: bot show 12-40-0057."""
    from bot.console import print_shown

    with opened() as daemon:
        shown = daemon.ledger.show(receipt.strip())
        if shown is None:
            give_up(f"Không có mã biên nhận {receipt}.")
        print_shown(shown, out)


@app.command(cls=Verb)
def doctor() -> None:
    """Kiểm tra cấu hình, hộp thư, máy chủ gửi, quy tắc và ổ đĩa; chỉ ra cách khắc phục.

    Mã kết thúc: 0 mọi điểm đều tốt, 1 có điểm phải sửa.
    """
    from bot.console import print_examined
    from bot.runners.doctor import examine

    well = True
    for one in examine(configured()):
        print_examined(one, out)
        well = well and one.well
    raise typer.Exit(Exit.DONE if well else Exit.RETURNED)


app.command(cls=Verb)(health)
app.command(cls=Verb)(work)
app.command(cls=Verb)(init)
app.command(cls=Verb)(blank)
app.command(cls=Verb)(remind)
app.command(cls=Verb)(extend)
app.command(cls=Verb)(decide)
app.command(cls=Verb)(reprocess)
app.command(cls=Verb)(outbox)
app.command(cls=Verb)(audit)
app.command(cls=Verb)(explain)
app.command(cls=Verb)(export)
app.command(cls=Verb)(sql)
app.command(cls=Verb)(page)
app.command(cls=Verb)(preview)
app.command(cls=Verb)(backup)
app.command(cls=Verb)(restore)
app.command(cls=Verb)(verify)
app.command(cls=Verb)(retention)
app.command(cls=Verb)(install)
app.command("sign-in", cls=Verb)(sign_in)
app.add_typer(held)
app.add_typer(rules)
app.add_typer(campaign)


# -- files -----------------------------------------------------------------------------------------------------


def _read_first(files: Sequence[Path]) -> list[bytes]:
    """Return the bytes of all files, before any work begins; gives up at the first that cannot be read."""
    contents = []
    for file in files:
        try:
            contents.append(file.read_bytes())
        except FileNotFoundError:
            give_up(f"Không có tệp {file}.")
        except OSError as problem:
            give_up(f"Không đọc được {sentence_of(problem)}.")
    return contents


def _refuse_target(files: Sequence[Path], marked: Path | None) -> None:
    if marked is None:
        return
    if len(files) != 1:
        give_up("Tùy chọn --marked chỉ dùng với một tệp.")
    if marked.exists() and marked.samefile(files[0]):
        give_up("Bản đánh dấu phải ghi ra tệp khác, để tệp gốc được giữ nguyên.")
    if marked.is_dir() or not marked.parent.is_dir():
        give_up(f"Không ghi được bản đánh dấu ra {marked}: hãy chọn một tệp trong thư mục có sẵn.")


def _write_marked(target: Path, copy: bytes | None, wanted: bool) -> None:
    if copy is None:
        why = "tệp này không lập được bản đánh dấu" if wanted else "không có nội dung phải đánh dấu"
        err.print(f"Không có bản đánh dấu: {why}.")
        return
    try:
        target.write_bytes(copy)
    except OSError as problem:
        give_up(f"Không ghi được bản đánh dấu ra {sentence_of(problem)}.")
