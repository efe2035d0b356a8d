"""What the daemon knows and how it speaks: rules, contacts and templates, read together and replaced together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.adapters.content import read_templates
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.runners.doctor import find_template_mistakes
from bot.runners.rulebook import RulesBroken, load_configured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Config
    from bot.model import Rulebook


@dataclass(frozen=True, slots=True)
class Content:
    """One reading of the ministry's folders, and who writes by it."""

    rulebook: Rulebook
    templates: Mapping[str, str]
    renderer: Renderer
    writer: Writer


def load_content(config: Config) -> Content:
    """Read what *config* names; raises RulesBroken, and OSError for a file that cannot be read."""
    rulebook, templates = load_configured(config), read_templates(config.content.templates)
    renderer = Renderer(templates)
    return Content(rulebook, templates, renderer, Writer(renderer, rulebook))


def try_content(config: Config) -> Content | tuple[str, ...]:
    """Read what *config* names, or return what is wrong with it, a sentence for each mistake."""
    try:
        return find_template_mistakes(config) or load_content(config)
    except RulesBroken as broken:
        return tuple(str(one) for one in broken.mistakes)
    except OSError as problem:
        return (str(problem),)
