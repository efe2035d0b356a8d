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
from bot.commands.doctor import doctor
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
chưa dùng được; 4 sự cố của chương trình; 5 ổ đĩa hỏng khi ghi.
"""
app = typer.Typer(
    name="bot",
    cls=Verbs,
    help="""Tiếp nhận, kiểm tra và đôn đốc báo cáo KKT, KCN, CCN gửi qua thư điện tử.

    Cán bộ ở tỉnh dùng bot check. Cán bộ ở Bộ bắt đầu bằng bot status. Người vận hành chạy bot init, bot doctor, rồi
    bot run. Mỗi lệnh có hướng dẫn riêng, nêu khi nào dùng và ví dụ: bot check --help.""",
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


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Thư mục ghi kết quả; mặc định là bot-demo.", metavar="DIR")] = (
        Path("bot-demo")
    ),
) -> None:
    """Chạy thử cả một đợt báo cáo với máy chủ thư thật trên máy này; không cần cấu hình.

    Dùng khi muốn xem bot làm được gì trước khi cài đặt cho hộp thư thật.

    Ví dụ: bot demo --dir chay-thu

    Mất hơn một phút; hai, ba phút trên máy đang bận. Mọi thư đã gửi, bản đánh dấu, bản tổng hợp và trang tình hình nằm
    lại trong thư mục để xem.
    """
    try:
        from bot.demo.run import run_demo
    except ModuleNotFoundError as lacking:
        if (lacking.name or "bot").partition(".")[0] == "bot":
            raise
        give_up(
            f"Chạy thử cần thêm gói {lacking.name}: cài bằng pip install 'baocao-bot[demo]', hoặc chạy uv run bot demo"
            " trong thư mục mã nguồn."
        )

    write_journal(level="critical")
    with telling():
        run_demo(folder, out)


def run() -> None:
    """Chạy liên tục: theo dõi hộp thư, trả lời, đôn đốc, gửi bản tổng hợp tuần.

    Dùng sau khi bot doctor báo mọi điểm đều tốt; làm việc lâu dài thì chạy như dịch vụ: bot install.

    Ví dụ: bot --config /srv/baocao/config.toml run

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


def once() -> None:
    """Làm đúng một vòng: nhận thư, xử lý, gửi trả lời, xếp thư vào thư mục.

    Dùng khi muốn tự xem từng vòng lúc mới cài đặt, hoặc khi chạy theo lịch (cron) thay cho bot run.

    Ví dụ: bot --verbose once
    """
    from bot.adapters.imap import MailboxLost, MailboxRefused
    from bot.causes import in_vietnamese

    with opened(to_answer=True) as daemon, working(daemon):
        try:
            handled = daemon.once()
        except (MailboxLost, MailboxRefused) as problem:
            give_up(f"Không dùng được hộp thư: {in_vietnamese(str(problem))}")
    out.print(f"Đã xử lý {handled} thư.")


def check(
    files: Annotated[list[Path], typer.Argument(help="Tệp bảng tính .xlsx, .xlsm, .xls, .ods.", metavar="FILE…")],
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON ra stdout, không in gì khác.")] = False,
    marked: Annotated[
        Path | None, typer.Option("--marked", help="Ghi bản đánh dấu ra tệp này (khi chỉ có một FILE).", metavar="OUT")
    ] = None,
) -> None:
    """Kiểm tra bảng tính như khi gửi cho Bộ, không gửi đi đâu; không cần cấu hình.

    Dùng trước khi gửi báo cáo, để biết còn phải sửa gì.

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


def feed(
    mails: Annotated[list[Path], typer.Argument(help="Tệp thư .eml.", metavar="MAIL.eml…")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem sẽ làm gì, không ghi gì.")] = False,
) -> None:
    """Đưa tệp thư .eml vào xử lý như vừa nhận được từ hộp thư.

    Dùng khi thư tới bằng đường khác (chép tay, hộp thư cũ), hoặc để thử một thư đã lưu.

    Ví dụ: bot feed thu.eml --dry-run

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


def status(
    whom: Annotated[
        str | None, typer.Argument(help="Mã hoặc tên đơn vị (40, Nghệ An), hoặc mã đợt báo cáo.", metavar="WHOM")
    ] = None,
) -> None:
    """Xem ai đã gửi, ai chưa, ai quá hạn; bao nhiêu thư đang chờ.

    Dùng hằng ngày, để biết tình hình mà không phải chờ bản tổng hợp tuần.

    Ví dụ: bot status "Nghệ An"

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


def show(
    receipt: Annotated[str, typer.Argument(help="Mã biên nhận ghi trong thư trả lời.", metavar="RECEIPT")],
) -> None:
    """Xem mọi điều về một thư, theo mã biên nhận.

    Dùng khi đơn vị gọi điện hỏi về một mã biên nhận.

    Ví dụ: bot show 12-40-0057
    """
    from bot.console import print_shown

    with opened() as daemon:
        shown = daemon.ledger.show(receipt.strip())
        if shown is None:
            give_up(f"Không có mã biên nhận {receipt}.")
        print_shown(shown, out)


_FOR_PROVINCES = "Lệnh cho cán bộ ở tỉnh, không cần cấu hình"
_FOR_THE_MINISTRY = "Lệnh cho cán bộ ở Bộ"
_FOR_OPERATORS = "Lệnh cho người vận hành"
_VERBS = {
    _FOR_PROVINCES: (check, blank, demo),
    _FOR_THE_MINISTRY: (
        *(status, show, page, held, decide, extend, remind, outbox),
        *(export, sql, explain, audit, rules, preview, campaign),
    ),
    _FOR_OPERATORS: (
        *(init, sign_in, doctor, run, once, work, install, health),
        *(reprocess, feed, backup, restore, verify, retention),
    ),
}
"""All verbs under the title by which each reader finds his own, in the order of the help."""

for _title, _verbs in _VERBS.items():
    for _verb in _verbs:
        if isinstance(_verb, typer.Typer):
            app.add_typer(_verb, rich_help_panel=_title)
        else:
            app.command(cls=Verb, rich_help_panel=_title)(_verb)


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
