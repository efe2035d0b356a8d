"""From a context to three texts."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pytest
from lxml import html

from bot.adapters.content import read_templates
from bot.model import Matter, Outcome, RefusalReason, Understanding
from bot.preview.campaign import RULEBOOK
from bot.preview.files import FileWords
from bot.preview.findings import finding
from bot.preview.mails import SAMPLES
from bot.preview.samples import HEADING, NOW, OWED_1, SHA, accepted_part, checked_part, decision, refused, refused_part
from bot.reply.contexts import KINDS, REFUSALS, Digest, Held
from bot.reply.render import Rendered, Renderer
from bot.reply.replies import answer
from bot.reply.write import Writer
from tests.reply.writers import RENDERER, TEMPLATES, WRITER

if TYPE_CHECKING:
    from bot.reply.letter import Letter

HOSTILE = '<script src="//x.example/a.js"></script><img src=x onerror=alert(1)>{{ 7*7 }}\r\nBcc: a@x.example\u202e'


class _Recorder(Renderer):
    """A renderer that keeps the contexts it was given."""

    def __init__(self) -> None:
        super().__init__(read_templates(None))
        self.contexts: list[Letter] = []

    def render(self, context: Letter) -> Rendered:
        self.contexts.append(context)
        return super().render(context)


def _contexts() -> dict[str, Letter]:
    recorder, words = _Recorder(), FileWords.of(read_templates(None))
    for sample in SAMPLES.values():
        sample.build(Writer(recorder, sample.rulebook), words)
    return dict(zip(SAMPLES, recorder.contexts, strict=True))


CONTEXTS = _contexts()


def test_each_mail_has_one_folder_with_three_files_and_nothing_else() -> None:
    folders = {
        path.name: sorted(file.name for file in path.iterdir())
        for path in (TEMPLATES / "vi").iterdir()
        if path.is_dir() and path.name not in ("manual", "page")  # rules/README.md and the status page are no mails
    }
    assert folders == {kind: ["body.html", "body.txt", "subject.txt"] for kind in KINDS.values()}


def test_each_outcome_and_reason_has_its_own_mail() -> None:
    assert set(REFUSALS) == set(RefusalReason)
    plain = {
        outcome: answer(decision(outcome, accepted_part()), RULEBOOK, NOW)
        for outcome in Outcome
        if outcome not in (Outcome.REFUSED, Outcome.TRIAL, Outcome.ANSWERED)  # these hang on more than the outcome
    }
    kinds = {outcome: KINDS[type(context)] for outcome, context in plain.items() if context}
    assert kinds == {
        Outcome.ACCEPTED: "reply_accepted",
        Outcome.RETURNED: "reply_returned",
        Outcome.DUPLICATE: "reply_duplicate",
        Outcome.SIGNED: "reply_signed",
        Outcome.HELD: "held",
        Outcome.FAILED: "fault_sender",
    }
    # What an officer orders is answered by a transcript, or by a request to confirm.
    asked = set(Matter) - {Matter.ORDERS}
    assert {kind for kind in KINDS.values() if kind.startswith("answer_")} == {f"answer_{one}" for one in asked}
    for reason in RefusalReason:
        context = answer(refused(reason), RULEBOOK, NOW)
        assert context is not None
        assert KINDS[type(context)] == f"refuse_{reason}"


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_context_survives_a_json_round_trip(context: Letter) -> None:
    stored = json.loads(json.dumps(asdict(context)))
    assert RENDERER.render_values(KINDS[type(context)], stored) == RENDERER.render(context)


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_first_two_lines_are_verdict_and_what_to_do(context: Letter) -> None:
    lines = RENDERER.render(context).text.splitlines()
    assert all(line.endswith(".") and line[0].isupper() for line in lines[:2])
    assert lines[2] == ""


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_html_holds_the_words_of_the_text_and_no_others(context: Letter) -> None:
    rendered = RENDERER.render(context)
    body = rendered.html.partition("<body")[2]
    shown = unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<!--.*?-->", " ", body.partition(">")[2], flags=re.DOTALL)))
    assert set(re.findall(r"\w+", shown)) == set(re.findall(r"\w+", rendered.text))


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_html_is_inlined_and_loads_nothing(context: Letter) -> None:
    html = RENDERER.render(context).html
    assert "<style" not in html
    assert not re.search(r"<(script|link|iframe|form|object)\b|https?://|url\(", html)
    assert all(re.search(r'src="cid:[^"]+"', picture) for picture in re.findall(r"<img\b[^>]*>", html))
    assert 'style="' in html


TAGS = {"html", "head", "meta", "title", "body", "table", "tbody", "tr", "th", "td", "p", "b", "br", "div", "img"}
"""What Gmail, Outlook and Zimbra all draw alike."""
MODERN = re.compile(r"\b(position|float|flex|grid-|transform|animation|@media|var\(|calc\()")


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_html_is_plain_enough_for_every_mail_program(context: Letter) -> None:
    page = html.document_fromstring(RENDERER.render(context).html)
    elements = [one for one in page.iter() if isinstance(one.tag, str)]
    assert {one.tag for one in elements} <= TAGS
    assert not [key for one in elements for key in one.attrib if str(key).startswith("on")]
    assert not [one.get("style") for one in elements if MODERN.search(str(one.get("style", "")))]
    body = [one for one in elements if one.tag in {"p", "td", "th"} and (one.text or "").strip()]
    assert all("font-family" in str(one.get("style")) and "color" in str(one.get("style")) for one in body)
    layout = [one for one in elements if one.tag == "table" and "grid" not in str(one.get("class"))]
    assert all(one.get("role") == "presentation" for one in layout)
    (outer,) = [one for one in elements if one.get("class") == "page"]
    assert "max-width: 640px" in str(outer.get("style"))


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_text_is_polite_and_calm(context: Letter) -> None:
    rendered = RENDERER.render(context)
    words = rendered.subject + "\n" + rendered.text
    assert "!" not in words
    assert not re.search(r"\b(bạn|None|null|Undefined|True|False)\b", words)
    assert isinstance(context, Digest) or not re.search(r"\S  +\S", words)
    assert "\n" not in rendered.subject


def test_unknown_field_is_an_error_not_a_gap() -> None:
    templates = {"_phrases.txt": "", "held/subject.txt": "{{ receipt }}", "held/body.txt": "", "held/body.html": ""}
    held = next(one for one in CONTEXTS.values() if isinstance(one, Held))
    with pytest.raises(jinja2.UndefinedError):
        Renderer(templates).render(held)


def test_mistakes_in_templates_are_found_before_any_mail() -> None:
    assert RENDERER.find_mistakes() == ()
    mistakes = Renderer({"_phrases.txt": "", "held/subject.txt": "{% if %}"}).find_mistakes()
    assert len(mistakes) == 3 * len(KINDS)
    told = {str(one) for one in mistakes}
    assert "held/body.html: không có tệp này" in told
    assert any(one.startswith("held/subject.txt, dòng 1: cú pháp chưa đúng (") for one in told)


def test_no_phrase_hides_a_field() -> None:
    phrases = set(re.findall(r"macro (\w+)\(", (TEMPLATES / "vi" / "_phrases.txt").read_text("utf-8")))
    assert not phrases & {one.name for context in KINDS for one in fields(context)}


def test_shared_phrases_hold_no_markup() -> None:
    text = (TEMPLATES / "vi" / "_phrases.txt").read_text("utf-8")
    assert not re.search(r"</?[a-z]|&[a-z#]|\|\s*safe", re.sub(r"{#.*?#}", "", text, flags=re.DOTALL))


def test_no_template_trusts_a_value() -> None:
    sources = [path.read_text("utf-8") for path in Path(TEMPLATES).rglob("*.html")]
    assert not [one for one in sources if re.search(r"\|\s*safe\b|autoescape\s+false", one)]


@pytest.mark.parametrize("outcome", [Outcome.RETURNED, Outcome.REFUSED])
def test_foreign_text_never_becomes_a_tag_or_a_line(outcome: Outcome) -> None:
    hostile = finding("J14", say=HOSTILE, fix=HOSTILE, title=HOSTILE, column=HOSTILE, sheet=HOSTILE, written=HOSTILE)
    unread = refused_part(RefusalReason.WRONG_TYPE, HOSTILE, detail=HOSTILE)
    understood = (Understanding(HOSTILE, "Q", HOSTILE, HOSTILE),)
    parts = (unread,) if outcome is Outcome.REFUSED else (checked_part(hostile, understood=understood), unread)
    reason = RefusalReason.WRONG_TYPE if outcome is Outcome.REFUSED else None
    given = decision(outcome, *parts, reason=reason, documents=(HOSTILE,), owed=(OWED_1,))
    context = answer(given, RULEBOOK, NOW, (HOSTILE,))
    assert context is not None
    rendered = RENDERER.render(context)
    assert not re.search(r"<(script|img)", rendered.html)
    assert not re.search(r"^Bcc:", rendered.text, re.MULTILINE)
    assert "\u202e" not in rendered.text + rendered.html
    assert "49" not in rendered.text


def test_held_mail_tells_nothing_about_anyone() -> None:
    stranger = decision(Outcome.HELD, accepted_part(), owed=(OWED_1,), documents=("CV 128.pdf",))
    mail = WRITER.build_reply(stranger, HEADING, SHA, NOW)
    assert mail is not None
    for secret in ("Nghệ An", "12-40-0031", "III.4", "CV 128", HEADING.subject):
        assert secret not in mail.subject + mail.text + mail.html


def test_dates_are_calendar_values_not_objects() -> None:
    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(plain(one) for one in value.values())
        if isinstance(value, (tuple, list)):
            return all(plain(one) for one in value)
        return value is None or (isinstance(value, (str, int)) and not isinstance(value, (date, datetime)))

    assert all(plain(asdict(context)) for context in CONTEXTS.values())
