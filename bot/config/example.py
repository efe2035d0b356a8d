"""The example of a configuration with an operator's own values: every comment stays for the next edit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECTION = re.compile(r"\[(?P<name>[\w.]+)\]")
_SETTING = re.compile(
    r"(?P<off># )?(?P<key>\w+) = (?P<value>\"[^\"]*\"|\[[^\]]*\]|[^\s#]+)(?P<gap>\s*)(?P<comment>#.*)?$"
)


def fill_example(example: str, values: Mapping[tuple[str, str], object]) -> str:
    """Return *example* with *values* put in, by section and key; None switches a setting off as a comment.

    Raises KeyError for a setting that the example does not hold.
    """
    lines, section, left = [], "", dict(values)
    for line in example.splitlines():
        begun = _SECTION.match(line)
        section = begun["name"] if begun else section
        found = _SETTING.match(line)
        if found and (section, found["key"]) in left:
            lines.append(_rewritten(found, left.pop((section, found["key"]))))
        else:
            lines.append(line)
    if left:
        raise KeyError(", ".join(f"{section}.{key}" for section, key in left))
    return "\n".join(lines) + "\n"


def _rewritten(found: re.Match[str], value: object) -> str:
    """Return the line of a setting with its new value; its comment stays in its column where there is room."""
    own = f"# {found['key']} = {found['value']}" if value is None else f"{found['key']} = {_toml(value)}"
    if not found["comment"]:
        return own
    return f"{own:<{found.start('comment') - 1}} {found['comment']}"


def _toml(value: object) -> str:
    """Return a value as TOML writes it; JSON writes texts, lists of texts, numbers and truths alike."""
    return json.dumps(value, ensure_ascii=False)
