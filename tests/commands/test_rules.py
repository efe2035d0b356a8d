from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from tests.check.small import FORM, files, with_rule
from tests.fixtures.office import mail_with, office_at, sheet_with, write_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")


def write_rules(folder: Path, form: str = FORM, **others: str) -> Path:
    for name, data in files(form, **others).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """The command line sends the log to its own standard error, which is closed when the runner is done."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def run(tmp_path: Path, rules: Path) -> Run:
    """Run ``bot rules …`` with a configuration that names *rules*."""
    config = write_config(tmp_path, rules)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), "rules", *arguments])

    return invoke


class TestCheck:
    def test_of_good_rules_counts_them(self, run: Run) -> None:
        result = run("check")
        assert result.exit_code == 0, result.output
        assert "Dùng được: 1 đợt báo cáo, 1 biểu, 1 quy tắc (1 áp dụng, 0 đang thử, 0 đã ngừng)" in result.stdout
        assert "2 nghĩa vụ báo cáo của 2 đơn vị" in result.stdout

    def test_of_bad_rules_tells_every_mistake_with_file_and_line(self, run: Run, rules: Path) -> None:
        form = with_rule(cell='"o_nao"', source='""')
        write_rules(rules, form, reporters="code,name\n")
        result = run("check")
        lines = [number for number, line in enumerate(form.splitlines(), 1) if line.startswith(("cell =", "source ="))]
        assert result.exit_code == 1
        assert "reporters.csv:1: Thiếu cột full_name, addressee, kind\n" in result.stdout
        assert f"thu/A.toml:{lines[1]}: Khóa source đang để trống\n" in result.stdout

    def test_looks_at_another_folder_when_told(self, run: Run, tmp_path: Path) -> None:
        edited = write_rules(tmp_path / "edited", with_rule(bad=""))
        assert run("check", "--rules", str(edited)).exit_code == 1
        assert run("check").exit_code == 0

    def test_of_a_folder_that_is_not_there_is_wrong_use(self, run: Run) -> None:
        result = run("check", "--rules", "khong-co")
        assert (result.exit_code, result.stderr) == (3, "Không có thư mục khong-co.\n")


class TestManual:
    def test_is_written_beside_the_rules_and_then_holds(self, run: Run, rules: Path) -> None:
        assert run("manual").exit_code == 0
        assert "Đã cho thuê lớn hơn diện tích" in (rules / "README.md").read_text("utf-8")
        result = run("manual", "--check")
        assert (result.exit_code, "đúng với các tệp quy tắc" in result.stdout) == (0, True)

    def test_check_says_that_it_is_stale_and_how_to_renew_it(self, run: Run, rules: Path) -> None:
        run("manual")
        write_rules(rules, with_rule(title='"Tên khác"'))
        result = run("manual", "--check")
        assert (result.exit_code, "bot rules manual" in result.stderr) == (1, True)
        assert "Tên khác" not in (rules / "README.md").read_text("utf-8")

    def test_of_bad_rules_leaves_the_old_one(self, run: Run, rules: Path) -> None:
        run("manual")
        before = (rules / "README.md").read_text("utf-8")
        write_rules(rules, with_rule(fix=""))
        assert run("manual").exit_code == 1
        assert (rules / "README.md").read_text("utf-8") == before


class TestTry:
    def test_prints_whose_verdict_would_change_and_why(self, tmp_path: Path, rules: Path) -> None:
        with office_at(tmp_path, rules) as office:
            office.settle(mail_with(sheet_with(HEADERS, (1, "Khu Một", "", 12.5, 5, 30, 2005, "15/7/2005")), 1))
            office.settle(mail_with(sheet_with(HEADERS, (1, "Khu Hai", "", 12.5, 13, 30, 2005, "15/7/2005")), 2))
        edited = write_rules(tmp_path / "edited", with_rule(severity='"query"', status='"trial"'))
        config = ["--config", str(tmp_path / "config.toml")]

        result = CliRunner().invoke(app, [*config, "rules", "try", "--rules", str(edited)])
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[:2] == [
            "12-40-0002 Nghệ An, A: cần chỉnh sửa → đạt yêu cầu",
            "    ± cho_thue_vuot (lỗi → cần giải trình, đang thử), trang Sheet, E3: E3 ghi 13 ha, D3 ghi 12,5 ha",
        ]
        assert "Đã chạy thử 2 thư: 1 đổi kết luận, 0 chỉ đổi phát hiện, 0 không chạy thử được." in result.stdout

    def test_of_bad_rules_tells_the_mistakes_and_tries_nothing(self, run: Run, tmp_path: Path) -> None:
        edited = write_rules(tmp_path / "edited", with_rule(require='"cho_thue >"'))
        result = run("try", "--rules", str(edited))
        assert (result.exit_code, "thu/A.toml:" in result.stdout) == (1, True)

    def test_without_a_ledger_says_that_there_is_nothing_and_makes_none(self, run: Run, tmp_path: Path) -> None:
        result = run("try")
        assert (result.exit_code, "Chưa có bản nộp nào để thử" in result.stderr) == (3, True)
        assert not (tmp_path / "data").exists()
