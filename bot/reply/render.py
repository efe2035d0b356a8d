"""Templates to text: the text is the master, the HTML adds layout."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import css_inline
from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError

from bot.language import capitalize_first, number
from bot.phrasebook import Phrasebook
from bot.reply.contexts import KINDS
from bot.reply.mistakes import TemplateMistake, locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.runtime import Context

    from bot.reply.letter import Letter

PHRASES = "_phrases.txt"
"""Macros that every template may call, in text and in HTML."""
MASTER_BLOCKS = ("verdict", "todo", "details")
"""Blocks of a mail's body.txt that its body.html gets, so that no sentence is written twice."""
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The three texts of a mail."""

    subject: str
    text: str
    html: str


class Renderer:
    """All mails of one language, compiled when first used and kept.

    *templates* maps the path inside ``templates/`` (``vi/held/body.txt``; the language may be left out) to its source.
    Two environments read the same files: in the HTML one everything is escaped, the shared phrases too.
    """

    def __init__(self, templates: Mapping[str, str], language: str = "vi") -> None:
        sources = frozenset((name.removeprefix(f"{language}/"), source) for name, source in templates.items())
        self._files = frozenset(name for name, _ in sources)
        self._text = _environment(sources, autoescape=False)
        self._html = _environment(sources, autoescape=True)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)

    def find_mistakes(self) -> tuple[TemplateMistake, ...]:
        """Compile every mail; return what is missing or cannot be read, nothing when all is well."""
        mistakes: list[TemplateMistake | None] = []
        for kind in KINDS.values():
            for name, environment in (("subject.txt", self._text), ("body.txt", self._text), ("body.html", self._html)):
                try:
                    environment.get_template(f"{kind}/{name}")
                except TemplateError as problem:
                    mistakes.append(self.locate(problem))
        return tuple(one for one in mistakes if one is not None)

    def locate(self, problem: Exception) -> TemplateMistake | None:
        """Return where in the templates a problem of ``render`` lies, None where it is not theirs."""
        return locate(problem, self._files)

    def phrasebook(self, file: str) -> Phrasebook:
        """Return the phrases of one file, for what is drawn; raises jinja2.TemplateError where it is wrong."""
        return Phrasebook(self._text, file)

    def render(self, context: Letter) -> Rendered:
        """Return the texts of a context's mail; raises jinja2.TemplateError where a template is wrong."""
        values = {one.name: getattr(context, one.name) for one in dataclasses.fields(context)}
        return self.render_values(KINDS[type(context)], values)

    def render_page(self, name: str, values: Mapping[str, Any]) -> str:
        """Return one page of the status site; raises jinja2.TemplateError where its template is wrong."""
        return self._html.get_template(f"page/{name}.html").render(values)

    def render_values(self, kind: str, values: Mapping[str, Any]) -> Rendered:
        """Return the texts of that kind of mail from the fields of its context, stored ones included."""
        body = self._text.get_template(f"{kind}/body.txt")
        context = body.new_context(dict(values))
        whole = "".join(body.root_render_func(context))
        # Only now does the context know the blocks of the templates that this one extends; its own stand before them.
        master = {name: _block(context, name) for name in MASTER_BLOCKS}
        page = self._html.get_template(f"{kind}/body.html").render(values, text=master)
        return Rendered(
            subject=" ".join(self._text.get_template(f"{kind}/subject.txt").render(values).split()),
            text=_tidy(whole) + "\n",
            html=self._inliner.inline(page),
        )


@lru_cache(maxsize=4)
def _environment(files: frozenset[tuple[str, str]], *, autoescape: bool) -> Environment:
    """Return where the mails are compiled. The same files give the same one: compiling all takes half a second."""
    sources = dict(files)
    made = Environment(
        loader=FunctionLoader(lambda name: (sources[name], name, None) if name in sources else None),
        autoescape=autoescape,  # noqa: S701  plain text is not markup; the HTML environment escapes everything
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.filters["capitalize_first"] = capitalize_first
    phrases = made.get_template(PHRASES).module
    made.globals.update({name: macro for name, macro in vars(phrases).items() if not name.startswith("_")})
    return made


def _block(context: Context, name: str) -> str:
    """Return one block of a template that was rendered with *context*, empty where it has none of that name."""
    blocks = context.blocks.get(name)
    return _tidy("".join(blocks[0](context))) if blocks else ""


def _tidy(text: str) -> str:
    """Return *text* without blanks at line ends and with single empty lines, so that templates may breathe."""
    return _GAPS.sub("\n\n", _TRAILING.sub("", text)).strip()
