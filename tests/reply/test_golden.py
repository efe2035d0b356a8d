"""Each mail as a person reads it, beside its sample: ``pytest --accept`` writes, a person reviews."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.content import read_templates
from bot.model import Outgoing
from bot.preview.mails import SAMPLES, Gallery
from bot.reply.contexts import KINDS

GOLDEN = Path(__file__).parent / "golden"
GALLERY = Gallery(read_templates(None))


def variants_of(kind: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in SAMPLES if name == kind or name.startswith(f"{kind}_")))


def _write(case: str) -> Outgoing:
    mail = GALLERY.write(case)
    assert isinstance(mail, Outgoing), mail
    return mail


@pytest.mark.parametrize("case", SAMPLES)
def test_mail_reads_as_the_golden_files_say(case: str, accept: bool) -> None:
    mail, folder = _write(case), GOLDEN / case
    texts = {"subject.txt": mail.subject + "\n", "body.txt": mail.text, "body.html": mail.html}
    for name, text in texts.items():
        path = folder / name
        if accept:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text, f"{case}/{name}"


def test_no_golden_folder_is_left_over(accept: bool) -> None:
    if accept:
        pytest.skip("the folders are being written")
    assert {path.name for path in GOLDEN.iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_mail_has_sample_data_under_its_own_name(kind: str) -> None:
    assert kind in variants_of(kind)
    assert {_write(name).kind for name in variants_of(kind)} == {kind}


def test_every_sample_is_of_a_mail() -> None:
    assert {name for kind in KINDS.values() for name in variants_of(kind)} == set(SAMPLES)
