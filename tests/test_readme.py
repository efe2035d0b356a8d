"""The README says nothing that is not there: every command, option, link and picture that it names exists."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.core
from PIL import Image

from bot.cli import app
from tests import pictures

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CHANGES = (ROOT / "bot" / "CHANGES.md").read_text("utf-8")
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)]+)\)")


def spans(text: str) -> list[str]:
    """Return what *text* sets as code: the lines of its blocks, and what stands between backticks."""
    blocks = _BLOCK.findall(text)
    return [line for block in blocks for line in block.splitlines()] + _INLINE.findall(_BLOCK.sub("", text))


def calls(text: str) -> list[list[str]]:
    """Return the words after ``bot`` of each call that *text* shows."""
    found = []
    for line in spans(text):
        for part in re.split(r"&&|>", line):
            words = shlex.split(part.strip())
            if words[:2] == ["uv", "run"]:
                words = words[2:]
            if words[:2] == ["sudo", "-u"]:
                words = words[3:]
            if words[:1] == ["bot"] and len(words) > 1:
                found.append(words[1:])
    return found


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that *words* lead to, and the words that are left for it."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and rest[0] in {"--config", "--verbose", "--log-json"}:
        rest = rest[2 if rest[0] == "--config" else 1 :]
    while rest and isinstance(command, typer.core.TyperGroup) and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    return command, rest


def anchor(heading: str) -> str:
    """Return the name under which GitHub lets a link lead to *heading*."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


CALLS = sorted({shlex.join(one) for one in calls(README) + calls(CHANGES)})


@pytest.mark.parametrize("call", CALLS)
def test_every_call_that_is_shown_is_one_that_the_program_takes(call: str) -> None:
    words = shlex.split(call)
    command, rest = resolved(words)
    if words[0] == "LỆNH" or words == ["--help"]:
        return
    assert command.name != "bot", f"no verb {words[0]}"
    known = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    named = {word.split("=")[0] for word in rest if word.startswith("-")} - {"--help"}
    assert named <= known, f"{command.name} has no {named - known}"


def test_every_verb_stands_in_the_table_of_commands() -> None:
    table = README.split("\n## Các lệnh\n")[1].split("\n---\n")[0]
    rows = {row.split("`")[1].split()[1] for row in table.splitlines() if row.startswith("| `bot ")}
    group: Any = typer.main.get_command(app)
    assert rows == set(group.commands)


def test_every_option_that_is_named_alone_belongs_to_some_verb() -> None:
    group: Any = typer.main.get_command(app)
    commands = [group, *group.commands.values()]
    commands += [
        deep for one in commands[1:] if isinstance(one, typer.core.TyperGroup) for deep in one.commands.values()
    ]
    known = {flag for one in commands for parameter in one.params for flag in parameter.opts} | {"--help"}
    named = {span.split()[0] for span in spans(README) if span.startswith("--")}
    assert named
    assert named <= known, named - known


def test_every_link_leads_somewhere() -> None:
    headings = {anchor(line.lstrip("#")) for line in README.splitlines() if re.match(r"#{1,4} ", line)}
    for _, shown, target in _LINK.findall(README):
        if target.startswith("#"):
            assert target[1:] in headings, f"[{shown}] leads to no heading: {target}"
        elif "://" not in target:
            assert (ROOT / target).is_file(), f"[{shown}] leads to no file: {target}"


def test_the_pictures_are_all_shown_and_light_and_each_says_what_it_shows() -> None:
    shown = re.findall(r'<img src="\.pictures/([a-z-]+)\.png" width="\d+" alt="([^"]{20,})">', README)
    assert len(shown) == README.count(".pictures/") == 4
    assert {name for name, _ in shown} == {path.stem for path in pictures.FOLDER.iterdir()}
    for path in pictures.FOLDER.iterdir():
        assert path.stat().st_size <= pictures.LARGEST
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("PNG", "P")
            assert image.width >= 900, "blurred where the README is read"


def test_the_pictures_say_what_they_need_where_it_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert pictures.main([]) == 3
    told = capsys.readouterr().out
    assert all(what in told for what in pictures.NEEDED)


def test_every_setting_that_is_named_stands_in_the_example() -> None:
    example = (ROOT / "config.example.toml").read_text("utf-8")
    sections = set(re.findall(r"^\[([a-z.]+)\]", example, re.MULTILINE))
    for section, setting in re.findall(r"`\[([a-z.]+)\](?: ([a-z_]+))?`", README):
        assert section in sections
        if setting:
            own = example.split(f"\n[{section}]")[1].split("\n[")[0]
            assert re.search(rf"^(?:# )?{setting} = ", own, re.MULTILINE), f"[{section}] {setting}"


def test_the_changes_begin_with_the_version_of_the_program() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.findall(r"^## (\S+)", CHANGES, re.MULTILINE)[0] == version
