"""A mistake in a template, as its author can use it: file, line, and what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateAssertionError, TemplateNotFound, TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SLIPS = (TypeError, ValueError, ArithmeticError, LookupError)
"""What an expression in a template may raise beside jinja2.TemplateError, like any Python."""
_UNKNOWN = re.compile(r"'(\w+)' is undefined")
_NO_FIELD = re.compile(r".* has no (?:attribute|element) '?(\w+)'?")
_NO_FILTER = re.compile(r"No (?:filter|test) named '(\w+)'")


@dataclass(frozen=True, slots=True)
class TemplateMistake:
    """Where a template is wrong, and how."""

    file: str
    """The path inside the language's folder; empty where it is not known."""
    line: int
    """0 where the file as a whole is meant."""
    cause: str

    def __str__(self) -> str:
        """Return the mistake as one line: ``held/body.txt, dòng 3: …``."""
        place = f"{self.file}, dòng {self.line}" if self.line else self.file
        return f"{place}: {self.cause}" if place else self.cause


def locate(problem: Exception, files: Collection[str]) -> TemplateMistake | None:
    """Return the mistake behind an exception of a template, None where it comes from elsewhere.

    *files* are the names under which the templates were loaded.
    """
    if isinstance(problem, TemplateSyntaxError):
        return TemplateMistake(problem.name or problem.filename or "", problem.lineno, _cause(problem))
    if isinstance(problem, TemplateNotFound):
        return TemplateMistake(str(problem.name or ""), 0, "không có tệp này")
    places = [(file, line) for file, line in _frames(problem) if file in files]
    return TemplateMistake(*places[-1], _cause(problem)) if places else None


def _frames(problem: Exception) -> Iterator[tuple[str, int]]:
    """Yield file and line of each frame, the innermost last; those of compiled templates are told by their source."""
    at = problem.__traceback__
    while at is not None:
        template = at.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            yield str(template.filename), int(template.get_corresponding_lineno(at.tb_lineno))
        else:
            yield at.tb_frame.f_code.co_filename, at.tb_lineno
        at = at.tb_next


def _cause(problem: Exception) -> str:
    said = " ".join(str(problem).split())
    unknown, no_field, no_filter = (pattern.match(said) for pattern in (_UNKNOWN, _NO_FIELD, _NO_FILTER))
    if unknown:
        return f"thư này không có giá trị “{unknown[1]}”"
    if no_field:
        return f"giá trị này không có phần “{no_field[1]}”"
    if isinstance(problem, TemplateAssertionError) and no_filter:
        return f"không có phép “{no_filter[1]}”"
    return f"cú pháp chưa đúng ({said})" if isinstance(problem, TemplateSyntaxError) else f"không tính được ({said})"
