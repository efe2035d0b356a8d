"""Two forms built by hand, with the wordings of the ministry's letter of 2012."""

from __future__ import annotations

from bot.model import Choice, Column, ColumnType, Form

_FORMS = ("100% vốn nước ngoài", "Liên doanh", "HĐ hợp tác kinh doanh", "100% vốn trong nước", "BOT, BT", "Khác")
_STATES = (
    "Đang hoạt động", "Đang xây dựng", "Chưa triển khai", "Chậm triển khai", "Tạm ngừng, ngừng hoạt động",
    "Chuẩn bị giải thể", "Phá sản", "Đã thu hồi GCNĐT",
)  # fmt: skip
_COUNTRIES = ("Việt Nam", "Nhật Bản", "Singapore", "Đài Loan", "Trung Quốc", "Hồng Kông", "Thái Lan", "Malaysia")


def column(
    key: str,
    header: str,
    kind: ColumnType = "text",
    *,
    unit: str = "",
    required: bool = False,
    choices: tuple[str, ...] = (),
) -> Column:
    """Return a column; wordings are parted by ``|``."""
    allowed = tuple(Choice(value) for value in choices)
    return Column(key, tuple(header.split("|")), kind, unit=unit or None, required=required, choices=allowed)


III_4 = Form(
    id="III.4",
    campaign="2012-kkt-kcn",
    title="Biểu III.4. Cơ sở dữ liệu các dự án đầu tư trong KCN, KKT",
    source="test",
    rules=(),
    row_key=("so_gcndt",),
    sequence="tt",
    group="kcn_kkt",
    columns=(
        column("tt", "TT", required=True),
        column("kcn_kkt", "KCN/KKT", required=True),
        column("so_gcndt", "Mã số dự án/Số GCNĐT/Giấy phép đầu tư", "identifier", required=True),
        column("ngay_cap", "Ngày cấp lần đầu", "date", required=True),
        column("ngay_dieu_chinh", "Ngày điều chỉnh gần nhất", "date"),
        column("co_quan_cap", "Cơ quan cấp"),
        column("ten_du_an", "Tên dự án", required=True),
        column("ten_doanh_nghiep", "Tên doanh nghiệp", required=True),
        column("ma_so_thue", "Mã số thuế", "identifier"),
        column("dia_chi", "Địa chỉ/lô đất"),
        column("hinh_thuc_dau_tu", "Hình thức đầu tư", "choice", required=True, choices=_FORMS),
        column("ten_nha_dau_tu", "Tên nhà đầu tư", required=True),
        Column(
            "quoc_gia", ("Quốc gia/vùng lãnh thổ",), "choice", required=True,
            choices=(Choice("Hàn Quốc", ("Korea", "Đại Hàn Dân Quốc")), *(Choice(name) for name in _COUNTRIES)),
        ),
        column("muc_tieu", "Mục tiêu, ngành nghề", required=True),
        column("nganh_cap_1", "Ngành cấp 1 (VSIC)", "choice", choices=tuple("ABCDEFGHIJKLMNOPQRSTU")),
        column("cong_suat", "Công suất thiết kế"),
        column("dien_tich_thue_ha", "Diện tích đất thuê|Diện tích thuê đất", "decimal", unit="ha", required=True),
        column("thoi_han_nam", "Thời hạn thực hiện dự án", "integer", unit="năm"),
        column("von_dang_ky_fdi", "Vốn đầu tư đăng ký > FDI", "decimal", unit="triệu USD"),
        column("von_dang_ky_ddi", "Vốn đầu tư đăng ký > DDI", "decimal", unit="tỷ đồng"),
        column("von_dieu_le", "Vốn điều lệ/vốn góp", "decimal"),
        column("von_thuc_hien_fdi", "Vốn thực hiện > FDI", "decimal", unit="triệu USD"),
        column("von_thuc_hien_ddi", "Vốn thực hiện > DDI", "decimal", unit="tỷ đồng"),
        column("tinh_trang", "Tình trạng triển khai", "choice", required=True, choices=_STATES),
        column("nam_sxkd", "Năm đi vào SXKD", "year"),
        column("doanh_thu", "Doanh thu năm 2011", "decimal", unit="triệu USD / tỷ đồng"),
        column("xuat_khau", "Xuất khẩu năm 2011", "decimal", unit="triệu USD"),
        column("nhap_khau", "Nhập khẩu năm 2011", "decimal", unit="triệu USD"),
        column("nop_ngan_sach", "Nộp ngân sách năm 2011", "decimal", unit="tỷ đồng"),
        column("lao_dong_viet_nam", "Lao động Việt Nam", "integer", unit="người"),
        column("lao_dong_nuoc_ngoai", "Lao động nước ngoài", "integer", unit="người"),
        column("ho_so_moi_truong", "Đấu nối XLNT/có hồ sơ môi trường", "choice", choices=("Có", "Không")),
        column("ghi_chu", "Ghi chú"),
    ),
)  # fmt: skip

I_1 = Form(
    id="I.1",
    campaign="2012-kkt-kcn",
    title="Biểu I.1. Tổng hợp tình hình quy hoạch, thành lập và hoạt động của các KCN trên địa bàn",
    source="test",
    rules=(),
    row_key=("ten_kcn",),
    sequence="tt",
    columns=(
        column("tt", "TT", "integer", required=True),
        column("ten_kcn", "Tên KCN", required=True),
        column("dia_diem", "Địa điểm (xã, huyện)", required=True),
        column("dien_tich_quy_hoach_ha", "Diện tích > Theo quy hoạch được duyệt|Diện tích theo quy hoạch được duyệt",
               "decimal", unit="ha", required=True),
        column("dien_tich_thanh_lap_ha", "Diện tích > Thành lập|Diện tích thành lập", "decimal", unit="ha"),
        column("dien_tich_co_the_cho_thue_ha", "Diện tích đất công nghiệp có thể cho thuê", "decimal", unit="ha"),
        column("dien_tich_da_cho_thue_ha", "Diện tích đất công nghiệp đã cho thuê", "decimal", unit="ha"),
        column("ty_le_lap_day", "Tỷ lệ lấp đầy", "percent", unit="%"),
        column("tinh_trang", "Tình trạng", "choice", required=True,
               choices=("Đang hoạt động", "Đang xây dựng cơ bản", "Chưa triển khai")),
        column("nam_hoat_dong", "Năm đi vào hoạt động", "year"),
        column("ghi_chu", "Ghi chú"),
    ),
)  # fmt: skip

SMALL = Form(
    id="III.9",
    campaign="2012-kkt-kcn",
    title="Biểu III.9. Danh sách dự án",
    source="test",
    rules=(),
    row_key=("ten_du_an",),
    sequence="tt",
    group="kcn_kkt",
    columns=(
        column("tt", "TT", "integer", required=True),
        column("kcn_kkt", "KCN/KKT", required=True),
        column("ten_du_an", "Tên dự án", required=True),
        column("so_gcndt", "Số GCNĐT", "identifier"),
        column("ngay_cap", "Ngày cấp lần đầu", "date"),
        column("dien_tich_ha", "Diện tích đất thuê", "decimal", unit="ha", required=True),
        column("lao_dong", "Lao động Việt Nam", "integer", unit="người"),
        column("nam_sxkd", "Năm đi vào SXKD", "year"),
        column("ty_le", "Tỷ lệ lấp đầy", "percent", unit="%"),
        column("tinh_trang", "Tình trạng triển khai", "choice", choices=("Đang hoạt động", "Chưa triển khai")),
        column("ghi_chu", "Ghi chú"),
    ),
)
"""A small form with one column of each type."""
