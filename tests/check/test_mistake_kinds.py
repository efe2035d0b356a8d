"""A mistake of each kind in the ministry's own files: file, line and a sentence, and nothing else is said."""

from __future__ import annotations

import re

import pytest

from bot.check.load import load_rulebook
from bot.model import Rulebook
from tests.check.small import RULES

FILE = "2012-kkt-kcn/III.4.toml"
RULE = """
[[rule]]
id       = "thu_nghiem"
title    = "Thử"
severity = "query"
status   = "trial"
since    = 2012-09-01
source   = "Thử"
require  = "thoi_han_nam <= 70"
cell     = "thoi_han_nam"
say      = "{thoi_han_nam.o} ghi {thoi_han_nam}"
fix      = "Đề nghị kiểm tra lại."
good     = [{thoi_han_nam = 50}]
bad      = [{thoi_han_nam = 71}]
"""


def mistakes(rule: str) -> list[tuple[str, int, str]]:
    """Return what the loader says of our own rules with *rule* below those of III.4; lines count from its first."""
    files = {one.relative_to(RULES).as_posix(): one.read_bytes() for one in RULES.rglob("*") if one.is_file()}
    above = files[FILE].decode().rstrip("\n").count("\n") + 1
    files[FILE] = files[FILE].rstrip(b"\n") + b"\n" + rule.encode()
    found = load_rulebook(files)
    return [] if isinstance(found, Rulebook) else [(one.file, one.line - above, one.say) for one in found]


def test_the_rule_itself_is_right() -> None:
    assert mistakes(RULE) == []


@pytest.mark.parametrize(
    ("key", "written", "says"),
    [
        ("fix", 'fixx = "Đề nghị kiểm tra lại."', "Không có khóa nào tên là fixx"),
        ("require", 'require = "thoi_han <= 70"', "Biểu không có cột thoi_han"),
        ("cell", 'cell = "thoi_han"', "Biểu không có cột thoi_han"),
        ("bad", "bad = [{thoi_han = 71}]", "Ví dụ nhắc cột thoi_han, nhưng biểu không có cột đó"),
        ("require", 'require = "thoi_han_nam <= "', "SQL không đọc được"),
        ("require", 'require = "thoi_han_nam LIKE 7"', "SQL không hợp với các cột của biểu"),
        ("source", 'source = ""', "Khóa source đang để trống"),
        ("bad", "bad = []", "Khóa bad phải có ít nhất một mục"),
        ("id", 'id = "thoi_han_qua_dai"', "Mã thoi_han_qua_dai đã dùng cho một quy tắc khác"),
    ],
)
def test_is_reported_at_its_line(key: str, written: str, says: str) -> None:
    rule = re.sub(rf"(?m)^{key} .*$", lambda _: written, RULE)
    line = rule.splitlines().index(written) + 1
    assert any((file, at) == (FILE, line) and say.startswith(says) for file, at, say in mistakes(rule)), mistakes(rule)


@pytest.mark.parametrize("key", ["source", "bad", "id", "severity", "status", "since", "cell", "say", "fix"])
def test_a_missing_key_is_reported_at_the_rules_own_line(key: str) -> None:
    rule = re.sub(rf"(?m)^{key} .*\n", "", RULE)
    assert mistakes(rule) == [(FILE, 2, f"Thiếu khóa {key}")]
