"""Writers of the project's own templates, for the sample campaigns."""

from __future__ import annotations

from bot.adapters.content import default_folder, read_templates
from bot.preview.campaign import RULEBOOK
from bot.preview.wide import WIDE
from bot.reply.render import Renderer
from bot.reply.write import Writer

TEMPLATES = default_folder("templates")


RENDERER = Renderer(read_templates(None))
WRITER = Writer(RENDERER, RULEBOOK)
WIDE_WRITER = Writer(RENDERER, WIDE)
