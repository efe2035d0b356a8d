"""What the doctor says of those who may give orders by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.runners.doctor.officers import OFFICERS
from tests.flow.letters import NGHE_AN
from tests.flow.office import OURS, configure

if TYPE_CHECKING:
    from pathlib import Path

OFFICER = "truong.phong@bokehoach.example"
_UNPROVED: dict[str, Any] = {"servers": [], "accept_unproved": False}


@pytest.mark.parametrize(
    ("officers", "proofs", "well", "said", "cure"),
    [
        ([OFFICER], {}, True, OFFICER, ""),
        ([OFFICER], _UNPROVED | {"dkim": True}, True, OFFICER, ""),
        ([OFFICER], _UNPROVED, False, "không lệnh nào được thực hiện", "[authentication] servers"),
        ([OFFICER], {"servers": [], "accept_unproved": True}, False, "không lệnh nào được thực hiện", "servers"),
        ([OFFICER, OURS.upper()], {}, False, f"{OURS.upper()} là địa chỉ của chính hệ thống", "[ministry] officers"),
        ([NGHE_AN], {}, True, f"{NGHE_AN} cũng là địa chỉ của Nghệ An trong danh bạ", "hai địa chỉ khác nhau"),
    ],
)  # fmt: skip
def test_officers_must_be_proved_and_nobody_else_beside(
    tmp_path: Path, officers: list[str], proofs: dict[str, Any], well: bool, said: str, cure: str
) -> None:
    config = configure(tmp_path, ministry={"officers": officers}, authentication=proofs)
    found = OFFICERS[1](config)
    assert found.well is well
    assert said in found.said
    assert cure in found.cure
    assert bool(found.cure) is bool(cure)
