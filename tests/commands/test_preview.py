"""``bot preview``: every mail can be looked at, and an author's slip is told with its file and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, TypeAlias

import pytest
import structlog
from typer.testing import CliRunner, Result

import bot.terminal
from bot.adapters.content import read_templates
from bot.cli import app
from bot.preview.mails import SAMPLES, Gallery
from bot.reply.contexts import KINDS
from bot.reply.mistakes import TemplateMistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Run: TypeAlias = Callable[..., Result]
CONFIG = """
[mailbox]
host = "localhost"
port = 143
security = "none"
user = "bot"
[smtp]
host = "localhost"
port = 25
security = "none"
user = "bot"
sender = "bot@localhost"
[content]
templates = "mau"
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a way to call ``bot preview`` in an empty folder, with the templates that came with the program."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot.terminal._Chosen, "config", None)
    yield lambda *words: CliRunner().invoke(app, ["preview", *words])
    structlog.reset_defaults()


def test_without_a_name_it_lists_every_mail(run: Run, tmp_path: Path) -> None:
    answer = run()
    assert answer.exit_code == 0
    assert re.findall(r"^(\w+)  +\S", answer.stdout, re.MULTILINE) == list(SAMPLES)
    assert set(KINDS.values()) <= set(SAMPLES)
    assert not list(tmp_path.iterdir())


def test_a_mail_is_shown_and_written_with_its_files(run: Run, tmp_path: Path) -> None:
    answer = run("reply_returned", "--to", "thu")
    assert answer.exit_code == 0
    assert "Tiêu đề: [Cần chỉnh sửa] Biểu I.1 – Nghệ An" in answer.stdout
    assert "cần sửa 3 nội dung" in answer.stdout
    assert {one.name for one in (tmp_path / "thu").iterdir()} == {"reply_returned.eml", "reply_returned.html"}
    mail = message_from_bytes((tmp_path / "thu" / "reply_returned.eml").read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    (copy,) = mail.iter_attachments()
    assert copy.get_filename() == "Bieu I.1 Nghe An-danh-dau.xlsx"
    assert copy.get_content()[:2] == b"PK"
    assert mail["Auto-Submitted"] == "auto-replied"
    page = (tmp_path / "thu" / "reply_returned.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")


def test_a_name_that_is_not_known_brings_those_that_are_near(run: Run) -> None:
    answer = run("reply_return")
    assert answer.exit_code == bot.terminal.Exit.WRONG_USE
    assert answer.stderr.startswith("Không có thư reply_return; có thể là: reply_returned")


@pytest.mark.parametrize(
    ("file", "source", "said"),
    [
        ("held/body.txt", "Dòng một.\n{{ khong_co }}", "held/body.txt, dòng 2: thư này không có giá trị “khong_co”"),
        ("held/body.txt", "{{ office.ban }}", "held/body.txt, dòng 1: giá trị này không có phần “ban”"),
        ("held/body.html", "\n\n{% if %}", "held/body.html, dòng 3: cú pháp chưa đúng"),
        ("held/subject.txt", "{{ office|viet_hoa }}", "held/subject.txt, dòng 1: không có phép “viet_hoa”"),
        ("held/subject.txt", "{{ 1 + office.role }}", "held/subject.txt, dòng 1: không tính được"),
        ("held/body.html", '{% extends "_trang.html" %}', "_trang.html: không có tệp này"),
        ("_closing.txt", "\n{{ office.ban }}", "_closing.txt, dòng 2: giá trị này không có phần “ban”"),
        ("_phrases.txt", "{% macro %}", "_phrases.txt, dòng 1: cú pháp chưa đúng"),
    ],
)
def test_a_slip_of_the_ministrys_own_template_is_told_with_its_place(
    file: str, source: str, said: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "mau" / "vi" / file
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    answer = run("held")
    assert answer.exit_code == bot.terminal.Exit.WRONG_USE
    assert said in answer.stderr
    assert "Traceback" not in answer.output


def test_one_wrong_mail_hides_no_other() -> None:
    templates = {**read_templates(None), "vi/held/body.txt": "{{ khong_co }}"}
    gallery = Gallery(templates)
    assert isinstance(gallery.write("held"), TemplateMistake)
    assert gallery.find_mistakes() == (gallery.write("held"),)
