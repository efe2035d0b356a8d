"""What TAB offers in each shell: verbs, options, forms, reporters and choices, without any program being started."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from bot.cli import app

_ASK = {
    "bash": 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bot; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": (
        'compdef() { : }; _files() { print files }; _describe() { print -rl -- "${(@P)2%%:*}" };'
        ' script=$1; shift; source $script; words=("$@"); CURRENT=$#; _bot'
    ),
    "fish": "source $argv[1]; complete -C (string join -- ' ' $argv[2..-1])",
}
SHELLS = [pytest.param(one, marks=pytest.mark.skipif(not shutil.which(one), reason=f"no {one}")) for one in _ASK]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("completion")
    before = Path.cwd()
    os.chdir(folder)  # where no configuration lies
    try:
        for shell in _ASK:
            printed = CliRunner().invoke(app, ["install", "--print", f"completion-{shell}"])
            assert printed.exit_code == 0, printed.output
            (folder / shell).write_text(printed.stdout, "utf-8")
        (folder / "bin").mkdir()
        for program in ("bot", "python", "python3"):
            (folder / "bin" / program).write_text(f"#!/bin/sh\necho {program} was started >&2\n")
            (folder / "bin" / program).chmod(0o755)
    finally:
        os.chdir(before)
    return {shell: folder / shell for shell in _ASK}


def offered(shell: str, script: Path, *words: str) -> set[str]:
    """Return what *shell* offers for the last of *words*, with what may stand there at all where it filters itself."""
    start = [shell, *{"bash": ["--norc", "-c"], "zsh": ["-f", "-c"], "fish": ["--no-config", "-c"]}[shell], _ASK[shell]]
    start += ["zsh"] if shell == "zsh" else []
    path = f"{script.parent / 'bin'}:{os.environ['PATH']}"
    environment = os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(script.parent), "PATH": path}
    told = subprocess.run(
        [*start, str(script), "bot", *words], env=environment, cwd=script.parent, capture_output=True, text=True
    )
    assert told.stderr == "", told.stderr
    found = {line.partition("\t")[0].replace("\\ ", " ") for line in told.stdout.splitlines() if line}
    return {one for one in found if one.startswith(words[-1])} | ({"files"} & found)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("words", "some", "never"),
    [
        (("st",), {"status"}, {"show"}),
        (("held", ""), {"release", "assign"}, {"status"}),
        (("check", "--"), {"--json", "--marked", "--help"}, {"--to"}),
        (("blank", "III"), {"III.1", "III.2", "III.3", "III.4"}, {"I.1"}),
        (("blank", "III.4", "--reporter", "4"), {"40", "48"}, {"III.4"}),
        (("status", "Ngh"), {"Nghệ An"}, set()),
        (("extend", "4"), {"40", "48"}, {"I.1"}),
        (("extend", "40", "I.1", "I."), {"I.2"}, {"40"}),
        (("decide", "12-40-0057", ""), {"accept", "return", "invalidate"}, set()),
        (("install", "--print", "completion-"), {"completion-bash", "completion-zsh", "completion-fish"}, {"systemd"}),
        (("--config", "x.toml", "held", "rel"), {"release"}, set()),
        (("page", "--campaign", "2012"), {"2012-kkt-kcn"}, set()),
    ],
)
def test_tab_offers_what_may_stand_there(
    shell: str, words: tuple[str, ...], some: set[str], never: set[str], scripts: dict[str, Path]
) -> None:
    found = offered(shell, scripts[shell], *words)
    assert some <= found
    assert not never & found


@pytest.mark.parametrize("shell", SHELLS)
def test_a_file_is_offered_where_a_file_is_meant(shell: str, scripts: dict[str, Path]) -> None:
    (scripts[shell].parent / "bieu.xlsx").touch()
    found = offered(shell, scripts[shell], "check", "")
    # bash falls back to files by itself where nothing is offered.
    assert {"bash": not found, "zsh": "files" in found, "fish": "bieu.xlsx" in found}[shell]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_is_offered(shell: str, scripts: dict[str, Path]) -> None:
    assert offered(shell, scripts[shell], "") >= set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
