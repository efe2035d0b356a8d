from __future__ import annotations

from decimal import Decimal

import pytest

from bot.document import Document, Kind, quoted_figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            "Trên địa bàn tỉnh hiện có 6 KCN với tổng diện tích 1.850,5 ha.",
            {"so_kcn": "6", "tong_dien_tich_ha": "1850.5"},
        ),
        ("Tỷ lệ lấp đầy bình quân đạt 86,83%.", {"ty_le_lap_day": "86.83"}),
        ("Tổng số cụm công nghiệp là 54 cụm.", {"so_ccn": "54"}),
        ("Tổng số CCN là 54.", {"so_ccn": "54"}),
        ("Phấn đấu tỷ lệ lấp đầy đạt 95%.", {}),
        ("Tỷ lệ lấp đầy đạt khoảng 95%.", {}),
        ("Tổng diện tích 1.234 ha.", {}),
        ("Tỷ lệ lấp đầy đạt 80%. Tỷ lệ lấp đầy đạt 60%.", {}),
        ("Tỷ lệ lấp đầy đạt 80%. Như vậy, tỷ lệ lấp đầy là 80,0%.", {"ty_le_lap_day": "80"}),
        ("KCN Mẫu có 6 dự án.", {}),
    ],
)
def test_only_figures_that_can_be_read_in_one_way_are_quoted(text: str, figures: dict[str, str]) -> None:
    found = quoted_figures(Document(Kind.DOCX, (text,)))
    assert found == {key: Decimal(value) for key, value in figures.items()}
