"""The demo as a whole: every mail ends as it was made to, and everything that it promises to leave is there."""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
import typer
from rich.console import Console

from bot.demo.letters import make_posts
from bot.demo.run import run_demo
from bot.model import Outcome
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from pathlib import Path


def recording() -> Console:
    return Console(file=io.StringIO(), record=True, width=200)


def test_the_whole_campaign_is_played_without_a_surprise_and_can_be_looked_at(tmp_path: Path) -> None:
    folder, out = tmp_path / "demo", recording()
    run_demo(folder, out)  # a surprise would raise
    told = out.export_text()
    assert "Không như dự kiến" not in told
    for name in ("thu-di", "ban-danh-dau", "tong-hop", "trang-tinh-hinh/index.html", "du-lieu/ledger.db"):
        assert str(folder / name) in told

    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in (folder / "thu-di").glob("*.eml")]
    kinds = Counter(path.name.split("-", 1)[1].rsplit("-", 1)[0] for path in (folder / "thu-di").iterdir())
    assert set(kinds) == {"tra-loi", "don-doc", "tong-hop"}
    assert f"Thư bot đã gửi: {len(mails)} – trả lời {kinds['tra-loi']}" in told
    assert all(mail["Auto-Submitted"] and mail["Message-ID"] for mail in mails)
    assert len({str(mail["Message-ID"]) for mail in mails}) == len(mails)

    marked = list((folder / "ban-danh-dau").glob("*.xlsx"))
    assert marked
    assert all(isinstance(read_workbook(path.read_bytes(), Limits()), Workbook) for path in marked)
    digests = list((folder / "tong-hop").glob("*.html"))
    assert len(digests) == kinds["tong-hop"]
    for path in digests:
        text = path.read_text("utf-8")
        assert "<html" in text
        assert "cid:" not in text, "a picture that only the mail has"
    assert any("data:image/png;base64," in path.read_text("utf-8") for path in digests)
    assert len(list((folder / "tong-hop").glob("*.xlsx"))) == len(digests)
    assert not [path.name for path in marked if "Tong hop" in path.name]
    assert "Nghệ An" in (folder / "trang-tinh-hinh" / "index.html").read_text("utf-8")

    with closing(sqlite3.connect(folder / "du-lieu" / "ledger.db")) as ledger:
        outcomes = dict(ledger.execute("SELECT outcome, count(*) FROM message GROUP BY 1").fetchall())
    assert sum(outcomes.values()) == len({post.raw for post in make_posts()})
    assert set(outcomes) == {one.value for one in Outcome} - {"failed", "dismissed"}
    assert list((folder / "du-lieu" / "vault").glob("??/*"))


def test_a_folder_that_holds_something_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "quan-trong.txt").write_text("giữ lại")
    with pytest.raises(typer.Exit) as refused:
        run_demo(tmp_path, recording())
    assert refused.value.exit_code == 3
    assert (tmp_path / "quan-trong.txt").read_text() == "giữ lại"
