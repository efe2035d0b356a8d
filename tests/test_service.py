"""What `bot install` prints is what systemd and a container builder take, with as few rights as the daemon needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import build_config
from bot.service import Place, variables, write_container, write_unit
from bot.usage import WRONG_USE

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Config

ANALYZE = shutil.which("systemd-analyze")


def configured(folder: Path, **sections: dict[str, object]) -> Config:
    account = {"host": "mail.bo.example", "port": 993, "user": "baocao@bo.example", "password_env": "BOT_MAIL"}
    values = {"mailbox": account, "smtp": {**account, "sender": "baocao@bo.example"}, **sections}
    return build_config(values, folder / "config.toml")


def settings(unit: str) -> dict[str, list[str]]:
    """Return what the unit sets, by name; a name may come twice."""
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def awkward(tmp_path: Path) -> tuple[Config, Place]:
    """Return a configuration whose folders have all that systemd reads in its own way."""
    folder = tmp_path / 'dữ liệu 100% $HOME "x"'
    folder.mkdir()
    config = configured(folder, store={"folder": "kho %n", "vault": "chung", "page": "trang"})
    return config, Place((sys.executable, "-m", "bot"), folder / "config.toml", "daemon")


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit_whatever_the_folders_are_called(awkward: tuple[Config, Place], tmp_path: Path) -> None:
    unit = tmp_path / "baocao-bot.service"
    unit.write_text(write_unit(*awkward), "utf-8")
    checked = subprocess.run([str(ANALYZE), "verify", str(unit)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_the_unit_is_as_shut_in_as_systemd_can_say(tmp_path: Path) -> None:
    unit = tmp_path / "baocao-bot.service"
    unit.write_text(write_unit(configured(tmp_path), Place((sys.executable,), tmp_path / "config.toml", "daemon")))
    # Threshold 20 is an exposure of 2.0 of 10; what is left is the network.
    command = [str(ANALYZE), "security", "--offline=true", "--threshold=20", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True)
    if "--offline" in judged.stderr:
        pytest.skip("this systemd cannot judge a unit that is not installed")
    assert judged.returncode == 0, judged.stdout.splitlines()[-1:]


def test_only_the_daemon_is_told_to_stop_and_only_its_folders_are_written(awkward: tuple[Config, Place]) -> None:
    config, place = awkward
    unit = settings(write_unit(config, place))
    # systemd's default tells all processes of the service, and the children would drop the mail in hand.
    assert (unit["Type"], unit["WatchdogSec"]) == (["notify"], ["120"])  # what the daemon tells is tested where it does
    assert (unit["KillMode"], unit["ExecReload"]) == (["mixed"], ["/bin/kill -HUP $MAINPID"])
    assert unit["RestartPreventExitStatus"] == ["5"]
    folder = str(place.config.parent).replace("%", "%%").replace('"', '\\"')
    assert unit["ReadWritePaths"] == [f'"{folder}/kho %%n" "{folder}/chung" "{folder}/trang"']
    assert unit["ExecStart"][0].endswith('config.toml" --log-json run')
    assert "$$HOME" in unit["ExecStart"][0]


@pytest.mark.parametrize("env", [True, False])
def test_the_file_of_secrets_is_named_only_where_the_configuration_takes_some_from_it(
    env: bool, tmp_path: Path
) -> None:
    config = configured(tmp_path)
    if not env:
        none = {"password_env": "", "password_file": tmp_path / "mat-khau"}
        mailbox, smtp = (one.model_copy(update=none) for one in (config.mailbox, config.smtp))
        config = config.model_copy(update={"mailbox": mailbox, "smtp": smtp})
    unit = write_unit(config, Place(("/opt/bot",), tmp_path / "config.toml", "baocao"))
    assert ("EnvironmentFile" in settings(unit), "BOT_MAIL" in unit) == (env, env)
    assert ("--env-file" in write_container(config), "BOT_MAIL" in write_container(config)) == (env, env)


def test_the_container_does_not_run_as_root_and_says_whether_it_is_well(tmp_path: Path) -> None:
    config = configured(tmp_path, store={"ledger": "postgresql+psycopg://bot@may-chu/bot"})
    steps = [line.split(maxsplit=1) for line in write_container(config).splitlines() if line and line[0].isupper()]
    words = [step[0] for step in steps]
    assert words[0] == "FROM"
    assert words.index("USER") > max(at for at, word in enumerate(words) if word == "RUN")
    assert dict(steps)["USER"] == "10001"
    assert {"HEALTHCHECK", "VOLUME", "STOPSIGNAL", "ENTRYPOINT"} <= set(words)
    assert '"/ma-nguon[postgresql]"' in write_container(config)


def test_database_and_store_get_their_folders_their_secrets_and_their_libraries(tmp_path: Path) -> None:
    place = Place(("/opt/bot",), tmp_path / "config.toml", "baocao")
    here = configured(tmp_path, store={"ledger": "sqlite:///so/ledger.db"})
    assert f'"{tmp_path}/so"' in settings(write_unit(here, place))["ReadWritePaths"][0]
    far = configured(tmp_path, store={"ledger": "postgresql+psycopg://bot@may-chu/bot", "vault_url": "s3://kho/thu"})
    assert variables(far) == ("BOT_MAIL", "PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    assert '"/ma-nguon[postgresql,s3]"' in write_container(far)


def test_it_is_printed_as_it_is_and_root_gets_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    login = 'host = "mail.bo.example"\nport = 993\npassword_file = "mat-khau"\n'
    path.write_text(f'[mailbox]\n{login}[smtp]\n{login}sender = "baocao@bo.example"\n')

    def printed(*words: str) -> str:
        result = CliRunner().invoke(app, ["--config", str(path), "install", *words], prog_name="bot")
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "\nUSER 10001\n" in printed("--print", "container")
    assert settings(printed("--print", "systemd", "--user", "thu"))["User"] == ["thu"]
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    assert settings(printed("--print", "systemd"))["User"] == ["baocao"]
    refused = CliRunner().invoke(app, ["--config", str(path), "install", "--print", "systemd", "--user", "root"])
    assert refused.exit_code == WRONG_USE
    assert "Không chạy bot bằng root" in refused.stderr
