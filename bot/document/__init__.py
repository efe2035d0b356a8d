"""Word and PDF files as values: what they say, who sends them, and what an outline still misses in them. Pure."""

from bot.document.describe import DocumentFacts, describe
from bot.document.figures import quoted_figures
from bot.document.outline import check_outline, match_outline, named_outlines
from bot.document.read import read_document
from bot.document.signed import is_signed_copy
from bot.document.text import Document, Kind
from bot.document.title import DocumentType

__all__ = [
    "Document",
    "DocumentFacts",
    "DocumentType",
    "Kind",
    "check_outline",
    "describe",
    "is_signed_copy",
    "match_outline",
    "named_outlines",
    "quoted_figures",
    "read_document",
]
