"""``bot blank``: one file, or one sentence that says what else could be meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, TypeAlias

import pytest
import structlog
from typer.testing import CliRunner, Result

import bot.commands.blank
import bot.terminal
from bot.adapters.own_secret import own_secret
from bot.blank_token import is_token
from bot.cli import app
from bot.model import Outcome, Table
from bot.runners.blank_secret import BLANK_TOKEN
from bot.runners.last_rows import last_rows
from bot.sheet.code import read_code
from tests.fixtures.office import mail_with, office_at
from tests.fixtures.workbooks import make_projects_workbook
from tests.reply.blanks import BOOK, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Rulebook

Run: TypeAlias = Callable[..., Result]


def use(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.commands.blank, "rules_in_force", lambda _: rulebook)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a way to call ``bot blank`` in an empty folder, with the rules that came with the program."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot.terminal._Chosen, "config", bot.terminal._Chosen.config)
    use(BOOK, monkeypatch)
    yield lambda *words: CliRunner().invoke(app, ["blank", *words])
    structlog.reset_defaults()


def test_it_writes_the_blank_of_that_reporter(run: Run, tmp_path: Path) -> None:
    answer = run("III.4", "--reporter", "48", "--to", "f.xlsx")
    assert (answer.exit_code, answer.stdout) == (
        0,
        "Đã ghi f.xlsx: biểu 2012-kkt-kcn/III.4, Thành phố Đà Nẵng.\n",
    )
    code = read_code((tmp_path / "f.xlsx").read_bytes())
    assert code is not None
    assert (code.form, code.reporter) == ("2012-kkt-kcn/III.4", "48")


@pytest.mark.parametrize("reporter", ["40", "Nghệ An", "nghe an", "Tỉnh Nghệ An", "T. Nghệ An"])
def test_a_reporter_may_be_called_by_its_name_and_the_file_too(run: Run, tmp_path: Path, reporter: str) -> None:
    assert run("2012-kkt-kcn/i.1", "--reporter", reporter, "--rows", "5").exit_code == 0
    assert [one.name for one in tmp_path.iterdir()] == ["Bieu-I.1-Nghe-An.xlsx"]


def test_a_form_of_several_campaigns_must_be_named_in_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = replace(BOOK.form("2012-kkt-kcn/I.1"), campaign="2022-ccn-nd68")
    use(replace(BOOK, forms=(*BOOK.forms, twin)), monkeypatch)
    answer = run("I.1", "--reporter", "48", "--to", "f.xlsx")
    assert answer.exit_code == 3
    assert answer.stderr == (
        "Biểu I.1 có trong nhiều đợt báo cáo; hãy ghi rõ một trong: 2012-kkt-kcn/I.1, 2022-ccn-nd68/I.1.\n"
    )


def test_an_unknown_form_is_answered_with_those_that_are_near(run: Run) -> None:
    answer = run("III.44", "--reporter", "48", "--to", "f.xlsx")
    assert answer.exit_code == 3
    assert answer.stderr.startswith("Không có biểu III.44; các biểu có thể chọn: ")
    assert "2012-kkt-kcn/III.4" in answer.stderr


def test_an_unknown_reporter_is_answered_with_those_that_are_near(run: Run) -> None:
    answer = run("III.4", "--reporter", "Nghe Ann", "--to", "f.xlsx")
    assert (answer.exit_code, answer.stderr) == (
        3,
        "Không có đơn vị báo cáo Nghe Ann; có thể là: 40 (Nghệ An).\n",
    )


def test_who_owes_no_such_form_gets_it_with_a_word_about_that(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    use(replace(BOOK, obligations=()), monkeypatch)
    answer = run("III.4", "--reporter", "48", "--to", "f.xlsx")
    assert answer.exit_code == 0
    assert answer.stderr == "Lưu ý: theo quy tắc, Thành phố Đà Nẵng không phải gửi biểu 2012-kkt-kcn/III.4.\n"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("f.xls", "Tên tệp f.xls phải có đuôi .xlsx.\n"),
        ("no/f.xlsx", "Không ghi được no/f.xlsx: không có tệp hoặc thư mục này.\n"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(run: Run, to: str, said: str) -> None:
    answer = run("III.4", "--reporter", "48", "--to", to)
    assert (answer.exit_code, answer.stderr) == (3, said)


def test_a_form_of_a_recurring_campaign_is_for_a_period(run: Run, tmp_path: Path) -> None:
    answer = run("B04", "--reporter", "Tuyên Quang", "--period", "2026-6T", "--to", "f.xlsx")
    assert answer.exit_code == 0, answer.stderr
    code = read_code((tmp_path / "f.xlsx").read_bytes())
    assert code is not None
    assert (code.form, code.reporter) == ("ccn-dinh-ky.2026-6T/B04", "08-2025")


def test_a_period_that_is_not_there_is_answered_with_those_that_are_near(run: Run) -> None:
    answer = run("B04", "--reporter", "40", "--period", "2026-Q5")
    assert answer.exit_code == 3
    assert answer.stderr.startswith("Không có kỳ 2026-Q5 của biểu ccn-dinh-ky/B04; các kỳ gần đây: ")
    answer = run("III.4", "--reporter", "40", "--period", "2026-6T")
    assert answer.stderr == "Không có kỳ 2026-6T của biểu 2012-kkt-kcn/III.4; đợt này không có kỳ.\n"


def test_the_reporter_is_the_body_of_the_campaigns_day(run: Run, tmp_path: Path) -> None:
    for number, (form, name) in enumerate((("III.4", "Hà Giang"), ("B04", "Hà Giang"), ("B04", "02")), 1):
        period = ("--period", "2026-6T") if form == "B04" else ()
        assert run(form, "--reporter", name, *period, "--to", f"{number}.xlsx").exit_code == 0
    codes = [read_code((tmp_path / f"{number}.xlsx").read_bytes()) for number in (1, 2, 3)]
    assert [code.reporter for code in codes if code] == ["02", "08-2025", "08-2025"]


def test_it_bears_the_token_of_the_daemon_whose_folder_it_is(run: Run, tmp_path: Path) -> None:
    secret = own_secret(tmp_path / "data", BLANK_TOKEN)
    for number in (1, 2):
        answer = run("III.4", "--reporter", "48", "--to", f"{number}.xlsx")
        (tmp_path / "data" / "secrets" / BLANK_TOKEN).write_bytes(b"cut")
        assert answer.exit_code == 0
    first, second = (read_code((tmp_path / f"{number}.xlsx").read_bytes()) for number in (1, 2))
    assert first is not None
    assert is_token(first.token, first.form, first.reporter, first.version, secret)
    assert second == replace(first, token="")
    assert answer.stderr == (
        f"Lưu ý: biểu không mang dấu ngầm của đơn vị: tệp {tmp_path}/data/secrets/blank_token bị hỏng; "
        "khôi phục tệp này từ bản sao lưu.\n"
    )


def test_it_is_begun_with_the_rows_that_were_accepted_last(tmp_path: Path) -> None:
    """A mail that needs a blank has the same one, drawn in the child that may write no file."""
    with office_at(tmp_path) as office:
        shown = office.settle(mail_with(make_projects_workbook(3), 1))
        assert [one.verdict for one in shown.parts] == [Outcome.ACCEPTED]
        refused = office.settle(mail_with(make_projects_workbook(0), 2))
        assert [one.kind for one in refused.mails] == ["refuse_empty_form"]
        mail = message_from_bytes(office.desk.vault.path(refused.mails[0].raw).read_bytes(), policy=default)
        enclosed = read(next(mail.iter_attachments()).get_content())
        assert isinstance(enclosed, Table)
        assert enclosed.data.num_rows == 3
        config = office.config
    form = BOOK.form("2012-kkt-kcn/III.4")
    rows = last_rows(config.store, BOOK, form, BOOK.reporter("40"), BOOK.campaign("2012-kkt-kcn"))
    assert rows is not None
    assert rows.num_rows == 3
    assert last_rows(config.store, BOOK, form, BOOK.reporter("48"), BOOK.campaign("2012-kkt-kcn")) is None
