"""rules/, templates/ and contacts as they lie on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import default_folder, read_contacts, read_rules, read_templates

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Đây là {name}", "utf-8")
    return folder


@pytest.mark.parametrize("name", ["rules", "templates"])
def test_what_came_with_the_program_is_found(name: str) -> None:
    assert default_folder(name).is_dir()


def test_rules_are_named_by_their_path_and_only_toml_and_csv_count(tmp_path: Path) -> None:
    write(tmp_path, "a/I.1.toml", "reporters.csv", "README.md", "a/I.1.toml~", "a/I.1.toml.bak")
    assert set(read_rules(tmp_path)) == {"a/I.1.toml", "reporters.csv"}
    assert read_rules(tmp_path)["reporters.csv"] == "Đây là reporters.csv".encode()


def test_files_of_editors_and_file_managers_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a/I.1.toml", ".git/config.toml", "a/.I.1.toml", "a/.#I.1.toml")
    assert set(read_rules(tmp_path)) == {"a/I.1.toml"}


def test_a_folder_below_a_hidden_one_is_read_all_the_same(tmp_path: Path) -> None:
    assert set(read_rules(write(tmp_path / ".ministry", "a.toml"))) == {"a.toml"}


@pytest.mark.parametrize("read", [read_rules, read_templates])
def test_a_missing_folder_is_no_empty_folder(read: object, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told:
        read(tmp_path / "quy-tac")  # type: ignore[operator]
    assert told.value.filename == str(tmp_path / "quy-tac") or told.value.filename == tmp_path / "quy-tac"


def test_the_operators_templates_win_and_ours_fill_the_gaps(tmp_path: Path) -> None:
    ours = read_templates(None)
    changed = next(iter(ours))
    own = write(tmp_path, changed, "vi/_them.txt", "vi/ghi-chu.md")
    read = read_templates(own)
    assert read[changed] == f"Đây là {changed}"
    assert set(read) == {*ours, "vi/_them.txt"}


def test_the_byte_order_mark_of_windows_is_not_part_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffKính gửi".encode())
    assert read_templates(tmp_path)["a.txt"] == "Kính gửi"


def test_a_template_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"K\xednh g\xfdi")
    with pytest.raises(OSError, match=r"a\.txt"):
        read_templates(tmp_path)


def test_contacts_are_optional(tmp_path: Path) -> None:
    assert read_contacts(None) is None
    (tmp_path / "danh-ba.csv").write_bytes(b"reporter,address,role\n")
    assert read_contacts(tmp_path / "danh-ba.csv") == b"reporter,address,role\n"
    with pytest.raises(FileNotFoundError):
        read_contacts(tmp_path / "khong-co.csv")
