"""``bot decide`` at the command line: preview, the ruling, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from tests.check.small import files
from tests.fixtures.office import Office, mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

SECOND = "12-40-0002"
HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    for name, data in files().items():
        path = folder / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with office_at(folder, folder / "rules") as opened:
        assert [send(opened, 5), send(opened, 6)] == ["12-40-0001", SECOND]
        yield opened


def send(office: Office, leased: float) -> str:
    """Send the form with that much land leased of 12.5 ha, and return the receipt."""
    file = sheet_with(HEADERS, (1, "Khu Một", "", 12.5, leased, 30, 2005, "15/7/2005"))
    return office.settle(mail_with(file, office.taken + 1)).receipt


def run(office: Office, *arguments: str) -> Result:
    config = office.config.store.folder.parent / "config.toml"
    try:
        return CliRunner().invoke(app, ["--config", str(config), *arguments])
    finally:
        # The command line sends the log to its own standard error, which is closed when the runner is done.
        structlog.reset_defaults()


def test_a_ruling_is_previewed_then_kept_and_shown(office: Office) -> None:
    previewed = run(office, "decide", SECOND, "invalidate", "--note", "Gửi nhầm bản nháp")
    assert previewed.exit_code == 0, previewed.output
    assert "Tình hình nộp: đạt (lần nộp 2, 12-40-0002) → đạt (lần nộp 1, 12-40-0001)." in previewed.stdout
    assert "Chỉ xem trước, chưa ghi gì." in previewed.stdout
    assert "Bộ quyết định" not in run(office, "show", SECOND).stdout

    decided = run(office, "decide", SECOND, "invalidate", "--note", "Gửi nhầm bản nháp", "--yes")
    assert decided.exit_code == 0, decided.output
    shown = run(office, "show", SECOND).stdout
    assert "loại bỏ lần nộp này, lần trước đó được tính lại. Lý do: Gửi nhầm bản nháp" in shown
    again = run(office, "decide", SECOND, "invalidate", "--note", "Gửi nhầm bản nháp", "--yes")
    assert again.exit_code == 3
    assert "không có gì để đổi" in again.stderr

    # The number of what was taken out is not given again, and the file itself may come again.
    assert "lần nộp 3" in run(office, "show", send(office, 6)).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("12-40-9999", "accept", "--note", "x"), "Không có mã biên nhận 12-40-9999."),
        (("12-40-0001", "accept", "--note", " "), "Hãy ghi lý do"),
        (("12-40-0001", "accept", "--note", "x", "--form", "B"), "không có biểu như vậy; có: --form A --revision 1."),
        (("12-40-0001", "burn", "--note", "x"), "Giá trị chưa hợp lệ"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(office: Office, arguments: tuple[str, ...], said: str) -> None:
    result = run(office, "decide", *arguments)
    assert result.exit_code == 3
    assert said in result.stderr
