"""``bot init``: from a few answers to a configuration that opens the mailbox, and a secret that nobody else reads."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
import structlog
from typer.testing import CliRunner, Result

import bot.terminal
from bot.adapters.imap import Inbox
from bot.cli import app
from bot.config import load_config
from bot.config.example import fill_example
from bot.config.providers import PROVIDERS
from bot.demo.servers import DemoImap

if TYPE_CHECKING:
    from collections.abc import Iterator

Run: TypeAlias = Callable[..., Result]

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
ADDRESS = "baocao@bo.example"
PEOPLE = ("--operator", "quantri@bo.example", "--digest-to", "vu@bo.example")
TRUST = ("--trust", "mx.bo.example")
SECRET = "mật khẩu rất riêng"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a way to call ``bot init`` in an empty folder; *typed* is what a person answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot.terminal._Chosen, "config", None)
    yield lambda *words, typed="": CliRunner().invoke(app, ["init", *words], input=typed)
    structlog.reset_defaults()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_person_is_asked_only_what_matters(run: Run, tmp_path: Path) -> None:
    people = ["quantri@bo.example", "vu@bo.example"]
    answers = ["zimbra", ADDRESS, "", "", *people, "mx.bo.example", SECRET, "c"]
    answer = run(typed="\n".join(answers) + "\n")
    assert answer.exit_code == 0, answer.output
    config = load_config(tmp_path / "config.toml")
    assert (config.mailbox.host, config.mailbox.port, config.mailbox.security) == ("mail.bo.example", 993, "tls")
    assert (config.smtp.host, config.smtp.port, config.smtp.security) == ("mail.bo.example", 587, "starttls")
    assert (config.mailbox.user, config.smtp.sender) == (ADDRESS, ADDRESS)
    assert (config.ministry.operator, config.ministry.digest_to) == ("quantri@bo.example", ("vu@bo.example",))
    assert config.authentication.servers == ("mx.bo.example",)
    assert config.mailbox.password() == config.smtp.password() == SECRET
    assert SECRET not in answer.output


def test_the_secret_lies_apart_and_is_open_to_nobody_else(run: Run, tmp_path: Path) -> None:
    run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--yes", typed=f"{SECRET}\n")
    assert (mode(tmp_path / "bi-mat"), mode(tmp_path / "bi-mat" / "mat-khau-thu")) == (0o700, 0o600)
    assert SECRET not in (tmp_path / "config.toml").read_text("utf-8")
    config = load_config(tmp_path / "config.toml")
    assert config.mailbox.find_secret_trouble() == config.mailbox.find_open_secret() == ""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_gives_a_configuration_that_loads_and_keeps_each_comment(
    run: Run, tmp_path: Path, provider: str
) -> None:
    words = ("--provider", provider, "--address", ADDRESS, *PEOPLE, "--password-env", "BOT_SECRET", "--yes")
    answer = run(
        *words, "--imap", "imap.bo.example", "--smtp", "smtp.bo.example:465", *TRUST, "--campaign", "2012-kkt-kcn"
    )
    assert answer.exit_code == 0, answer.output
    text = (tmp_path / "config.toml").read_text("utf-8")
    config = load_config(tmp_path / "config.toml")
    assert (config.smtp.port, config.smtp.security) == (465, "tls")
    assert config.ministry.campaigns == ("2012-kkt-kcn",)
    assert config.mailbox.password_env == "BOT_SECRET"
    comments = re.findall(r"(?<=\S) +(# .+)$", EXAMPLE.split("[mailbox]", 1)[1], re.MULTILINE)
    assert len(comments) > 40
    assert [one for one in comments if one not in text] == []
    assert not (tmp_path / "bi-mat").exists()


def test_a_careful_office_begins_with_drafts(run: Run, tmp_path: Path) -> None:
    words = ("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--yes")
    wrong = run(*words, "--mode", "nhap", typed=f"{SECRET}\n")
    assert "sending.mode" in wrong.output
    assert not (tmp_path / "config.toml").exists()
    run(*words, "--mode", "drafts", typed=f"{SECRET}\n")
    assert load_config(tmp_path / "config.toml").sending.mode_of("reply_returned") == "drafts"


def test_what_the_services_do_by_themselves_is_known(run: Run, tmp_path: Path) -> None:
    run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--password-env", "A", "--yes")
    gmail = load_config(tmp_path / "config.toml")
    assert (gmail.mailbox.host, gmail.smtp.host, gmail.mailbox.save_sent) == ("imap.gmail.com", "smtp.gmail.com", False)
    assert gmail.authentication.servers == ("mx.google.com",)


def test_microsoft_is_signed_in_to_with_the_secret_of_an_application(run: Run, tmp_path: Path) -> None:
    words = ("--provider", "microsoft365", "--address", ADDRESS, *PEOPLE, "--client-id", "1234", "--yes")
    answer = run(*words, typed=f"\n{SECRET}\n")
    assert answer.exit_code == 0, answer.output
    office = load_config(tmp_path / "config.toml")
    assert (office.mailbox.host, office.smtp.host) == ("outlook.office365.com", "smtp.office365.com")
    assert (office.smtp.security, office.authentication.microsoft) == ("starttls", True)
    assert (office.provider, office.oauth.tenant, office.oauth.client_id) == ("microsoft", "bo.example", "1234")
    assert office.oauth.client_secret() == SECRET
    assert mode(tmp_path / "bi-mat" / "khoa-ung-dung") == 0o600
    assert office.oauth.find_secret_trouble("microsoft") == ""


def test_without_a_secret_a_person_signs_in_at_microsoft(run: Run, tmp_path: Path) -> None:
    words = ("--provider", "microsoft365", "--address", ADDRESS, *PEOPLE, "--tenant", "t", "--client-id", "1", "--yes")
    answer = run(*words, typed="\n")
    assert "rồi chạy bot sign-in, sau đó bot doctor" in answer.stdout
    assert not load_config(tmp_path / "config.toml").oauth.is_app
    assert not (tmp_path / "bi-mat").exists()


def test_google_may_be_signed_in_to_with_a_key(run: Run, tmp_path: Path) -> None:
    (tmp_path / "khoa.json").write_text("{}", "utf-8")
    run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--key-file", "khoa.json", "--yes")
    config = load_config(tmp_path / "config.toml")
    assert (config.provider, config.oauth.key_file) == ("google", tmp_path / "khoa.json")


def test_without_a_name_to_trust_nobody_is_trusted(run: Run, tmp_path: Path) -> None:
    words = ("--provider", "dovecot", "--address", ADDRESS, "--imap", "a.example", "--smtp", "a.example", *PEOPLE)
    assert run(*words, "--password-env", "A", "--yes", typed="\n").exit_code == 0
    assert not load_config(tmp_path / "config.toml").authentication.has_source


def test_with_the_answers_a_real_server_lets_us_in(run: Run, tmp_path: Path) -> None:
    with DemoImap(password=SECRET) as server:
        words = ("--provider", "dovecot", "--address", server.user, "--imap", f"{server.host}:{server.port}")
        answer = run(*words, "--smtp", "127.0.0.1:2525", *PEOPLE, *TRUST, "--yes", typed=f"{SECRET}\n")
        assert answer.exit_code == 0, answer.output
        config = load_config(tmp_path / "config.toml")
        assert config.mailbox.security == "none"
        with closing(Inbox(config.mailbox)) as inbox:
            inbox.connect()
            assert inbox.select().exists == 0


def test_the_mail_server_of_this_machine_takes_mail_without_a_login(run: Run, tmp_path: Path) -> None:
    words = ("--provider", "dovecot", "--address", ADDRESS, "--imap", "localhost:143", "--smtp", "localhost:25")
    answer = run(*words, *PEOPLE, *TRUST, "--yes", typed=f"{SECRET}\n")
    assert answer.exit_code == 0, answer.output
    config = load_config(tmp_path / "config.toml")
    assert (config.smtp.security, config.smtp.user, config.smtp.password_file) == ("none", "", None)
    assert config.mailbox.password() == SECRET


@pytest.mark.parametrize("name", ["config.toml", "bi-mat/mat-khau-thu"])
def test_it_never_writes_over_a_file(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("cũ", "utf-8")
    answer = run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--yes", typed=f"{SECRET}\n")
    assert (answer.exit_code, (tmp_path / name).read_text("utf-8")) == (3, "cũ")
    assert "không ghi đè" in answer.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--provider", "yahoo"), "Không có dịch vụ yahoo"),
        (("--provider", "gmail", "--address", "baocao"), "smtp.sender: không phải địa chỉ thư"),
        (("--provider", "dovecot", "--address", ADDRESS, "--imap", "imap.bo.example:x"), "không phải tên máy chủ"),
        (("--provider", "gmail", "--address", ADDRESS, "--campaign", "2011"), "Không có đợt báo cáo 2011; các đợt"),
        (("--provider", "gmail"), "Thiếu: Địa chỉ hộp thư nhận báo cáo."),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    answer = run(*words, *PEOPLE, "--smtp", "smtp.bo.example", "--password-env", "A", "--yes")
    assert (answer.exit_code, said in answer.stderr) == (3, True), answer.output
    assert list(tmp_path.iterdir()) == []


def test_without_consent_nothing_is_written(run: Run, tmp_path: Path) -> None:
    answer = run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, typed=f"{SECRET}\nk\n")
    assert (answer.exit_code, list(tmp_path.iterdir())) == (3, [])


def test_contacts_that_are_there_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "danh-ba.csv").write_text("reporter,address,role\n40,a@tinh.example,\n", "utf-8")
    run("--provider", "gmail", "--address", ADDRESS, *PEOPLE, "--password-env", "A", "--yes")
    assert "a@tinh.example" in (tmp_path / "danh-ba.csv").read_text("utf-8")


def test_a_setting_that_the_example_does_not_hold_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match=r"mailbox\.hosts"):
        fill_example(EXAMPLE, {("mailbox", "hosts"): "x"})
