"""The demo: a whole campaign in simulated time, through the production daemon, against real servers on loopback."""

from __future__ import annotations

import re
import shutil
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.adapters.clock import SimulatedClock
from bot.adapters.content import read_rules
from bot.config import build_config
from bot.console import VERDICTS
from bot.daemon import Daemon, Job
from bot.demo.arriving import MX
from bot.demo.letters import contacts_csv, make_posts
from bot.demo.servers import DemoImap, DemoSmtp
from bot.language import VIETNAM, day
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from rich.console import Console

    from bot.config import Config
    from bot.demo.letters import Post

BEGIN = datetime(2012, 6, 18, 7, 0, tzinfo=VIETNAM)
END = datetime(2012, 12, 10, 9, 0, tzinfo=VIETNAM)
_MINISTRY = "vu.kkt@bokehoach.example"
_MARK = "baocao-bot-demo"
_PAGE = "trang-tinh-hinh"
_CAMPAIGN = "2012-kkt-kcn"
_RARER = {"reminders": "[14, 3]", "remind_every": "28"}
"""Two reminders before a deadline and one in four weeks after it, where the rules say four and one a week: most
provinces of the story never send every form, and two thousand mails that say the same would take longer than all that
can be looked at here."""
_CLOCK_JOBS = frozenset({"remind", "digest"})
"""The sweep needs no clock here: each mail is swept when it arrives, as after an IDLE hint."""


class Event(NamedTuple):
    """Something that happens at an instant: a province writes, or the clock starts a job."""

    at: datetime
    order: int
    happening: Post | Job


@dataclass(slots=True)
class Tally:
    """What came out, against what each mail was made to show."""

    outcomes: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    repeats: int = 0
    """The very same bytes again: known, filed, and not answered a second time."""


def run_demo(folder: Path, out: Console) -> None:
    """Play the campaign and leave everything that it produced in *folder*.

    Raises:
        typer.Exit: with 1 when a mail did not end as it was made to, with 3 when *folder* is not ours to empty.
    """
    _prepare(folder, out)
    began = time.perf_counter()
    with DemoImap() as imap, DemoSmtp() as smtp:
        clock = SimulatedClock(BEGIN)
        with Daemon(_configure(folder, imap, smtp), clock) as daemon:
            tally = _play(daemon, clock, imap, out)
            daemon.write_page(folder / _PAGE, ())
        _export(folder, [raw for _, _, raw in smtp.received])
        _summarise(folder, tally, smtp, time.perf_counter() - began, out)
    if tally.surprises:
        raise typer.Exit(1)


def _prepare(folder: Path, out: Console) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        out.print(f"Thư mục {folder} đang có tệp khác; hãy chọn thư mục trống bằng --dir.")
        raise typer.Exit(3)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    (folder / "danh-ba.csv").write_bytes(contacts_csv())


def _configure(folder: Path, imap: DemoImap, smtp: DemoSmtp) -> Config:
    secret = folder / "mat-khau"
    secret.write_text(imap.password, "utf-8")
    secret.chmod(0o600)
    mailbox = {
        "host": imap.host,
        "port": imap.port,
        "security": "none",
        "user": imap.user,
        "password_file": secret.name,
        # The mailbox ends with the demo: nobody could look at the copies, and all mails lie in a folder anyway.
        "save_sent": False,
    }
    sending = {"host": smtp.host, "port": smtp.port, "security": "none", "sender": imap.user, "daily_limit": 100_000}
    values = {
        "mailbox": mailbox,
        "smtp": sending,
        "authentication": {"servers": MX},
        "store": {"folder": "du-lieu"},
        "content": {"contacts": "danh-ba.csv", "rules": _write_rules(folder / "quy-tac").name},
        # Some thousand blanks of a whole country would take longer than all the rest.
        "schedule": {"enclose_blanks": False},
        # One mail comes at a time: a second child would only load the rules once more.
        "work": {"workers": 1},
        "ministry": {
            "digest_to": _MINISTRY,
            "operator": "quantri@bokehoach.example",
            "campaigns": [_CAMPAIGN],
        },
    }
    return build_config(values, folder / "config.toml")


def _write_rules(folder: Path) -> Path:
    """Copy our rules to *folder*, with rarer reminders, and return it."""
    for name, data in read_rules(None).items():
        written = data
        if name == f"{_CAMPAIGN}/campaign.toml":
            for key, value in _RARER.items():
                line = rf"(?m)^({key}\s*=\s*)(\[[^\]]*\]|\d+)".encode()
                written, found = re.subn(line, rb"\g<1>" + value.encode(), written)
                if found != 1:
                    raise RuntimeError(f"{name}: {key} is not said once")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(written)
    return folder


def _play(daemon: Daemon, clock: SimulatedClock, imap: DemoImap, out: Console) -> Tally:
    tally = Tally()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[date]:>10}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("khởi động", total=(END - BEGIN).total_seconds(), date=day(BEGIN.date()))
        # The children load the rules while the letters are written.
        pool = daemon.desk.pool
        posts = make_posts()
        pool.warm_up()
        for event in _events(daemon, posts):
            clock.move_to(event.at)
            progress.update(task, completed=(event.at - BEGIN).total_seconds(), date=day(event.at.date()))
            if isinstance(event.happening, Job):
                event.happening.run()
                daemon.post()
            else:
                progress.update(task, description=event.happening.title)
                _receive(event.happening, daemon, imap, tally)
    return tally


def _events(daemon: Daemon, posts: tuple[Post, ...]) -> Iterator[Event]:
    arrivals = (Event(post.sent_at, 0, post) for post in sorted(posts, key=lambda one: one.sent_at))
    clocks = [_fires(job) for job in daemon.jobs() if job.name in _CLOCK_JOBS]
    return merge(arrivals, *clocks, key=lambda event: (event.at, event.order))


def _fires(job: Job) -> Iterator[Event]:
    at = job.trigger.get_next_fire_time(None, BEGIN)
    while at is not None and at <= END:
        yield Event(at, 1, job)
        at = job.trigger.get_next_fire_time(at, at + timedelta(seconds=1))


def _receive(post: Post, daemon: Daemon, imap: DemoImap, tally: Tally) -> None:
    imap.deliver(post.arrived, post.sent_at)
    repeated = post.raw in tally.seen
    tally.seen.add(post.raw)
    before = daemon.ledger.counts(post.sent_at).by_outcome
    daemon.once()
    after = daemon.ledger.counts(post.sent_at).by_outcome
    gained = [name for name, count in after.items() if count > before.get(name, 0)]
    if repeated and not gained:
        tally.repeats += 1
        return
    got = gained[0] if gained else "–"
    tally.outcomes[got] += 1
    if got != post.expect.value:
        tally.surprises.append(f"{post.title}: chờ đợi {post.expect.value}, kết quả {got}")


# -- what can be looked at afterwards ------------------------------------------------------------------------------


def _export(folder: Path, raws: list[bytes]) -> None:
    for name in ("thu-di", "ban-danh-dau", "tong-hop"):
        (folder / name).mkdir()
    heads, whole = BytesHeaderParser(policy=default), BytesParser(policy=default)
    for number, raw in enumerate(raws, 1):
        mail: EmailMessage = heads.parsebytes(raw)
        to = str(mail["To"]).split("@")[-1].split(".")[0].strip("<>")
        kind = _kind(mail)
        (folder / "thu-di" / f"{number:03}-{kind}-{to}.eml").write_bytes(raw)
        if kind == "don-doc":
            continue  # most mails are reminders, and there is nothing in them to be taken out
        mail = whole.parsebytes(raw)
        if kind == "tong-hop":
            (folder / "tong-hop" / f"{number:03}.html").write_text(readable(mail), "utf-8")
        enclosed = folder / ("tong-hop" if kind == "tong-hop" else "ban-danh-dau")
        for part in mail.iter_attachments():
            name = Path(part.get_filename() or "tep").name
            (enclosed / f"{number:03}-{to}-{name}").write_bytes(part.get_content())


def readable(mail: EmailMessage) -> str:
    """Return the HTML text of *mail* with its own pictures inside, as a page that a browser shows without the mail."""
    html = mail.get_body(("html",))
    text = str(html.get_content()) if html is not None else ""
    for part in mail.walk():
        name, data = str(part["Content-ID"] or "").strip("<>"), part.get_payload(decode=True)
        if part.get_content_maintype() == "image" and name and isinstance(data, bytes):
            inside = f"data:{part.get_content_type()};base64,{b64encode(data).decode()}"
            text = text.replace(f"cid:{name}", inside)
    return text


def _kind(mail: EmailMessage) -> str:
    if str(mail["Auto-Submitted"]) == "auto-replied":
        return "tra-loi"
    return "tong-hop" if _MINISTRY in str(mail["To"]) else "don-doc"


def _summarise(folder: Path, tally: Tally, smtp: DemoSmtp, seconds: float, out: Console) -> None:
    table = Table(title="Thư của các tỉnh", title_justify="left")
    table.add_column("Kết quả")
    table.add_column("Số thư", justify="right")
    for outcome in Outcome:
        if tally.outcomes[outcome.value]:
            table.add_row(VERDICTS[outcome][0], str(tally.outcomes[outcome.value]))
    if tally.repeats:
        table.add_row("đúng thư đã nhận, không trả lời lại", str(tally.repeats))
    out.print(table)
    kinds = Counter(path.name.split("-", 1)[1].rsplit("-", 1)[0] for path in (folder / "thu-di").iterdir())
    out.print(
        f"Thư bot đã gửi: {len(smtp.received)} – trả lời {kinds['tra-loi']}, đôn đốc {kinds['don-doc']}, "
        f"tổng hợp tuần {kinds['tong-hop']}."
    )
    out.print(f"Đợt báo cáo từ {day(BEGIN.date())} đến {day(END.date())}, chạy trong {seconds:.0f} giây.")
    for surprise in tally.surprises:
        out.print(f"[red]Không như dự kiến[/] – {surprise}")
    out.print("Xem kết quả:")
    for name, what in (
        ("thu-di", "mọi thư đã gửi (.eml)"),
        ("ban-danh-dau", "bản đánh dấu gửi lại các tỉnh (.xlsx)"),
        ("tong-hop", "bản tổng hợp tuần gửi Bộ (.html), kèm bảng tính (.xlsx)"),
        (f"{_PAGE}/index.html", "trang tình hình: ai đã gửi, ai chưa (.html)"),
        ("du-lieu/ledger.db", "sổ ghi (SQLite)"),
    ):
        out.print(f"  {folder / name}  {what}")
