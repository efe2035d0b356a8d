"""``bot extend`` at the operator's door: seen first, kept with who and when, followed by all, taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.ledger import Ledger
from bot.cli import app

pytestmark = pytest.mark.usefixtures("office")


def bot(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), prog_name="bot")
    return result.exit_code, " ".join(result.output.split())


def extend(*words: str) -> tuple[int, str]:
    return bot("extend", "48", "I.1", *words)


def granted() -> list[tuple[str, date, str]]:
    if not Path("data/ledger.db").exists():
        return []
    ledger = Ledger("sqlite:///data/ledger.db")
    try:
        return [(one.form, one.until, one.reason) for one in ledger.extensions()]
    finally:
        ledger.close()


def test_an_extension_is_seen_before_it_is_kept() -> None:
    until = ("--until", "2012-07-20", "--reason", "Chờ số liệu KCN mới")
    code, told = extend(*until)
    assert code == 0
    assert "Đà Nẵng, Biểu I.1" in told
    assert "trước ngày 15/7/2012 → chậm nhất ngày 20/7/2012" in told
    assert "Hiện đang quá hạn 3 ngày; sau khi gia hạn thì chưa quá hạn." in told
    assert "Chỉ xem trước" in told
    assert granted() == []

    assert extend(*until, "--yes")[0] == 0
    assert granted() == [("I.1", date(2012, 7, 20), "Chờ số liệu KCN mới")]
    assert "Chờ số liệu KCN mới" in bot("extend")[1]


def test_status_follows_and_an_extension_may_be_taken_back() -> None:
    extend("--until", "2012-07-20", "--reason", "Chờ số liệu", "--yes")
    line = "chậm nhất ngày 20/7/2012 (còn 2 ngày; theo gia hạn: Chờ số liệu)"
    assert f"C{line[1:]}" in bot("status", "48")[1]
    assert (
        "Gia hạn cho Đà Nẵng: Biểu I.1, chậm nhất ngày 20/7/2012; lý do: Chờ số liệu."
        in bot("status", "2012-kkt-kcn")[1]
    )

    assert "chậm nhất ngày 20/7/2012 → trước ngày 15/7/2012" in extend("--back")[1]
    assert granted() != []
    assert extend("--back", "--yes")[0] == 0
    assert granted() == []
    assert line not in bot("status")[1]
    assert "thôi từ 10:00 ngày 18/7/2012" in bot("extend")[1]


def test_of_two_extensions_the_later_counts() -> None:
    extend("--until", "2012-07-20", "--reason", "a", "--yes")
    code, told = extend("--until", "2012-07-19", "--reason", "b", "--yes")
    assert code == 0
    assert "chậm nhất ngày 20/7/2012 → chậm nhất ngày 19/7/2012" in told
    assert "chậm nhất ngày 19/7/2012" in bot("status", "48")[1].lower()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("48", "I.1", "--until", "2012-07-20"), "Hãy ghi lý do sau --reason."),
        (("48", "I.1", "--reason", "x"), "Hãy ghi ngày cuối được nộp sau --until"),
        (("48", "I.1", "--until", "2012-07-15", "--reason", "x"), "ngày gia hạn phải sau ngày đó"),
        (("48", "I.1", "--until", "2013-02-01", "--reason", "x"), "chỉ được theo dõi đến ngày 4/1/2013"),
        (("48", "I.9", "--until", "2012-07-20", "--reason", "x"), "Đà Nẵng không phải gửi I.9"),
        (("48", "II.1-CK", "--until", "2012-07-20", "--reason", "x"), "2012-kkt-kcn/I.1"),
        (("48",), "Hãy ghi biểu được gia hạn"),
        (("Atlantis", "I.1", "--until", "2012-07-20", "--reason", "x"), "Không có đơn vị báo cáo nào là Atlantis."),
        (("48", "I.1", "--back"), "không có gia hạn nào đang có hiệu lực"),
        (("48", "I.1", "--until", "20/7", "--reason", "x"), "--until"),
    ],
)
def test_what_is_no_extension_is_told_with_its_cure(words: tuple[str, ...], said: str) -> None:
    code, told = bot("extend", *words)
    assert code == 3
    assert said in told
    assert granted() == []
