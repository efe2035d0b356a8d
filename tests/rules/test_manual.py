"""rules/README.md says what the rules say: it is written by the machine and never runs behind them."""

from __future__ import annotations

import re
from pathlib import Path

from bot.adapters.content import read_templates
from bot.check.catalogue import explained, write_manual
from tests.check.small import RULES
from tests.rules.test_examples import BOOK

TEMPLATES = read_templates(None)
MANUAL = write_manual(BOOK, TEMPLATES)
_CELL_END = re.compile(r"(?<!\\)\|")


def test_the_manual_is_not_stale() -> None:
    same = (RULES / "README.md").read_text("utf-8") == MANUAL
    assert same, "rules/README.md is stale; write it anew with: uv run bot rules manual"


def test_every_form_column_rule_and_notice_is_in_it() -> None:
    flat = MANUAL.replace("\\", "")
    for form in BOOK.forms:
        assert " ".join(form.title.split()) in flat
        assert [one.title for one in form.columns if f"| {one.title} |" not in flat] == []
        assert [one.id for one in form.rules if f"(mã `{one.id}`)" not in flat] == []
    assert [one for one in BOOK.notices if f"| `{one}` |" not in flat] == []


def test_every_file_at_the_top_of_rules_is_explained() -> None:
    assert {one.name for one in RULES.iterdir() if one.is_file()} <= set(explained(TEMPLATES)["files"]) | {"README.md"}


def test_every_table_is_whole() -> None:
    """Each row has as many cells as its header: nothing of a rule's text breaks out of its cell."""
    cells = 0
    for number, line in enumerate(MANUAL.splitlines(), 1):
        if not line.startswith("|"):
            cells = 0
            continue
        cells = cells or len(_CELL_END.findall(line))
        assert (number, len(_CELL_END.findall(line))) == (number, cells)


def test_every_link_leads_somewhere() -> None:
    anchors = re.findall(r'<a id="([^"]+)"></a>', MANUAL)
    assert len(anchors) == len(set(anchors))
    links = set(re.findall(r"\]\(([^)]+)\)", re.sub(r"\\.", "", MANUAL)))
    assert {one[1:] for one in links if one.startswith("#")} <= set(anchors)
    assert [one for one in links if not one.startswith("#") and not Path(RULES, one).is_file()] == []


def test_no_place_was_left_unfilled() -> None:
    assert "{{" not in MANUAL
    assert "{%" not in MANUAL
    assert "None" not in MANUAL
