"""The wheel holds rules, templates and the example, and the program finds them there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ASK = """
import json, sys
import bot
from bot.adapters.content import default_folder, read_rules, read_templates
from bot.check.load import load_rulebook
from bot.config import load_config
from bot.model import Rulebook
load_config(default_folder("rules").parent / "config.example.toml")
print(json.dumps({
    "package": bot.__file__,
    "rules": str(default_folder("rules")),
    "templates": len(read_templates(None)),
    "loads": isinstance(load_rulebook(read_rules(None)), Rulebook),
}))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an unpacked wheel; skips where the build backend cannot be had."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    command = [uv, "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)]
    try:
        built = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("the build backend could not be fetched in time")
    if built.returncode and any(word in built.stderr for word in ("fetch", "resolve", "connect", "dns", "network")):
        pytest.skip("the build backend could not be fetched")
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", ["rules", "templates"])
def test_the_wheel_holds_every_file_of_the_ministry(name: str, unpacked: Path) -> None:
    def files(folder: Path) -> dict[str, bytes]:
        found = (one for one in folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}

    assert files(unpacked / "bot" / "defaults" / name) == files(ROOT / name)


def test_the_wheel_holds_the_example_configuration(unpacked: Path) -> None:
    packed = unpacked / "bot" / "defaults" / "config.example.toml"
    assert packed.read_bytes() == (ROOT / "config.example.toml").read_bytes()


def test_the_wheel_holds_the_migrations_and_no_tests(unpacked: Path) -> None:
    assert list((unpacked / "bot" / "adapters" / "migrations" / "versions").glob("*.py"))
    assert not (unpacked / "tests").exists()


def test_the_wheel_holds_the_licence_and_says_which_it_is(unpacked: Path) -> None:
    (metadata,) = unpacked.glob("baocao_bot-*.dist-info/METADATA")
    assert "License-Expression: MIT" in metadata.read_text("utf-8")
    assert (metadata.parent / "licenses" / "bot" / "LICENSE").read_text() == (ROOT / "bot" / "LICENSE").read_text()


def test_the_wheel_names_its_command(unpacked: Path) -> None:
    (points,) = unpacked.glob("baocao_bot-*.dist-info/entry_points.txt")
    assert "bot = bot.__main__:main" in points.read_text()


def test_the_unpacked_wheel_works_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    told = json.loads(asked.stdout)
    assert Path(told["package"]) == unpacked / "bot" / "__init__.py"
    assert Path(told["rules"]) == unpacked / "bot" / "defaults" / "rules"
    assert told["templates"] == len([*(ROOT / "templates").rglob("*.txt"), *(ROOT / "templates").rglob("*.html")])
    assert told["loads"] is True


def test_the_demo_says_what_to_install_where_its_servers_are_not_there(unpacked: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['pymap'] = None; sys.argv = ['bot', 'demo']; from bot.__main__ import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert told.returncode == 3
    assert "pip install 'baocao-bot[demo]'" in told.stderr
    assert not (tmp_path / "bot-demo").exists()


def test_the_demo_finds_all_that_it_needs_in_its_extra(unpacked: Path) -> None:
    (metadata,) = unpacked.glob("baocao_bot-*.dist-info/METADATA")
    packed = metadata.read_text("utf-8")
    wanted = {name for line in packed.splitlines() if (name := re.match(r"Requires-Dist: ([\w-]+)", line))}
    brought = requires("pymap") or []  # its own servers and logins come with it
    names = {one[1].lower() for one in wanted} | {re.split(r"[^\w.-]", one)[0].lower() for one in brought}
    roots = {word for path in (unpacked / "bot" / "demo").glob("*.py") for word in _imported(path.read_text("utf-8"))}
    given = packages_distributions()
    for root in roots - set(sys.stdlib_module_names) - {"bot"}:
        assert {one.lower() for one in given[root]} & names, root


def _imported(text: str) -> set[str]:
    """Return the roots of what a module imports, those only for types apart."""
    run = text.split("if TYPE_CHECKING:")[0] + "\n".join(re.findall(r"^    +(?:from|import) .*$", text, re.MULTILINE))
    return set(re.findall(r"^\s*(?:from|import) ([a-z_0-9]+)", run, re.MULTILINE))
