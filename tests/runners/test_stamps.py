"""What our server wrote about the authors of the latest mails, and what an operator must configure for it to count."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.imap import Inbox
from bot.demo.arriving import MX, stamp
from bot.demo.servers import DemoImap
from bot.runners.stamps import Seen, look_at_stamps, tell_stamps
from tests.flow.letters import letter
from tests.flow.office import NOON, configure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config import Config


@pytest.fixture(scope="module")
def imap() -> Iterator[DemoImap]:
    with DemoImap() as server:
        yield server


def config_of(folder: Path, imap: DemoImap, **authentication: Any) -> Config:
    (folder / "mat-khau").write_text(imap.password)
    (folder / "mat-khau").chmod(0o600)
    account = {"host": imap.host, "port": imap.port, "user": imap.user, "password_file": "mat-khau"}
    return configure(
        folder, mailbox=account, authentication={"servers": [], "accept_unproved": False, **authentication}
    )


def test_the_latest_mails_of_the_inbox_are_looked_at_and_where_it_is_empty_those_that_are_done(
    tmp_path: Path, imap: DemoImap
) -> None:
    config = config_of(tmp_path, imap, servers=MX)
    assert look_at_stamps(config) == Seen()
    with closing(Inbox(config.mailbox)) as inbox:
        inbox.connect()
        inbox.append(config.mailbox.folders.done, stamp(letter("đã xong")), NOON)
    assert look_at_stamps(config) == Seen(1, 1, (MX,))

    forged = letter("x", headers={"X-Spam": "no"}).replace(
        b"Subject:", b"Authentication-Results: a.b; none\r\nSubject:"
    )
    imap.deliver(letter("trước"), NOON)
    for number in range(18):
        imap.deliver(stamp(letter(f"{number}")), NOON)
    imap.deliver(forged, NOON)
    imap.deliver(b"Authentication-Results: mx.khac.example; none\r\n" + letter("x"), NOON)

    assert look_at_stamps(config) == Seen(20, 18, (MX, "mx.khac.example"))
    assert look_at_stamps(config_of(tmp_path, imap)) == Seen(20, 0, (MX, "mx.khac.example"))


@pytest.mark.parametrize(
    ("authentication", "seen", "well", "said", "cure"),
    [
        ({"servers": MX}, Seen(20, 18, (MX,)), True, f"18 trong 20 thư mới nhất có kết quả của {MX}", ""),
        ({"microsoft": True}, Seen(3, 3, ("",)), True, "3 trong 3 thư mới nhất có kết quả của Microsoft 365", ""),
        ({"servers": MX}, Seen(), True, "chưa có thư nào để xem", ""),
        ({}, Seen(20, 0, (MX, "b")), False, "mọi thư bị giữ lại", f'ghi [authentication] servers = ["{MX}"]'),
        ({}, Seen(20, 0, ("",)), False, "mọi thư bị giữ lại", "microsoft = true"),
        ({}, Seen(20), False, "20 thư mới nhất không có kết quả chứng thực nào", "Authentication-Results"),
        ({}, Seen(), False, "mọi thư bị giữ lại", "Chạy lại bot doctor"),
        ({"dkim": True}, Seen(20), True, "thư có chữ ký DKIM kiểm tra được thì được tính", "Authentication-Results"),
        ({"dkim": True, "servers": MX}, Seen(5), False, "thư khác bị giữ lại", "OpenDMARC"),
        ({"accept_unproved": True}, Seen(), False, "cũng được tin", "Chạy lại bot doctor"),
        ({"servers": MX}, Seen(5, 0, ("khac.vn",)), False, "0 trong 5", 'servers = ["khac.vn"]'),
        ({"servers": MX}, Seen(5, 0, (MX,)), False, "0 trong 5", "hops"),
        ({"servers": MX}, Seen(5), False, "0 trong 5", "OpenDMARC"),
    ],
)
def test_the_operator_is_told_what_is_proved_and_what_to_write(
    authentication: dict[str, Any], seen: Seen, well: bool, said: str, cure: str, tmp_path: Path
) -> None:
    given = configure(tmp_path, authentication={"servers": [], "accept_unproved": False, **authentication})
    found = tell_stamps(given, seen)
    assert found[0] is well
    assert said in found[1]
    assert cure in found[2]
    assert bool(cure) is bool(found[2])
