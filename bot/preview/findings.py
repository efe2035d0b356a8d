"""What was found in the sample workbook, worded as the real rules word it."""

from __future__ import annotations

from bot.model import Finding, Place, Severity, letter_of
from bot.preview.campaign import COLUMNS
from bot.preview.files import HEADER_ROW


def finding(
    cell: str,
    *,
    rule: str = "da_cho_thue_vuot_co_the_cho_thue",
    severity: Severity = Severity.ERROR,
    title: str = "Diện tích đã cho thuê lớn hơn diện tích có thể cho thuê",
    say: str = "J14 ghi 120 ha, I14 ghi 102 ha",
    fix: str = "Đề nghị kiểm tra lại hai cột; đơn vị là ha, không phải m².",
    column: str = "Diện tích đất công nghiệp đã cho thuê",
    sheet: str = "Biểu I.1",
    written: str = "",
    trial: bool = False,
) -> Finding:
    """Return a finding in one cell of form I.1."""
    row = int("".join(char for char in cell if char.isdigit()) or 0)
    return Finding(rule, severity, title, say, fix, Place(sheet, cell, row, column), "", written, trial)


LEASED = (finding("J14"), finding("J17", say="J17 ghi 88,5 ha, I17 ghi 80 ha"))
YEARS = tuple(
    finding(
        f"L{row}",
        rule="nam_sai",
        title="Chưa đọc được năm",
        say=f'Ô L{row} ghi "{written}", chưa đọc được thành năm',
        fix="Đề nghị ghi năm bằng bốn chữ số; ví dụ cách ghi đúng: 2005.",
        column="Năm đi vào hoạt động",
        written=written,
    )
    for row, written in enumerate(("năm 2005", "2006 (dự kiến)", "chưa rõ", "năm 2005", "n/a", "n/a"), 9)
)
TOTAL = finding(
    "H31",
    rule="tong_cong_sai",
    title="Dòng tổng cộng không khớp với các dòng chi tiết",
    say='Dòng "Tổng cộng" (dòng 31), cột H (Diện tích thành lập): ghi 1.204,5, cộng các dòng được 1.187,5 (chênh 17)',
    fix="Đề nghị kiểm tra công thức cộng và các dòng chi tiết của cột này.",
    column="Diện tích thành lập",
)
PAUSED = finding(
    "G22",
    rule="thanh_lap_trong_thoi_gian_tam_dung",
    severity=Severity.QUERY,
    title="KCN được thành lập trong thời gian tạm dừng",
    say="KCN Hoàng Mai được thành lập ngày 12/4/2012, trong thời gian tạm dừng theo Chỉ thị số 07/CT-TTg",
    fix="Đề nghị ghi văn bản cho phép, hoặc sửa lại ngày thành lập nếu ghi nhầm.",
    column="Quyết định thành lập",
)
NOTES = tuple(
    finding(f"F{row}", rule="so_dang_chu", severity=Severity.NOTE, title="Số lưu dạng chữ đã được đọc thành số")
    for row in range(9, 21)
)


def many_findings() -> tuple[Finding, ...]:
    """Return 57 problems, each of its own rule: five in each column that a province fills in, and two more."""
    kinds = (
        ("thieu_gia_tri", "Ô bắt buộc đang để trống", "đang để trống", "Đề nghị điền giá trị"),
        ("am", "Số âm ở cột không nhận số âm", "ghi -12, nhỏ hơn 0", "Đề nghị kiểm tra lại số"),
        ("loi_excel", "Công thức trong ô đang báo lỗi", "đang hiện #N/A", "Đề nghị sửa công thức"),
        ("khong_phai_so", "Cột số đang ghi chữ", 'ghi "chưa rõ", chưa đọc được thành số', "Đề nghị chỉ ghi số trong ô"),
        ("lon_hon", "Số lớn hơn giới hạn của cột", "ghi 99.999", "Đề nghị kiểm tra lại đơn vị tính"),
    )
    found = [
        finding(
            f"{letter_of(at)}{row}",
            rule=f"{rule}_{one.key}",
            title=title,
            say=f"Ô {letter_of(at)}{row} {say}",
            fix=fix,
            column=one.title,
        )
        for at, one in enumerate(COLUMNS[1:], 2)
        for row, (rule, title, say, fix) in enumerate(kinds, HEADER_ROW + at)
    ]
    return (*found, LEASED[0], TOTAL)
