"""The log: one line for each thing, which names nobody and quotes nothing."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog

from bot.journal import tell_problem, write_journal
from bot.runners.pool import Fault

SOMEBODY = "tran.thi.b@nghean.example"


def journal() -> Any:
    """Return the log, written as a machine reads it."""
    write_journal(as_json=True)
    return structlog.get_logger("test")


def read(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (f"550 5.1.1 <{SOMEBODY}>: không có hộp thư này", "550 5.1.1 <…@nghean.example>: không có hộp thư này"),
        ({"to": [SOMEBODY, 7]}, {"to": ["…@nghean.example", 7]}),
        (f"silence:{SOMEBODY}/2012", "silence:…@nghean.example/2012"),
        (f"{SOMEBODY},la@xa.example", "…@nghean.example,…@xa.example"),
        ("người@tỉnh.example", "…@tỉnh.example"),
        ("không có địa chỉ nào @ đây", "không có địa chỉ nào @ đây"),
    ],
)
def test_addresses_are_hidden_wherever_they_stand(
    answer: object, told: object, capsys: pytest.CaptureFixture[str]
) -> None:
    journal().warning("mail put off", answer=answer)
    (line,) = read(capsys)
    assert (line["event"], line["level"], line["answer"]) == ("mail put off", "warning", told)


def test_the_name_of_a_mail_of_ours_stays_whole(capsys: pytest.CaptureFixture[str]) -> None:
    journal().info("mail sent", message_id="<7f3a@bokehoach.example>")
    assert read(capsys)[0]["message_id"] == "<7f3a@bokehoach.example>"


def test_a_failure_is_one_line_with_its_kind_and_places_and_quotes_no_cell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def read_row() -> None:
        raise KeyError("Khu công nghiệp Nam Cấm\n1.327 ha")

    def settle() -> None:
        try:
            read_row()
        except KeyError as problem:
            raise ValueError("Nguyễn Văn A") from problem

    try:
        settle()
    except ValueError:
        journal().exception("a round failed")
    (line,) = read(capsys)
    assert line["failure"].startswith("ValueError [tests.test_journal:")
    assert " <- KeyError [tests.test_journal:" in line["failure"]
    assert not [word for word in ("Nam Cấm", "Nguyễn", "1.327") if word in json.dumps(line, ensure_ascii=False)]


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (OSError(28, "No space left on device", "/data/vault/x"), "OSError: No space left on device []"),
        (Fault("the child process died\nof SIGKILL"), "Fault: the child process died of SIGKILL []"),
        (RuntimeError("Nguyễn Văn A"), "RuntimeError []"),
    ],
)
def test_only_what_the_system_and_we_ourselves_say_is_told_of_a_failure(problem: Exception, told: str) -> None:
    assert tell_problem(problem) == told


def test_what_a_library_logs_comes_without_what_it_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    journal()
    journal()  # a second time: still one line for each thing
    logging.getLogger("some.library").warning("cannot read %s", "Danh sách cán bộ.xlsx")
    logging.getLogger("some.library").info("opened")
    (line,) = read(capsys)
    assert (line["event"], line["library"], line["level"]) == ("cannot read %s", "some.library", "warning")


def test_a_person_reads_lines_of_words(capsys: pytest.CaptureFixture[str]) -> None:
    write_journal()
    log = structlog.get_logger("test")
    log.debug("not asked for")
    log.info("settled", receipt="12-40-0057")
    (line,) = capsys.readouterr().err.splitlines()
    assert "settled" in line
    assert "receipt=12-40-0057" in line
