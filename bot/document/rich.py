"""Rich Text (.rtf), which some programs write under the name .doc: the text without its dress."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from bot.document.text import MAX_CHARACTERS, Document, Kind, Writing

_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I)
_HIDDEN = re.compile(
    r"(?:fonttbl|colortbl|stylesheet|info|pict|object|generator|listtable|listoverridetable|revtbl|rsidtbl|themedata"
    r"|colorschememapping|datastore|latentstyles|xmlnstbl|filetbl|fldinst|nonshppict|mmathPr)$"
)
"""Groups that hold no text of the document."""
_BREAKS = {"par": "\n", "line": "\n", "cell": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": " "}
_MARKS = {"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
_SYMBOLS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_DEPTH = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it."""

    hidden: bool = False
    replaced: int = 1
    """How many plain characters stand in for one Unicode character (``\\uc``)."""


class _Text:
    """The visible text so far; single bytes wait until their neighbours have come, as some code pages use two."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.code_page = "cp1252"
        self.length = 0
        self._waiting = bytearray()

    def byte(self, data: bytes) -> None:
        self._waiting += data
        self.length += len(data)

    def write(self, text: str) -> None:
        self.settle()
        self.parts.append(text)
        self.length += len(text)

    def settle(self) -> None:
        if self._waiting:
            self.parts.append(self._waiting.decode(self.code_page, "replace"))
            self._waiting.clear()


def read_rich(data: bytes) -> Document:
    """Return the text of a Rich Text file (RTF 1.9.1); what cannot be understood is passed over, as the format asks."""
    text, states, skip, pictures = _Text(), [_State()], 0, 0
    for token in _TOKEN.finditer(data):
        word, number, code, symbol, brace, plain = token.groups()
        if text.length > MAX_CHARACTERS or len(states) > _DEPTH:
            break
        state = states[-1]
        if brace:
            _turn(states, brace)
        elif word:
            name = word.decode("ascii")
            pictures += name == "pict"
            skip = _obey(name, int(number or b"0"), number is not None, states, text, skip)
        elif symbol == b"*":
            states[-1] = replace(state, hidden=True)
        elif not state.hidden:
            skip = _show(code, symbol, plain, text, skip)
    text.settle()
    writing = Writing()
    writing.add("".join(text.parts))
    return writing.document(Kind.RTF, pictures=pictures)


def _turn(states: list[_State], brace: bytes) -> None:
    if brace == b"{":
        states.append(states[-1])
    elif len(states) > 1:
        states.pop()


def _obey(name: str, number: int, given: bool, states: list[_State], text: _Text, skip: int) -> int:
    """Do what a control word says; return how many plain characters are to be passed over next."""
    state = states[-1]
    if _HIDDEN.match(name):
        states[-1] = replace(state, hidden=True)
    elif name == "uc":
        states[-1] = replace(state, replaced=min(max(number, 0), 16))
    elif name == "ansicpg":
        text.code_page = _known(f"cp{number}")
    elif state.hidden:
        return skip
    elif name == "u" and given:
        text.write(chr(number % 0x10000))
        return state.replaced
    else:
        shown = _BREAKS.get(name) or _MARKS.get(name)
        if shown:
            text.write(shown)
    return skip


def _show(code: bytes | None, symbol: bytes | None, plain: bytes | None, text: _Text, skip: int) -> int:
    """Write what is no control word, but for the characters that stand in for Unicode; return how many are left."""
    if code:
        if not skip:
            text.byte(bytes([int(code, 16)]))
        return max(skip - 1, 0)
    if plain:
        text.byte(plain[skip:])
        return max(skip - len(plain), 0)
    if symbol:
        text.write(_SYMBOLS.get(symbol.decode("latin-1"), ""))
    return skip


def _known(code_page: str) -> str:
    try:
        return codecs.lookup(code_page).name
    except LookupError:
        return "cp1252"
