"""The door where officers and operators stand: what is printed, and the exit code."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from openpyxl import load_workbook
from rich.console import Console
from typer.testing import CliRunner

from bot.adapters.content import default_folder
from bot.adapters.lock import FolderLock
from bot.cli import app
from bot.demo import mistakes
from bot.demo.arriving import MX, stamp
from bot.demo.drawing import draw_xlsx
from bot.demo.envelopes import File, thunderbird
from bot.demo.files import lock_workbook, make_scan
from bot.demo.letters import contacts_csv
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.run import _prepare
from bot.demo.servers import DemoImap, DemoSmtp
from bot.demo.writing import write
from bot.runners import check, feed, pool
from bot.runners.doctor import point
from bot.usage import BROKEN, WRONG_USE
from tests.flow.office import rulebook
from tests.runners.inline import InlinePool
from tests.servers import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
"""The sink asks for a login in clear, on loopback."""

REPORTERS_OF_2012 = rulebook().reporters_on(date(2012, 7, 1))
SECRET = "mật-khẩu-rất-riêng-8431"
USER = "baocao@bokehoach.example"
BOOK = make_parks_book(province("Nghệ An"))
GOOD = draw_xlsx(BOOK)
BENT = draw_xlsx(mistakes.write_words_for_a_year(BOOK).book)
VERBS = [
    *("check", "blank", "demo"),
    *("status", "show", "page", "decide", "extend", "remind", "outbox", "export", "sql", "explain", "audit", "preview"),
    *("held", "rules", "campaign"),
    *("init", "sign-in", "doctor", "run", "once", "work", "install", "health"),
    *("reprocess", "feed", "backup", "restore", "verify", "retention"),
]
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|show this|exit|error|try|missing|no such|invalid|unexpected|requires?"
    r"|traceback|default|required)\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the children's work be done in this process."""
    for module in (check, feed, pool):
        monkeypatch.setattr(module, "WorkerPool", InlinePool)
    monkeypatch.setattr("bot.daemon.doors.WorkerPool", InlinePool)


def bot(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="bot")


def started(*words: str | Path, **more: str) -> subprocess.Popen[str]:
    """Start the command as an operator does, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | more
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, words)],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def write_config(folder: Path, imap_port: int = 1, smtp_port: int = 1, more: str = "") -> Path:
    (folder / "danh-ba.csv").write_bytes(contacts_csv())
    (folder / "mat-khau").write_text(SECRET)
    (folder / "mat-khau").chmod(0o600)
    account = f'host = "127.0.0.1"\nsecurity = "none"\nuser = "{USER}"\npassword_file = "mat-khau"\n'
    path = folder / "config.toml"
    path.write_text(
        f'[mailbox]\n{account}port = {imap_port}\n[smtp]\n{account}port = {smtp_port}\nsender = "{USER}"\n'
        f'[authentication]\nservers = "{MX}"\n[content]\ncontacts = "danh-ba.csv"\n[work]\nworkers = 1\n'
        f'[ministry]\ndigest_to = "vu@bokehoach.example"\noperator = "quantri@bokehoach.example"\n{more}'
    )
    return path


def mail(name: str = "Nghệ An", data: bytes = GOOD) -> bytes:
    return stamp(thunderbird(write("9/7 08:40", name, (File("Biểu I.1.xlsx", data),))))


def put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


# -- help and wrong use ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_without_a_verb_the_help_names_all_verbs_and_all_exit_codes(words: list[str]) -> None:
    result = bot(*words)
    assert result.exit_code == 0
    assert re.findall(r"^  ([a-z][a-z-]*)  ", result.stdout, re.MULTILINE) == VERBS
    assert "Mã kết thúc: 0 xong; 1 có điều phải sửa" in result.stdout
    assert result.stderr == ""


def test_a_terminal_of_an_old_locale_breaks_nothing() -> None:
    with started("--help", PYTHONIOENCODING="latin-1") as process:
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert "bot check" in stdout


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_help_teaches_in_vietnamese(verb: str) -> None:
    result = bot(*([verb] if verb else []), "--help")
    assert result.exit_code == 0
    assert VIETNAMESE.search(result.stdout)
    assert not ENGLISH.search(result.stdout.replace("  try ", "")), result.stdout  # a verb of `bot rules`
    assert result.stdout.startswith(f"Cách dùng: bot {verb}".rstrip())


def verbs_below(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every verb with the words that lead to it, those below a verb such as ``bot rules`` too."""
    for name, one in getattr(command, "commands", {}).items():
        yield (*path, name), one
        yield from verbs_below(one, (*path, name))


def test_every_verb_says_when_it_is_used_and_shows_a_call_that_parses() -> None:
    group: Any = typer.main.get_command(app)
    for path, command in verbs_below(group):
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        assert any(one.startswith("Dùng ") for one in paragraphs), path
        (example,) = (one.removeprefix("Ví dụ: ") for one in paragraphs if one.startswith("Ví dụ: "))
        calls = [shlex.split(one)[1:] for one in re.split(r"; | > ", example) if one.startswith("bot ")]
        assert calls, path
        for words in calls:
            with group.make_context("bot", list(words), resilient_parsing=False) as context:
                assert parsed(group, context)[: len(path)] == path, words


def parsed(group: Any, context: Any) -> tuple[str, ...]:
    """Return which verb the rest of *context*'s words call, once all of them are understood; a wrong one raises."""
    name, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    deeper = command.make_context(name, rest, parent=context)
    below = [*deeper._protected_args, *deeper.args] if hasattr(command, "commands") else []
    return (name, *parsed(command, deeper)) if below else (name,)


def test_every_verb_and_every_option_has_a_help_text() -> None:
    group: Any = typer.main.get_command(app)
    for command in [group, *group.commands.values()]:
        assert VIETNAMESE.search(command.help or ""), command.name
        for parameter in command.params:
            assert VIETNAMESE.search(parameter.help or ""), (command.name, parameter.name)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], f"Không có lệnh chek; các lệnh: {', '.join(VERBS)}."),
        (["--nope"], "Không có tùy chọn --nope."),
        (["check", "--jsn", "a.xlsx"], "Không có tùy chọn --jsn. Có phải --json?"),
        (["check", "-x", "a.xlsx"], "Không có tùy chọn -x."),
        (["check"], "Thiếu FILE…: tệp bảng tính"),
        (["show"], "Thiếu RECEIPT: mã biên nhận"),
        (["show", "12-40-0001", "12-40-0002"], "Thừa: 12-40-0002."),
        (["check", "a.xlsx", "--marked"], "Tùy chọn --marked cần một giá trị."),
        (["check", "--json=1", "a.xlsx"], "Tùy chọn --json không nhận giá trị."),
        (["--config"], "Tùy chọn --config cần một giá trị."),
    ],
)
def test_a_wrong_call_is_one_vietnamese_sentence(words: list[str], said: str) -> None:
    result = bot(*words)
    assert result.exit_code == WRONG_USE
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first.startswith(said)
    assert re.fullmatch(r"Xem hướng dẫn: bot( \w+)? --help", second)
    assert not ENGLISH.search(re.sub(r"--\w+", "", result.stderr))


def test_a_failure_of_the_program_is_a_sentence_and_its_details_are_for_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inline: None
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(check, "check_files", broken)
    put(tmp_path, "a.xlsx", GOOD)
    result = bot("check", "a.xlsx")
    assert result.exit_code == BROKEN
    assert "Sự cố của chương trình (ZeroDivisionError)" in result.stderr
    assert "Traceback" not in result.output
    details = bot("--verbose", "check", "a.xlsx").stderr
    assert "ZeroDivisionError [" in details
    assert "tests.test_cli:" in details
    assert "secret" not in details


# -- check -------------------------------------------------------------------------------------------------------


def test_check_as_an_officer_runs_it(tmp_path: Path) -> None:
    """In a process of its own, with real children, without any configuration: several files, the worst counts."""
    contents = {
        "tot.xlsx": GOOD,
        "sai.xlsx": BENT,
        "rong.xlsx": b"",
        "quet.pdf": make_scan(),
        "khoa.xlsx": lock_workbook(GOOD),
        "cut.xlsx": GOOD[: len(GOOD) // 2],
    }
    for name, data in contents.items():
        put(tmp_path, name, data)
    with started("check", "--json", *contents) as process:
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (2, "")
    told = {one["file"]: one for one in json.loads(stdout)}
    assert {name: one["exit_code"] for name, one in told.items()} == {
        "tot.xlsx": 0, "sai.xlsx": 1, "rong.xlsx": 2, "quet.pdf": 2, "khoa.xlsx": 2, "cut.xlsx": 2,
    }  # fmt: skip
    assert {name: one["parts"][0]["say"] for name, one in told.items()} == {
        "tot.xlsx": "",
        "sai.xlsx": "",
        "rong.xlsx": "tệp rỗng (0 byte)",
        "quet.pdf": "không phải tệp bảng tính (PDF)",
        "khoa.xlsx": "tệp có mật khẩu",
        "cut.xlsx": "tệp bị hỏng hoặc bị cắt",
    }
    (finding,) = told["sai.xlsx"]["parts"][0]["findings"]
    assert (finding["rule"], finding["sheet"], finding["cell"]) == ("nam_sai", "Biểu I.1", "U13")
    assert finding["severity"] == "error"
    assert "đang cập nhật" in finding["say"]
    assert "bốn chữ số" in finding["fix"]


@pytest.mark.parametrize(("data", "exit_code", "said"), [(GOOD, 0, "đạt yêu cầu"), (BENT, 1, "cần chỉnh sửa")])
def test_check_tells_its_verdict_in_words_and_in_its_exit_code(
    data: bytes, exit_code: int, said: str, tmp_path: Path, inline: None
) -> None:
    result = bot("check", put(tmp_path, "Biểu [I.1].xlsx", data))
    assert result.exit_code == exit_code
    assert result.stdout.startswith(f"Biểu [I.1].xlsx: {said} – Biểu I.1, 3 dòng")
    assert result.stderr == ""


def test_check_tells_each_finding_with_its_place_and_cure(tmp_path: Path, inline: None) -> None:
    lines = bot("check", put(tmp_path, "a.xlsx", BENT)).stdout.splitlines()
    assert lines[1].startswith('    Lỗi: trang Biểu I.1, ô U13: Ô U13 ghi "đang cập nhật", chưa đọc được thành năm. Đề')


def test_check_writes_a_marked_copy_that_opens(tmp_path: Path, inline: None) -> None:
    result = bot("check", put(tmp_path, "a.xlsx", BENT), "--marked", "ban.xlsx")
    assert (result.exit_code, result.stderr) == (1, "")
    book = load_workbook(tmp_path / "ban.xlsx")
    assert "đang cập nhật" in str(book["Biểu I.1"]["U13"].comment.text)
    assert (tmp_path / "a.xlsx").read_bytes() == BENT


def test_check_says_when_there_is_nothing_to_mark(tmp_path: Path, inline: None) -> None:
    result = bot("check", put(tmp_path, "a.xlsx", GOOD), "--marked", "ban.xlsx")
    assert result.exit_code == 0
    assert result.stderr == "Không có bản đánh dấu: không có nội dung phải đánh dấu.\n"
    assert not (tmp_path / "ban.xlsx").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.xlsx", "khong-co.xlsx"], "Không có tệp khong-co.xlsx."),
        (["."], "Không đọc được .: là thư mục, không phải tệp."),
        (["a.xlsx", "a.xlsx", "--marked", "b.xlsx"], "Tùy chọn --marked chỉ dùng với một tệp."),
        (["a.xlsx", "--marked", "./a.xlsx"], "Bản đánh dấu phải ghi ra tệp khác, để tệp gốc được giữ nguyên."),
        (["a.xlsx", "--marked", "khong-co/b.xlsx"], "Không ghi được bản đánh dấu ra khong-co/b.xlsx: hãy chọn"),
        (["a.xlsx", "--marked", "."], "Không ghi được bản đánh dấu ra .: hãy chọn"),
    ],
)
def test_check_refuses_what_it_cannot_do_before_it_begins(words: list[str], said: str, tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", BENT)
    result = bot("check", *words)
    assert result.exit_code == WRONG_USE
    assert result.stderr.startswith(said)
    assert len(result.stderr.splitlines()) == 1
    assert (tmp_path / "a.xlsx").read_bytes() == BENT


def test_check_uses_a_configuration_that_is_named_and_tells_when_it_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", GOOD)
    result = bot("--config", "khong-co.toml", "check", "a.xlsx")
    assert result.exit_code == WRONG_USE
    assert "khong-co.toml" in result.stderr


def test_check_tells_mistakes_of_the_ministrys_own_rules(tmp_path: Path) -> None:
    put(tmp_path, "danh-ba.csv", b"reporter,address\n999,a@b.example\n")
    path = write_config(tmp_path)
    put(tmp_path, "danh-ba.csv", b"reporter,address\n999,a@b.example\n")
    result = bot("--config", path, "check", put(tmp_path, "a.xlsx", GOOD))
    assert result.exit_code == WRONG_USE
    assert "contacts:2: Không có đơn vị báo cáo mã" in result.stderr


# -- configuration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["run"], ["once"], ["doctor"], ["status"], ["show", "x"], ["feed", "a.eml"]])
def test_every_verb_tells_all_mistakes_of_the_configuration(words: list[str], tmp_path: Path) -> None:
    put(tmp_path, "a.eml", mail())
    put(tmp_path, "config.toml", b'[mailbox]\nhost = "imap.bo.example"\nport = -1\nsecurity = "none"\n[smpt]\n')
    result = bot(*words)
    assert result.exit_code == WRONG_USE
    assert result.stdout == ""
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "Cấu hình config.toml chưa dùng được",
        "  – mailbox.port",
        "  – mailbox.security",
        "  – smtp",
        "  – smpt",
    ]
    assert not (tmp_path / "data").exists()


def test_no_configuration_at_all_is_told(tmp_path: Path) -> None:
    result = bot("status")
    assert result.exit_code == WRONG_USE
    assert "config.example.toml" in result.stderr


@pytest.mark.parametrize("verb", ["run", "once"])
def test_a_secret_that_is_missing_is_told_before_anything_is_opened(verb: str, tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "mat-khau").unlink()
    result = bot("--config", path, verb)
    assert result.exit_code == WRONG_USE
    sentence = f"không đọc được tệp mật khẩu {tmp_path / 'mat-khau'}: không có tệp hoặc thư mục này"
    assert result.stderr == f"Chưa có mật khẩu:\n  – mailbox: {sentence}\n  – smtp: {sentence}\n"
    assert not (tmp_path / "data").exists()


def test_an_open_password_file_is_warned_of_once(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "mat-khau").chmod(0o640)
    result = bot("--config", path, "once")
    assert result.stderr.count("chmod 600") == 1
    assert SECRET not in result.output


def test_a_password_file_that_all_may_read_is_refused(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "mat-khau").chmod(0o644)
    result = bot("--config", path, "once")
    assert result.exit_code == WRONG_USE
    assert f"hãy chạy: chmod 600 {tmp_path / 'mat-khau'}" in result.stderr
    assert SECRET not in result.output


def test_a_data_folder_that_others_may_read_is_mended_at_the_start_and_told(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    result = bot("--config", path, "once")
    assert f"Lưu ý: người khác đọc được {tmp_path / 'data'}; đã sửa quyền" in result.stderr
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_mailbox_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    result = bot("--config", write_config(tmp_path), "once")
    assert result.exit_code == WRONG_USE
    assert result.stderr.startswith("Không dùng được hộp thư: 127.0.0.1:1: máy chủ từ chối kết nối")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("servers = []", "mọi thư được giữ lại, chờ xác nhận bằng bot held"),
        ("dkim = true", "chỉ thư có chữ ký DKIM của chính tên miền người gửi mới được tính"),
        ("accept_unproved = true", "ai ghi địa chỉ của đơn vị ở dòng From cũng được tin"),
    ],
)
def test_the_start_says_what_becomes_of_mails_when_nothing_can_prove_them(
    tmp_path: Path, setting: str, said: str
) -> None:
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace(f'servers = "{MX}"', setting))
    told = bot("--config", path, "once").stderr
    assert told.startswith("Lưu ý: chưa khai [authentication] servers")
    assert said in told


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[store]\nfolder = "danh-ba.csv/x"\n', "danh-ba.csv/x: không phải thư mục."),
        ('[store]\nledger = "postgresql+psycopg://bot@127.0.0.1:1/bot"\n', "Không mở được sổ ghi: "),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_sentence(more: str, said: str, tmp_path: Path) -> None:
    result = bot("--config", write_config(tmp_path, more=more), "status")
    assert result.exit_code == WRONG_USE
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_broken_template_is_told_before_it_is_needed(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace("[content]\n", '[content]\ntemplates = "mau"\n'))
    (tmp_path / "mau" / "vi" / "reply_accepted").mkdir(parents=True)
    put(tmp_path / "mau" / "vi" / "reply_accepted", "body.txt", b"{% if %}")
    result = bot("--config", path, "once")
    assert result.exit_code == WRONG_USE
    assert "Mẫu thư trong templates/ chưa dùng được:\n  – reply_accepted/body.txt" in result.stderr


# -- feed, status, show ----------------------------------------------------------------------------------------


def test_a_fed_mail_is_known_to_status_and_show(tmp_path: Path, inline: None) -> None:
    path = write_config(tmp_path)
    eml = put(tmp_path, "thu.eml", mail(data=BENT))

    looked = bot("--config", path, "feed", "--dry-run", eml)
    assert looked.exit_code == 0
    assert "thu.eml: cần chỉnh sửa" in looked.stdout
    assert "→ bql.kcn@nghean.example: [Cần chỉnh sửa] Biểu I.1" in looked.stdout
    assert "Chỉ xem trước" in looked.stdout
    assert not (tmp_path / "data").exists()

    fed = bot("--config", path, "feed", eml)
    assert fed.exit_code == 0
    receipt = re.search(r"mã biên nhận (\d\d-40-\d{4})", fed.stdout)
    assert receipt is not None
    again = bot("--config", path, "feed", eml)
    assert again.stdout == "thu.eml: đúng thư này đã nhận trước đây; không làm gì thêm\n"

    status = bot("--config", path, "status", "2012-kkt-kcn")
    assert status.exit_code == 0
    row = next(line for line in status.stdout.splitlines() if line.startswith("Nghệ An"))
    assert row.removeprefix("Nghệ An").split()[:4] == ["S", "Q", "Q", "Q"]
    assert "Thư đã nhận: 1; chưa xử lý: 0" in status.stdout
    assert "Thư gửi đi: 0 đã gửi, 1 đang chờ" in status.stdout

    for words in ("40", "nghe an", "Tỉnh Nghệ An"):
        reporter = bot("--config", path, "status", words)
        assert reporter.exit_code == 0
        assert re.search(rf"Biểu I\.1\. .*: cần sửa, ngày .*, lần nộp 1, .*mã biên nhận {receipt[1]}", reporter.stdout)
        assert "Biểu III.4. Cơ sở dữ liệu các dự án đầu tư trong KCN, KKT: chưa gửi" in reporter.stdout

    shown = bot("--config", path, "show", receipt[1])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"{receipt[1]}: cần chỉnh sửa\n  Từ: ")
    assert "Biểu I.1, lần nộp 1" in shown.stdout
    assert "ô U13" in shown.stdout
    assert "(đang chờ gửi)" in shown.stdout


def test_an_unknown_receipt_is_one_sentence(tmp_path: Path) -> None:
    result = bot("--config", write_config(tmp_path), "show", "12-40-9999")
    assert (result.exit_code, result.stdout) == (WRONG_USE, "")
    assert result.stderr == "Không có mã biên nhận 12-40-9999.\n"


def test_status_has_a_letter_for_each_form_and_a_line_for_each_reporter(tmp_path: Path) -> None:
    lines = bot("--config", write_config(tmp_path), "status", "2012-kkt-kcn").stdout.splitlines()
    (heads,) = (line for line in lines if line.startswith("Đơn vị"))
    forms = len(heads.split()) - 2
    assert forms >= 8
    names = "|".join(one.name for one in REPORTERS_OF_2012)
    rows = [line for line in lines if re.match(rf"({names}) +[Q–]", line)]
    assert len(rows) == 63
    assert all(len(line) <= 80 for line in (heads, *rows))
    assert {len(re.findall(r"(?<= )[ĐKSQ·–](?= |$)", row[20:])) for row in rows} == {forms}


def test_status_shows_only_what_is_under_way(tmp_path: Path) -> None:
    """The campaign of 2012 is over: it is shown when it is named, and not otherwise."""
    path = write_config(tmp_path)
    title = "Rà soát quy hoạch, đánh giá hoạt động các KKT, KCN năm 2012"
    assert title in bot("--config", path, "status", "2012-kkt-kcn").stdout
    today = bot("--config", path, "status")
    assert (today.exit_code, title in today.stdout) == (0, False)
    assert "Thư đã nhận: 0; chưa xử lý: 0" in today.stdout


def test_status_of_nobody_is_one_sentence(tmp_path: Path) -> None:
    result = bot("--config", write_config(tmp_path), "status", "99")
    assert (result.exit_code, result.stdout) == (WRONG_USE, "")
    assert result.stderr == "Không có đơn vị hoặc đợt báo cáo nào là 99.\n"


def test_a_stranger_is_shown_with_the_reason_in_vietnamese(tmp_path: Path, inline: None) -> None:
    raw = b"From: la@vanphong.example\r\nTo: baocao@bo.example\r\nSubject: Hoi\r\n\r\nXin hoi\r\n"
    result = bot("--config", write_config(tmp_path), "feed", "--dry-run", put(tmp_path, "a.eml", raw))
    assert result.stdout.startswith("a.eml: chờ Bộ xem xét (người gửi chưa có trong danh bạ)")


# -- the daemon -------------------------------------------------------------------------------------------------


@pytest.fixture
def servers() -> Iterator[tuple[DemoImap, DemoSmtp]]:
    with DemoImap(USER, SECRET) as imap, DemoSmtp(login=(USER, SECRET)) as smtp:
        yield imap, smtp


@contextlib.contextmanager
def running(path: Path, **events: threading.Event) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the daemon until the block ends; give its log, which grows. An event of a name is set by a line with it."""
    lines: list[str] = []
    ready = threading.Event()
    process = started("--config", path, "run")

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if "running" in line:
                ready.set()
            for word, event in events.items():
                if word in line:
                    event.set()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert ready.wait(300), "the daemon did not begin"
        yield process, lines
    finally:
        process.kill()
        process.communicate()
        listener.join()


def test_threat_42_run_refuses_a_second_instance_and_ends_when_asked(
    tmp_path: Path, servers: tuple[DemoImap, DemoSmtp]
) -> None:
    imap, smtp = servers
    path = write_config(tmp_path, imap.port, smtp.port)
    reloaded = threading.Event()
    with running(path, reloaded=reloaded) as (process, lines):
        assert process.poll() is None, lines
        second = bot("--config", path, "run")
        assert second.exit_code == WRONG_USE
        assert second.stderr == (
            f"Bot đang chạy: tiến trình {process.pid} đang dùng thư mục {tmp_path / 'data'}. "
            "Hãy dừng tiến trình đó trước.\n"
        )
        process.send_signal(signal.SIGHUP)
        assert reloaded.wait(300), lines
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0, lines
    assert "Traceback" not in "".join(lines)


def test_threat_40_no_secret_comes_out_anywhere(
    tmp_path: Path, servers: tuple[DemoImap, DemoSmtp], inline: None
) -> None:
    imap, smtp = servers
    path = write_config(tmp_path, imap.port, smtp.port)
    imap.deliver(mail(), NOON)
    imap.deliver(mail("Thanh Hóa", BENT), NOON)
    outputs = [bot("--verbose", "--config", path, *words).output for words in (["once"], ["status"], ["doctor"])]
    assert "Đã xử lý 2 thư." in outputs[0]
    (tmp_path / "mat-khau").write_text("sai-8431")
    outputs += [bot("--verbose", "--config", path, *words).output for words in (["once"], ["doctor"])]
    assert "không nhận đăng nhập" in outputs[-2]
    (tmp_path / "mat-khau").unlink()
    assert len(smtp.received) >= 2
    for secret in (SECRET, "sai-8431"):
        assert not any(secret in one for one in outputs)
        files = [one for one in tmp_path.rglob("*") if one.is_file()]
        assert len(files) > 5
        assert not [one for one in files if secret.encode() in one.read_bytes()]
        assert not any(secret.encode() in raw for _, _, raw in smtp.received)


def test_a_whole_flow_is_logged_step_by_step_and_names_nobody(tmp_path: Path, inline: None) -> None:
    answers = ("RCPT 550 5.1.1 <b.tran@thanhhoa.example> unknown", "450 4.2.0 b.tran@nghean.example later")
    with DemoImap(USER, SECRET) as imap, DemoSmtp(answers, login=(USER, SECRET)) as smtp:
        path = write_config(tmp_path, imap.port, smtp.port)
        mails = [mail(), mail("Thanh Hóa", BENT), b"From: La <la@xa.example>\r\nSubject: Hoi\r\n\r\nXin hoi\r\n"]
        for raw in mails:
            imap.deliver(raw, NOON)
        logged = bot("--log-json", "--config", path, "once").stderr
    lines = [json.loads(line) for line in logged.splitlines()]
    events = Counter(one["event"] for one in lines)
    assert (events["stored"], events["settled"], events["filed"]) == (3, 3, 3)
    assert min(events[one] for one in ("mail sent", "mail refused for good", "mail put off")) == 1
    assert {one["mail"] for one in lines if one["event"] == "stored"} == {
        one["mail"] for one in lines if one["event"] == "settled"
    }
    cells = {value for book in (GOOD, BENT) for row in _cells(book) for value in row if isinstance(value, str)}
    people = {"tran", "la@", "baocao@", "ban.quanly", "Nghệ An", "Thanh Hóa", "Xin hoi", "Biểu I.1"}
    found = sorted(word for word in {one for one in cells if len(one) > 3} | people if word in logged)
    assert (len(cells) > 20, found) == (True, [])


def _cells(book: bytes) -> Iterator[tuple[Any, ...]]:
    for sheet in load_workbook(io.BytesIO(book)):
        yield from sheet.iter_rows(values_only=True)


def test_a_damaged_secret_of_the_bots_own_is_told_with_its_cure(tmp_path: Path) -> None:
    path, damaged = write_config(tmp_path), tmp_path / "data" / "secrets" / "seat"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"cut off")
    result = bot("--config", path, "once")
    assert result.exit_code == WRONG_USE
    assert result.stderr.splitlines()[-1] == (
        f"Tệp khóa riêng {damaged} của bot đã hỏng. Hãy chép lại tệp này từ bản sao lưu gần nhất."
    )


def test_once_does_not_run_beside_the_daemon(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    with FolderLock(tmp_path / "data"):
        result = bot("--config", path, "once")
    assert result.exit_code == WRONG_USE
    assert f"Bot đang chạy: tiến trình {os.getpid()}" in result.stderr


def test_doctor_tells_what_is_wrong_with_its_exit_code(tmp_path: Path, servers: tuple[DemoImap, DemoSmtp]) -> None:
    imap, smtp = servers
    well = bot("--config", write_config(tmp_path, imap.port, smtp.port), "doctor")
    assert well.exit_code == 0
    signs = "".join(line[0] for line in well.stdout.splitlines())
    # A machine without a time service, say, has remarks, each with what would be better; nothing has to be mended.
    assert re.fullmatch("(✓|! ){13}", signs)
    assert ("nên xem (!)" in well.stderr) == ("!" in signs)
    assert "Không có điểm nào phải sửa" in well.stderr
    ill = bot("--config", write_config(tmp_path, imap.port, 1), "doctor")
    assert ill.exit_code == 1
    assert re.fullmatch("(✓|! ){8}✗ (✓|! ){4}", "".join(line[0] for line in ill.stdout.splitlines()))
    assert "Phải sửa 1 điểm (✗)" in ill.stderr
    assert point.PATIENCE_SECONDS <= 10


# -- demo --------------------------------------------------------------------------------------------------------


def prepared(folder: Path) -> str:
    said = io.StringIO()
    with contextlib.suppress(typer.Exit):
        _prepare(folder, Console(file=said, soft_wrap=True))
    return said.getvalue()


def test_the_demo_refuses_a_folder_with_things_of_others(tmp_path: Path) -> None:
    put(tmp_path, "luan-van.docx", b"x")
    result = bot("demo", "--dir", tmp_path)
    assert result.exit_code == WRONG_USE
    assert "hãy chọn thư mục trống" in result.stdout
    assert (tmp_path / "luan-van.docx").read_bytes() == b"x"


@pytest.mark.parametrize("made", [False, True])
def test_the_demo_takes_a_new_or_an_empty_folder_and_its_own_again(made: bool, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    if made:
        folder.mkdir()
    assert prepared(folder) == ""
    put(folder, "cu.txt", b"x")
    assert prepared(folder) == ""
    assert not (folder / "cu.txt").exists()
    assert (folder / "danh-ba.csv").read_bytes() == contacts_csv()


def test_the_demo_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    put(tmp_path, "tep", b"x")
    result = bot("demo", "--dir", "tep")
    assert result.exit_code == WRONG_USE
    assert len(result.output.splitlines()) == 1
    assert (tmp_path / "tep").read_bytes() == b"x"


def test_what_came_with_the_program_is_there() -> None:
    assert (default_folder("rules") / "reporters.csv").is_file()
