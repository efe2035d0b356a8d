"""``bot campaign draft``: a letter goes in, a file that nobody can mistake for a campaign in force comes out."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
import structlog
from typer.testing import CliRunner, Result

import bot.terminal
from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.cli import app
from bot.model import Rulebook
from tests.check.small import files
from tests.document.files import docx_of, pdf_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Run: TypeAlias = Callable[..., Result]

LETTERS = Path(__file__).parents[1] / "document" / "letter" / "letters"
NAME = "2023-45-bct-ctdp"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a way to call the command line in an empty folder, without a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot.terminal._Chosen, "config", None)
    yield lambda *words: CliRunner().invoke(app, list(words))
    structlog.reset_defaults()


def letter(name: str = "ra-soat-ccn") -> str:
    return str(LETTERS / f"{name}.txt")


def test_it_writes_the_draft_and_says_what_it_found(run: Run, tmp_path: Path) -> None:
    answer = run("campaign", "draft", letter(), "--to", "nhap")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines()[:3] == [
        "Số: 45/BCT-CTĐP; ngày: 10/2/2023.",
        "Thời hạn: từ ngày 01/3/2023 đến ngày 10/3/2023 → 10/3/2023",
        "Thời hạn (01, 02, 03, 04): trong Quý II năm 2023 → 30/6/2023",
    ]
    assert "Mốc khác, không phải của địa phương: trước ngày 20/4/2023" in answer.stdout
    values = tomllib.loads((tmp_path / "nhap" / NAME / "campaign.toml").read_text("utf-8"))
    assert (values["id"], values["draft"]) == (NAME, True)


def test_of_a_letter_without_a_deadline_it_says_so(run: Run) -> None:
    answer = run("campaign", "draft", letter("khong-thoi-han"))
    assert "không có thời hạn cho địa phương" in answer.stdout


@pytest.mark.parametrize(("ending", "make"), [("docx", docx_of), ("pdf", pdf_of)])
def test_word_and_pdf_are_read_as_well(
    run: Run, tmp_path: Path, ending: str, make: Callable[[list[str]], bytes]
) -> None:
    (tmp_path / f"cong-van.{ending}").write_bytes(make(Path(letter()).read_text("utf-8").splitlines()))
    assert run("campaign", "draft", f"cong-van.{ending}").exit_code == 0
    assert (tmp_path / NAME / "campaign.toml").exists()


def test_it_never_writes_over_a_file(run: Run, tmp_path: Path) -> None:
    run("campaign", "draft", letter())
    draft = tmp_path / NAME / "campaign.toml"
    draft.write_text("của người khác", "utf-8")
    answer = run("campaign", "draft", letter())
    assert (answer.exit_code, draft.read_text("utf-8")) == (3, "của người khác")
    assert "không ghi đè" in answer.stderr


def test_a_scan_and_a_missing_file_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ban-chup.pdf").write_bytes(pdf_of([], picture=True))
    answer = run("campaign", "draft", "ban-chup.pdf")
    assert (answer.exit_code, "nhận dạng chữ" in answer.stderr) == (2, True)
    assert run("campaign", "draft", "khong-co.docx").exit_code == 3


class TestInRules:
    def test_a_draft_beside_the_others_changes_nothing(self, run: Run, tmp_path: Path) -> None:
        for name, data in files().items():
            (tmp_path / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "rules" / name).write_bytes(data)
        before = load_rulebook(read_rules(tmp_path / "rules"))
        run("campaign", "draft", letter(), "--to", "rules")
        after = load_rulebook(read_rules(tmp_path / "rules"))
        assert isinstance(before, Rulebook)
        assert isinstance(after, Rulebook)
        assert (after.hash, after.campaigns) == (before.hash, before.campaigns)
        told = run("rules", "check", "--rules", "rules")
        assert told.exit_code == 0
        assert f"{NAME}: bản nháp, chưa dùng" in told.stdout

    def test_a_draft_that_is_broken_while_it_is_edited_stops_nobody(self) -> None:
        rules = files() | {"nhap/campaign.toml": b'draft = true\ntitle = "', "nhap/B.toml": b"]["}
        assert isinstance(load_rulebook(rules), Rulebook)

    def test_without_its_line_it_names_what_is_still_missing(self, run: Run, tmp_path: Path) -> None:
        run("campaign", "draft", letter())
        text = (tmp_path / NAME / "campaign.toml").read_text("utf-8").replace("draft      = true\n", "")
        loaded = load_rulebook(files() | {f"{NAME}/campaign.toml": text.encode()})
        assert isinstance(loaded, tuple)
        said = "\n".join(map(str, loaded))
        assert f"Không có tệp {NAME}/01.toml cho biểu 01" in said
        assert "narratives" in said or "[[outline]]" in said
