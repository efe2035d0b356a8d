"""The operator's TOML file: every mistake at once, by key, in Vietnamese, and never a secret."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from bot.config import Config, ConfigMistakes, build_config, load_config

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
SMALL = """
[mailbox]
host = "127.0.0.1"
port = 993
[smtp]
host = "127.0.0.1"
port = 465
sender = "baocao@bo.example"
"""
ENGLISH = re.compile(
    r"\b(should|must|valid|invalid|input|value|field|required|expected|greater|less|than|string|integer|number"
    r"|extra|permitted|unable|parse|error|type|got|line|column|statement|character|date|object|dictionary|instance)\b",
    re.IGNORECASE,
)


def mistakes_of(text: str, tmp_path: Path) -> tuple[str, ...]:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigMistakes) as told:
        load_config(path)
    return told.value.mistakes


def with_line(section: str, line: str) -> str:
    """Return the small configuration with one more line in *section*, replacing that key."""
    key = line.split("=")[0].strip()
    blocks = {one.split("]")[0]: one for one in re.split(r"^\[", SMALL, flags=re.MULTILINE)[1:]}
    block = blocks.get(section, f"{section}]\n")
    kept = "\n".join(one for one in block.splitlines() if not one.startswith(f"{key} "))
    blocks[section] = f"{kept}\n{line}\n"
    return "\n".join(f"[{block}" for block in blocks.values())


# -- a good file -----------------------------------------------------------------------------------------------


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(SMALL)
    config = load_config(tmp_path / "config.toml")
    assert config.mailbox.security == config.smtp.security == "tls"
    assert config.work.seconds == 20
    assert config.store.ledger_url == f"sqlite:///{tmp_path / 'data' / 'ledger.db'}"


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nha").mkdir()
    (tmp_path / "nha" / "config.toml").write_text(with_line("content", 'contacts = "danh-ba.csv"'))
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("nha/config.toml"))
    assert config.content.contacts == tmp_path / "nha" / "danh-ba.csv"
    assert config.content.rules is None


def test_a_file_from_windows_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes("\ufeff".encode() + SMALL.replace("\n", "\r\n").encode())
    assert load_config(tmp_path / "config.toml").mailbox.port == 993


@pytest.mark.parametrize("written", ["07:45:00", '"07:45"', '"7:45"', '"07:45:00"'])
def test_a_time_may_be_written_as_people_write_it(written: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(with_line("schedule", f"remind_at = {written}"))
    assert load_config(tmp_path / "config.toml").schedule.remind_at == time(7, 45)


@pytest.mark.parametrize("written", ["2012-07-15", '"2012-07-15"', "2012-07-15T08:00:00"])
def test_a_day_is_a_day(written: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(with_line("mailbox", f"since = {written}"))
    assert load_config(tmp_path / "config.toml").mailbox.since == date(2012, 7, 15)


def test_one_address_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(with_line("ministry", 'digest_to = "vu@bo.example"'))
    assert load_config(tmp_path / "config.toml").ministry.digest_to == ("vu@bo.example",)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_clear_text_is_for_this_machine(host: str) -> None:
    account = {"host": host, "port": 1, "security": "none"}
    config = build_config({"mailbox": account, "smtp": {**account, "sender": "a@bo.example"}}, Path("x.toml"))
    assert config.smtp.security == "none"


# -- the example -------------------------------------------------------------------------------------------------


def leaves(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every setting with its default."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, (*path, name))
        else:
            yield (*path, name), field.default


def uncommented() -> dict[str, dict[str, object]]:
    """Return the example with the settings that are commented out switched on."""
    text = re.sub(r"^# (?=\w+ = )", "", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("password_env"))
    return tomllib.loads(text)


def written(path: tuple[str, ...]) -> object:
    value: object = uncommented()
    for step in path:
        assert isinstance(value, dict)
        value = value.get(step)
    return value


def test_the_example_loads() -> None:
    assert load_config(EXAMPLE).mailbox.host == "imap.bokehoach.example"


def test_the_example_loads_with_all_that_is_commented_out() -> None:
    assert build_config(uncommented(), EXAMPLE).mailbox.since == date(2026, 1, 1)


@pytest.mark.parametrize("path", [path for path, _ in leaves(Config)], ids=".".join)
def test_the_example_holds_every_setting(path: tuple[str, ...]) -> None:
    section = EXAMPLE.read_text("utf-8").split(f"[{'.'.join(path[:-1])}]")[1].split("\n[")[0]
    assert re.search(rf"^(# )?{path[-1]} = ", section, re.MULTILINE)


OF_THE_OFFICE = {"host", "port", "user", "password_env", "sender", "contacts", "digest_to", "operator", "to"}


@pytest.mark.parametrize(
    ("path", "default"),
    [
        (path, default)
        for path, default in leaves(Config)
        if path[-1] not in OF_THE_OFFICE and path != ("smtp", "security") and default is not None
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_what_the_example_shows_is_the_default(path: tuple[str, ...], default: object) -> None:
    value = written(path)
    value = tuple(value) if isinstance(value, list) else value
    assert (Path(value) if isinstance(default, Path) and isinstance(value, str) else value) == default


# -- all mistakes at once --------------------------------------------------------------------------------------


def test_eight_mistakes_are_told_in_one_go_by_their_keys(tmp_path: Path) -> None:
    text = """
    [mailbox]
    host = "imap.bo.example"
    port = -993
    security = "none"
    hots = "x"
    shared_inbox = "có lẽ"
    since = 20120715
    [smtp]
    host = "smtp.bo.example"
    security = "none"
    sender = "vụ KKT"
    [schedule]
    remind_at = "25:00"
    """
    told = dict(one.split(": ", 1) for one in mistakes_of(text, tmp_path))
    assert told == {
        "mailbox.port": "phải từ 1 trở lên",
        "mailbox.security": '"none" chỉ dùng được với máy chủ trên chính máy này; hãy dùng "tls" hoặc "starttls"',
        "mailbox.hots": "không có tham số này; có phải host?",
        "mailbox.shared_inbox": "phải là true hoặc false, không đặt trong ngoặc kép",
        "mailbox.since": "phải là ngày, ghi như 2026-01-31",
        "smtp.port": "thiếu giá trị bắt buộc",
        "smtp.security": '"none" chỉ dùng được với máy chủ trên chính máy này; hãy dùng "tls" hoặc "starttls"',
        "smtp.sender": "không phải địa chỉ thư; ghi như baocao@bo.example",
        "schedule.remind_at": "phải là giờ trong ngày từ 00:00 đến 23:59, ghi như 08:00:00",
    }


@pytest.mark.parametrize(
    ("section", "line", "named"),
    [
        ("mailbox", 'host = ""', "mailbox.host: chỉ ghi tên máy chủ"),
        ("mailbox", 'host = "imaps://imap.bo.example"', "mailbox.host: chỉ ghi tên máy chủ"),
        ("mailbox", 'host = "imap.bo.example:993"', "mailbox.host: chỉ ghi tên máy chủ"),
        ("mailbox", "port = 70000", "mailbox.port: nhiều nhất là 65535"),
        ("mailbox", 'port = "imap"', "mailbox.port: phải là số nguyên"),
        ("mailbox", "port = 1.5", "mailbox.port: phải là số nguyên"),
        ("mailbox", "timeout_seconds = 0", "mailbox.timeout_seconds: phải lớn hơn 0"),
        ("mailbox", 'timeout_seconds = "lâu"', "mailbox.timeout_seconds: phải là số"),
        ("mailbox", "timeout_seconds = nan", "mailbox.timeout_seconds:"),
        ("mailbox", 'security = "ssl"', 'mailbox.security: chỉ nhận "tls", "starttls" hoặc "none"'),
        ("mailbox", "user = 3", "mailbox.user: phải là chữ, đặt trong ngoặc kép"),
        ("mailbox", "ca_file = 3", "mailbox.ca_file: phải là đường dẫn"),
        ("mailbox", 'folder = ""', "mailbox.folder: không được để trống"),
        ("mailbox", "folders = 3", "mailbox.folders: phải là một mục, ghi [mailbox.folders]"),
        ("mailbox", 'folders = {done = "inbox"}', "mailbox.folders: done trùng với hộp thư đang đọc"),
        ("mailbox", 'folders = {doen = "x"}', "mailbox.folders.doen: không có tham số này; có phải done?"),
        ("mailbox", "idle_minutes = 29", "mailbox.idle_minutes: nhiều nhất là 5"),
        ("mailbox", 'since = "hôm nay"', "mailbox.since: phải là ngày"),
        ("mailbox", 'digest_to = "a@b.example"', "mailbox.digest_to: không có tham số này ở đây; digest_to thuộc mục"),
        ("smtp", "sender = 3", "smtp.sender: phải là chữ"),
        ("smtp", 'sender = "a@b@c.example"', "smtp.sender: không phải địa chỉ thư"),
        ("smtp", 'sender_name = "Bộ\\r\\nBcc: a@b.example"', "smtp.sender_name: không được xuống dòng"),
        ("smtp", "daily_limit = -1", "smtp.daily_limit: phải từ 1 trở lên"),
        ("store", 'ledger = "mysql://localhost/bot"', 'store.ledger: chỉ nhận "sqlite:///…"'),
        ("work", "workers = 0", "work.workers: phải từ 1 trở lên"),
        ("work", "memory_mib = 1", "work.memory_mib: phải từ 256 trở lên"),
        ("schedule", "remind_at = 8", "schedule.remind_at: phải là giờ trong ngày"),
        ("schedule", 'remind_at = "08:00Z"', "schedule.remind_at: luôn là giờ Việt Nam"),
        ("schedule", 'digest_day = "monday"', 'schedule.digest_day: chỉ nhận "mon", "tue"'),
        ("ministry", 'digest_to = ["a@b.example", "c"]', "ministry.digest_to, giá trị thứ 2: không phải địa chỉ thư"),
        ("ministry", "digest_to = 3", "ministry.digest_to: phải là danh sách"),
        ("ministry", 'operator = "Nguyễn Văn A"', "ministry.operator: không phải địa chỉ thư"),
        ("smpt", "host = 'x'", "smpt: không có mục này; có phải smtp?"),
        ("store", 'vault_url = "http://a/b"', 'store.vault_url: chỉ nhận "s3://tên-kho/thư-mục"'),
        ("store", 'vault_url = "s3://key:secret@b/c"', "store.vault_url: không ghi khóa truy cập ở đây"),
        ("store", 'vault_endpoint = "http://s3.example"', 'store.vault_endpoint: phải bắt đầu bằng "https://"'),
        ("mailbox", 'user = "bot"\nsign_in = "google"', 'oauth: sign_in = "google" cần thêm key_file'),
        ("smtp", 'user = "bot"\nsign_in = "microsoft"', 'oauth: sign_in = "microsoft" cần thêm tenant'),
        ("smtp", 'sign_in = "google"', "smtp.sign_in: cần ghi user"),
        (
            "alarm.smtp",
            'host = "h"\nport = 9\nsender = "a@b.example"\nuser = "bot"\nsign_in = "google"',
            "alarm.smtp: máy chủ gửi cảnh báo chỉ đăng nhập bằng mật khẩu",
        ),
        ("smtp", 'sign_in = "yahoo"', 'smtp.sign_in: chỉ nhận "password", "google"'),
        ("mailbox", 'password = "x"', "mailbox.password: mật khẩu không ghi trong tệp cấu hình"),
    ],
)
def test_one_mistake_is_one_sentence_by_its_key(section: str, line: str, named: str, tmp_path: Path) -> None:
    told = mistakes_of(with_line(section, line), tmp_path)
    assert len(told) == 1
    assert told[0].startswith(named)
    words = re.sub(r'"[^"]*"', "", told[0].split(": ", 1)[1])
    assert not ENGLISH.search(words.replace("digest_to", "")), told[0]


def test_a_section_that_is_missing_is_named(tmp_path: Path) -> None:
    assert mistakes_of("", tmp_path) == (
        "mailbox: thiếu mục bắt buộc [mailbox]",
        "smtp: thiếu mục bắt buộc [smtp]",
    )


def test_every_kind_of_pydantic_mistake_in_our_settings_is_vietnamese(tmp_path: Path) -> None:
    """Each setting is given a value of each TOML type; whatever is refused, no English comes out."""
    values = ['"x y"', "-1", "1.5", "true", "2012-07-15", "08:00:00", "2012-07-15T08:00:00Z", "[]", "[[1]]", "{a = 1}"]
    for path, _ in leaves(Config):
        for value in values:
            try:
                build_config(tomllib.loads(with_line(".".join(path[:-1]), f"{path[-1]} = {value}")), Path("x"))
            except ConfigMistakes as told:
                for sentence in told.mistakes:
                    said = re.sub(r'"[^"]*"', "", sentence.split(": ", 1)[1])
                    assert not ENGLISH.search(said), sentence
                    assert "không hợp lệ" not in said, sentence


# -- a file that is no TOML ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("port = 99x", "ở dòng 4, cột"),
        ("remind_at = 08:00", "giờ ghi như 08:00:00"),
        ("host = imap.bo.example", "chữ phải đặt trong ngoặc kép"),
        ('host = "imap', "thiếu dấu ngoặc kép đóng"),
        ("host", "thiếu dấu = sau tên tham số"),
        ('ca_file = "C:\\Users\\bot"', "dấu \\ trong ngoặc kép phải ghi hai lần"),
        ("port = 1\nport = 2", "tham số này được ghi hai lần"),
        ("[mailbox]", "mục này được ghi hai lần"),
        ("[smtp", "tên mục thiếu dấu ] đóng"),
        ("digest_to = [", "cú pháp TOML"),
        ("= 3", "cú pháp TOML"),
    ],
)
def test_wrong_syntax_is_told_with_its_line_and_without_english(line: str, named: str, tmp_path: Path) -> None:
    told = mistakes_of(f"# cấu hình\n[mailbox]\n\n{line}\n", tmp_path)
    assert len(told) == 1
    assert told[0].startswith("sai cú pháp TOML")
    assert named in told[0]
    assert not ENGLISH.search(told[0])


def test_the_line_of_a_wrong_syntax_is_not_quoted(tmp_path: Path) -> None:
    assert "hunter2" not in str(mistakes_of("[mailbox]\npassword = hunter2\n", tmp_path))


def test_a_file_that_is_missing_or_not_readable_is_told(tmp_path: Path) -> None:
    for path, cause in ((tmp_path / "khong-co.toml", "không có tệp này"), (tmp_path, "là thư mục, không phải tệp")):
        with pytest.raises(ConfigMistakes) as told:
            load_config(path)
        assert len(told.value.mistakes) == 1
        assert cause in told.value.mistakes[0]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_a_file_in_another_encoding_is_told(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes("# thư\n".encode(encoding))
    with pytest.raises(ConfigMistakes, match="tệp không phải UTF-8"):
        load_config(tmp_path / "config.toml")


# -- secrets ---------------------------------------------------------------------------------------------------


def config_with(**mailbox: object) -> Config:
    account = {"host": "127.0.0.1", "port": 993, "user": "baocao"}
    values = {"mailbox": {**account, **mailbox}, "smtp": {**account, "sender": "a@bo.example"}}
    return build_config(values, Path("/nowhere/config.toml"))


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", "hunter2")
    mailbox = config_with(password_env="BOT_TEST_SECRET").mailbox
    assert mailbox.password() == "hunter2"
    assert mailbox.find_secret_trouble() == ""


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_TEST_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("BOT_TEST_SECRET", value)
    mailbox = config_with(password_env="BOT_TEST_SECRET").mailbox
    assert mailbox.find_secret_trouble() == "biến môi trường BOT_TEST_SECRET chưa được đặt hoặc đang để trống"


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "mat-khau").write_bytes(b" hunter2 \r\n")
    assert config_with(password_file=str(tmp_path / "mat-khau")).mailbox.password() == " hunter2 "


@pytest.mark.parametrize(
    ("content", "cause"),
    [(None, "không có tệp hoặc thư mục này"), (b"\n", "đang để trống"), (b"h\xffunter2", "không phải chữ UTF-8")],
)
def test_a_password_file_that_cannot_be_used_is_named(content: bytes | None, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "mat-khau"
    if content is not None:
        path.write_bytes(content)
    mailbox = config_with(password_file=str(path)).mailbox
    assert str(path) in mailbox.find_secret_trouble()
    assert cause in mailbox.find_secret_trouble()
    with pytest.raises(LookupError) as told:
        mailbox.password()
    assert "unter2" not in repr(told.value)


def test_a_login_without_any_secret_is_told() -> None:
    assert "chưa khai báo password_env hoặc password_file cho baocao" in config_with().mailbox.find_secret_trouble()
    assert config_with(user="").mailbox.find_secret_trouble() == ""


def test_two_secrets_for_one_login_are_a_mistake() -> None:
    with pytest.raises(ConfigMistakes, match=r"mailbox\.password_file: chỉ dùng một trong hai"):
        config_with(password_env="A", password_file="b")


@pytest.mark.parametrize(
    ("mode", "warned", "refused"),
    [(0o600, False, False), (0o400, False, False), (0o640, True, False), (0o604, True, True), (0o602, True, True)],
)
def test_a_password_file_is_warned_of_where_its_group_and_refused_where_all_may_read_it(
    mode: int, warned: bool, refused: bool, tmp_path: Path
) -> None:
    path = tmp_path / "mat-khau"
    path.write_text("hunter2")
    path.chmod(mode)
    mailbox = config_with(password_file=str(path)).mailbox
    assert bool(mailbox.find_open_secret()) is warned
    assert refused is (f"hãy chạy: chmod 600 {path}" in mailbox.find_secret_trouble())
    assert warned is (f"chmod 600 {path}" in mailbox.find_open_secret())


def test_the_configuration_can_be_printed_without_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", "hunter2")
    (tmp_path / "mat-khau").write_text("hunter2")
    for config in (config_with(password_env="BOT_TEST_SECRET"), config_with(password_file=str(tmp_path / "mat-khau"))):
        config.mailbox.password()
        assert "hunter2" not in f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}"


@pytest.mark.parametrize(
    "ledger",
    ["postgresql+psycopg://bot:hunter2@db.bo.example/bot", "postgresql+psycopg://db/bot?user=bot&password=hunter2"],
)
def test_a_database_password_has_no_place_in_the_file(ledger: str, tmp_path: Path) -> None:
    told = mistakes_of(with_line("store", f'ledger = "{ledger}"'), tmp_path)
    assert len(told) == 1
    assert "PGPASSWORD" in told[0]
    assert "hunter2" not in told[0]


def test_a_database_without_a_password_in_its_url_is_taken(tmp_path: Path) -> None:
    url = "postgresql+psycopg://bot@db.bo.example/bot"
    (tmp_path / "config.toml").write_text(with_line("store", f'ledger = "{url}"'))
    assert load_config(tmp_path / "config.toml").store.ledger_url == url


def test_a_value_that_is_refused_is_never_quoted(tmp_path: Path) -> None:
    text = with_line("mailbox", 'user = ["hunter2"]') + '\n[schedule]\ndigest_day = "hunter2"\nmat_khau = "hunter2"\n'
    assert "hunter2" not in str(mistakes_of(text, tmp_path))
