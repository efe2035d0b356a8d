"""The code that a blank workbook carries: which form, for whom, in which state; bot.sheet.code reads it back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.blank_token import make_token

if TYPE_CHECKING:
    from bot.model import Campaign, Column, Form, Reporter

PROPERTY = "baocao_ma"
"""The custom document property."""
DEFINED_NAME = "_baocao_ma"
"""The hidden defined name; its underscore keeps it apart from the names that people give."""


def code_of(form: Form, reporter: Reporter, campaign: Campaign) -> str:
    """Return ``baocao:2012-kkt-kcn/III.4:48:3f9a2c1d``: ASCII without a character that XML would escape."""
    return f"baocao:{quote(f'{campaign.id}/{form.id}', safe='/')}:{quote(reporter.code, safe='')}:{version_of(form)}"


def sealed_code_of(form: Form, reporter: Reporter, campaign: Campaign, secret: bytes) -> str:
    """Return the code with the token that only who knows *secret* can make: for the carriers that nobody sees.

    What people see goes around on paper and in pictures. Without a secret it is the code alone.
    """
    code = code_of(form, reporter, campaign)
    if not secret:
        return code
    return f"{code}:{make_token(f'{campaign.id}/{form.id}', reporter.code, version_of(form), secret)}"


def version_of(form: Form) -> str:
    """Return eight hex digits that change with what a blank of *form* shows or asks: title, columns, limits, choices.

    Rules, other accepted wordings and examples do not count: a blank is not outdated by them.
    """
    facts = [form.full_id, form.title, *map(_facts, form.columns)]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:8]


def _facts(column: Column) -> list[object]:
    limits = [None if one is None else f"{one.normalize():f}" for one in (column.min, column.max, column.above)]
    choices = [one.value for one in column.choices]
    printed = [column.number] if column.number else []
    return [column.key, column.title, column.type, column.unit, column.required, column.sum, limits, choices, *printed]
