"""``bot rules``: what the clerk who keeps ``rules/`` runs before anybody else meets the edit."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.commands.changes import print_part_change
from bot.terminal import Exit, config_or_defaults, err, give_up, out
from bot.usage import Verb, Verbs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from bot.config import Config
    from bot.model import Rulebook
    from bot.runners.rules_try import Trial, Tried

rules = typer.Typer(
    name="rules",
    cls=Verbs,
    help="""Kiểm tra, in và chạy thử các tệp quy tắc.

    Dùng khi sửa quy tắc: kiểm tra, chạy thử, rồi mới thay thư mục quy tắc đang dùng.

    Ví dụ: bot rules check""",
    no_args_is_help=True,
)

MANUAL = "README.md"

Folder = Annotated[
    Path | None,
    typer.Option("--rules", help="Thư mục quy tắc; nếu không ghi, thư mục đang dùng.", metavar="FOLDER"),
]


@rules.command(cls=Verb)
def check(folder: Folder = None) -> None:
    """Đọc toàn bộ quy tắc: nêu mọi chỗ sai kèm tệp và dòng, hoặc in bảng tóm tắt.

    Dùng sau mỗi lần sửa một tệp quy tắc.

    Ví dụ: bot rules check --rules rules

    Mã kết thúc: 0 dùng được, 1 có chỗ sai.
    """
    from bot.adapters.content import read_rules
    from bot.check.load import drafts_in

    config = _configured(folder)
    _print_summary(_load(config))
    for name in drafts_in(read_rules(config.content.rules)):
        out.print(f"{name}: bản nháp, chưa dùng; xong việc ghi ở đầu tệp thì xóa dòng draft = true.", markup=False)


@rules.command(cls=Verb)
def manual(
    folder: Folder = None,
    compare: Annotated[bool, typer.Option("--check", help="Chỉ so sánh, không ghi.")] = False,
) -> None:
    """Ghi cẩm nang README.md của thư mục quy tắc từ chính các tệp quy tắc.

    Dùng sau khi sửa quy tắc, để cẩm nang cho cán bộ nói đúng như quy tắc.

    Ví dụ: bot rules manual --rules rules

    Mã kết thúc: 0 cẩm nang đúng với quy tắc; với --check, 1 nếu đã cũ.
    """
    from bot.adapters.content import default_folder, read_templates
    from bot.check.catalogue import write_manual

    config = _configured(folder)
    path = (config.content.rules or default_folder("rules")) / MANUAL
    text = write_manual(_load(config), read_templates(config.content.templates))
    if path.is_file() and path.read_text("utf-8") == text:
        out.print(f"{path} đúng với các tệp quy tắc.", markup=False)
        return
    if compare:
        err.print(f"{path} đã cũ so với các tệp quy tắc. Để ghi lại: bot rules manual", markup=False)
        _leave_returned()
    try:
        path.write_text(text, "utf-8")
    except OSError as problem:
        give_up(f"Không ghi được {path}: {problem.strerror}.")
    out.print(f"Đã ghi {path}.", markup=False)


@rules.command("try", cls=Verb)
def try_(folder: Folder = None) -> None:
    """Chạy quy tắc đã sửa trên các bản nộp đã lưu: bản nào đổi kết luận, phát hiện nào thêm hoặc bớt.

    Dùng trước khi đưa quy tắc đã sửa vào sử dụng.

    Ví dụ: bot rules try --rules rules-moi

    Không gửi thư, không ghi gì. Ctrl+C để dừng sau những bản đang thử.
    """
    from bot.runners.rules_try import try_rules

    config = _configured(folder)
    names = {one.code: one.name for one in _load(config).reporters}
    totals, stop = _Totals(), threading.Event()
    with _opened(config) as (trial, waiting), _stopped_by_hand(stop), _progress() as progress:
        task = progress.add_task("Đang chạy thử", total=waiting)
        for tried in try_rules(trial, stop):
            totals.add(tried)
            _print_tried(tried, names.get(tried.reporter, tried.reporter), progress.console)
            progress.advance(task)
    _print_totals(totals, stopped=stop.is_set())


# -- gathering -------------------------------------------------------------------------------------------------


def _configured(folder: Path | None) -> Config:
    """Return the configuration, with the edited rules where a folder is given."""
    config = config_or_defaults()
    if folder is None:
        return config
    if not folder.is_dir():
        give_up(f"Không có thư mục {folder}.")
    return config.model_copy(update={"content": config.content.model_copy(update={"rules": folder.resolve()})})


def _load(config: Config) -> Rulebook:
    """Return the rulebook; every mistake in it is printed as ``file:line: sentence``, and that was all."""
    from bot.adapters.content import read_contacts, read_rules
    from bot.check.load import load_rulebook

    try:
        loaded = load_rulebook(read_rules(config.content.rules), read_contacts(config.content.contacts))
    except OSError as problem:
        give_up(f"Không đọc được {problem.filename}: {problem.strerror}.")
    if isinstance(loaded, tuple):
        for mistake in loaded:
            out.print(str(mistake), markup=False)
        err.print(f"Quy tắc chưa dùng được: {len(loaded)} chỗ cần sửa.", markup=False)
        _leave_returned()
    return loaded


@contextmanager
def _opened(config: Config) -> Iterator[tuple[Trial, int]]:
    """Give what trying needs, and how many messages wait for it."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.adapters.clock import SystemClock
    from bot.adapters.far_vault import open_vault
    from bot.adapters.ledger import Ledger
    from bot.commands.doors import telling
    from bot.model import Outcome
    from bot.runners.check import stock_of
    from bot.runners.pool import WorkerPool
    from bot.runners.rules_try import Trial

    store = config.store
    if not store.ledger and not (store.folder / "ledger.db").is_file():
        give_up(f"Chưa có bản nộp nào để thử: không có sổ ghi trong {store.folder}.")
    ledger = Ledger(store.ledger_url)
    pool = None
    try:
        outcomes = ledger.counts(SystemClock().now()).by_outcome
        waiting = sum(outcomes.get(one, 0) for one in (Outcome.ACCEPTED, Outcome.RETURNED, Outcome.REFUSED))
        with telling():
            pool = WorkerPool(stock_of(config), config.work)
        yield Trial(ledger, open_vault(store), pool, config.work.workers), waiting
    except SQLAlchemyError as problem:
        give_up(f"Không đọc được sổ ghi: {type(problem).__name__}. Chạy bot doctor để xem nguyên nhân.")
    finally:
        if pool is not None:
            pool.close()
        ledger.close()


@contextmanager
def _stopped_by_hand(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl+C set *stop* instead of breaking off in the middle of a message."""
    earlier = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)


def _progress() -> Progress:
    """Return a bar that stands on a terminal only, so that a pipe gets nothing but the lines."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def _leave_returned() -> NoReturn:
    raise typer.Exit(Exit.RETURNED)


# -- telling ---------------------------------------------------------------------------------------------------


def _print_summary(rulebook: Rulebook) -> None:
    from bot.model import Status

    for campaign in rulebook.campaigns:
        table = Table(title=escape(f"{campaign.id}: {campaign.title}"), title_justify="left")
        for name in ("Biểu", "Cột", "Quy tắc áp dụng", "đang thử", "đã ngừng", "Nghĩa vụ"):
            table.add_column(name, justify="left" if name == "Biểu" else "right")
        for form in (one for one in rulebook.forms if one.campaign == campaign.id):
            by_status = Counter(rule.status for rule in form.rules)
            owed = sum((one.campaign, one.form) == (campaign.id, form.id) for one in rulebook.obligations)
            counts = (
                len(form.columns),
                *(by_status[one] for one in (Status.ACTIVE, Status.TRIAL, Status.RETIRED)),
                owed,
            )
            table.add_row(escape(form.id), *map(str, counts))
        out.print(table)
    by_status = Counter(rule.status for form in rulebook.forms for rule in form.rules)
    out.print(
        f"Dùng được: {len(rulebook.campaigns)} đợt báo cáo, {len(rulebook.forms)} biểu, {by_status.total()} quy tắc "
        f"({by_status[Status.ACTIVE]} áp dụng, {by_status[Status.TRIAL]} đang thử, "
        f"{by_status[Status.RETIRED]} đã ngừng), "
        f"{len(rulebook.obligations)} nghĩa vụ báo cáo của {len(rulebook.reporters)} đơn vị. "
        f"Mã băm {rulebook.hash[:12]}."
    )


@dataclass(slots=True)
class _Totals:
    """What all messages together come to: only figures, however many there are."""

    tried: int = 0
    faults: int = 0
    turned: int = 0
    changed: int = 0
    came: Counter[str] = field(default_factory=Counter)
    went: Counter[str] = field(default_factory=Counter)
    weighed: Counter[str] = field(default_factory=Counter)

    def add(self, tried: Tried) -> None:
        """Count one message."""
        self.tried += 1
        self.faults += bool(tried.fault)
        self.turned += tried.turns
        self.changed += bool(tried.parts)
        for change in (change for part in tried.parts for change in part.findings):
            counter = self.went if change.after is None else self.came if change.before is None else self.weighed
            counter[change.rule] += 1


def _print_tried(tried: Tried, reporter: str, console: Console) -> None:
    """Print a message that changes, or that could not be tried; nothing for the others."""
    name = f"{tried.receipt} {reporter}"
    if tried.fault:
        console.print(f"{name}: không chạy thử được ({tried.fault})", markup=False)
    for part in tried.parts:
        print_part_change(name, part, console)


def _print_totals(totals: _Totals, *, stopped: bool) -> None:
    by_rule = totals.came + totals.went + totals.weighed
    if by_rule:
        table = Table("Quy tắc")
        for name in ("thêm", "bớt", "đổi mức"):
            table.add_column(name, justify="right")
        for rule, _ in by_rule.most_common():
            table.add_row(rule, *(str(one[rule]) for one in (totals.came, totals.went, totals.weighed)))
        out.print(table)
    out.print(
        f"{'Đã dừng. ' if stopped else ''}Đã chạy thử {totals.tried} thư: {totals.turned} đổi kết luận, "
        f"{totals.changed - totals.turned} chỉ đổi phát hiện, {totals.faults} không chạy thử được. "
        "Không thư nào được gửi, không gì được ghi."
    )
