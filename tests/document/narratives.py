"""One good narrative for each outline of ``rules/``: its title, and each section's title with what is written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERHEAD = (
    "ỦY BAN NHÂN DÂN\nTỈNH NGHỆ AN",
    "Số: 85/BC-UBND",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Nghệ An, ngày 10 tháng 7 năm 2012",
)
SIGNED = ("Nơi nhận:", "- Như trên;", "- Lưu: VT, CN.", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")

NARRATIVES: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "2012-kkt-kcn/BC-I": (
        "Kết quả rà soát và phương án điều chỉnh, bổ sung Quy hoạch phát triển các khu công nghiệp tỉnh Nghệ An",
        {
            "Căn cứ": (
                "Thực hiện Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012, Ủy ban nhân dân tỉnh xin trình bày như sau:",
            ),
            "Khái quát": ("I. KHÁI QUÁT TÌNH HÌNH KINH TẾ - XÃ HỘI", "Tỉnh có 20 huyện, thành phố, thị xã."),
            "Tình hình thực hiện quy hoạch": (
                "II. TÌNH HÌNH THỰC HIỆN QUY HOẠCH, THÀNH LẬP VÀ HOẠT ĐỘNG CÁC KHU CÔNG NGHIỆP",
                "Trên địa bàn tỉnh hiện có 6 KCN với tổng diện tích quy hoạch 1.850,5 ha.",
            ),
            "Kết quả đạt được": ("1. Kết quả đạt được", "Tỷ lệ lấp đầy bình quân đạt 45,2%. Lao động tăng hằng năm."),
            "Khó khăn": ("2. Khó khăn, vướng mắc", "Vốn đầu tư hạ tầng còn thiếu."),
            "Nguyên nhân": ("3. Nguyên nhân", "Suất đầu tư cao, giá đất tăng."),
            "Các khu công nghiệp chậm": ("4. Các khu công nghiệp chậm triển khai", "KCN Mẫu chưa giải phóng mặt bằng."),
            "Biện pháp xử lý": ("5. Biện pháp xử lý", "Giao Ban Quản lý làm việc với chủ đầu tư."),
            "Phương án": ("III. PHƯƠNG ÁN ĐIỀU CHỈNH, BỔ SUNG QUY HOẠCH ĐẾN NĂM 2020", "Giữ nguyên 6 khu hiện có."),
            "Giải pháp": ("IV. GIẢI PHÁP VÀ KIẾN NGHỊ", "Bộ xem xét hỗ trợ vốn xử lý nước thải."),
            "Biểu mẫu": ("(Số liệu chi tiết tại các Biểu I.1, I.2, I.3, I.4 kèm theo)",),
        },
    ),
    "2012-kkt-kcn/BC-II-VB": (
        "Kết quả rà soát quy hoạch và hoạt động của khu kinh tế ven biển tỉnh Nghệ An",
        {
            "Căn cứ": (
                "Thực hiện Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012, Ủy ban nhân dân tỉnh xin trình bày như sau:",
            ),
            "Khái quát": ("I. KHÁI QUÁT VỀ KHU KINH TẾ VEN BIỂN", "Thành lập năm 2007, diện tích 18.826,47 ha."),
            "Sự phù hợp": ("II. SỰ PHÙ HỢP QUY HOẠCH", "Các dự án nằm đúng vị trí được duyệt."),
            "Kết quả đạt được": ("1. Kết quả đạt được", "Thu hút được nhiều dự án lớn."),
            "Khó khăn": ("2. Khó khăn, vướng mắc", "Vốn ngân sách bố trí chậm."),
            "Nguyên nhân": ("3. Nguyên nhân", "Suất đầu tư cao, địa hình dốc."),
            "Giải pháp": ("III. GIẢI PHÁP NÂNG CAO HIỆU QUẢ", "Rút ngắn thời gian làm thủ tục."),
            "Đề xuất nâng cao chất lượng quy hoạch: các khu": (
                "IV. ĐỀ XUẤT",
                "1. Về các khu chức năng",
                "Bố trí lại ba khu.",
            ),
            "Đề xuất nâng cao chất lượng quy hoạch: quy mô": ("2. Về quy mô diện tích", "Như quyết định thành lập."),
            "Đề xuất nâng cao chất lượng quy hoạch: lĩnh vực": ("3. Về ngành, nghề trọng tâm", "Cơ khí, vật liệu."),
            "Kiến nghị": ("V. KIẾN NGHỊ", "Bổ sung vốn cho đường trục chính."),
        },
    ),
    "2012-kkt-kcn/BC-II-CK": (
        "Kết quả rà soát quy hoạch và hoạt động của KKT cửa khẩu tỉnh Nghệ An",
        {
            "Căn cứ": (
                "Thực hiện Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012, Ủy ban nhân dân tỉnh xin trình bày như sau:",
            ),
            "Khái quát": ("I. KHÁI QUÁT VỀ KHU KINH TẾ CỬA KHẨU", "Thành lập năm 2007, nằm trên ba xã."),
            "Sự phù hợp": ("II. SỰ PHÙ HỢP QUY HOẠCH", "Các dự án nằm đúng vị trí được duyệt."),
            "Kết quả đạt được": ("1. Kết quả đạt được", "Thu hút được nhiều dự án lớn."),
            "Thương mại": ("2. Hoạt động xuất nhập khẩu", "Năm 2011 tăng so với năm trước."),
            "Khó khăn": ("3. Khó khăn, vướng mắc", "Vốn ngân sách bố trí chậm."),
            "Nguyên nhân": ("4. Nguyên nhân", "Suất đầu tư cao, địa hình dốc."),
            "Giải pháp": ("III. GIẢI PHÁP NÂNG CAO HIỆU QUẢ", "Rút ngắn thời gian làm thủ tục."),
            "Đề xuất nâng cao chất lượng quy hoạch: các khu": (
                "IV. ĐỀ XUẤT",
                "1. Về các khu chức năng",
                "Bố trí lại ba khu.",
            ),
            "Đề xuất nâng cao chất lượng quy hoạch: quy mô": ("2. Về quy mô diện tích", "Như quyết định thành lập."),
            "Đề xuất nâng cao chất lượng quy hoạch: lĩnh vực": ("3. Về ngành, nghề trọng tâm", "Kho bãi, dịch vụ."),
            "Kiến nghị": ("V. KIẾN NGHỊ", "Bổ sung vốn cho đường trục chính."),
        },
    ),
    "2012-kkt-kcn/BC-III": (
        "Kết quả rà soát, đánh giá hoạt động của các dự án đầu tư trong khu công nghiệp, khu kinh tế",
        {
            "Căn cứ": ("Thực hiện Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012, Ban Quản lý xin trình bày như sau:",),
            "Tình hình chung": ("I. TÌNH HÌNH CHUNG CÁC DỰ ÁN TRONG KHU CÔNG NGHIỆP", "Có 57 dự án còn hiệu lực."),
            "Kết quả hoạt động": ("II. KẾT QUẢ HOẠT ĐỘNG", "Các doanh nghiệp hoạt động ổn định."),
            "Các dự án chậm": ("III. DỰ ÁN CHẬM TRIỂN KHAI", "Có 4 dự án."),
            "Các dự án ngừng": ("IV. DỰ ÁN NGỪNG HOẠT ĐỘNG", "Có 2 dự án."),
            "Các dự án vi phạm": ("V. VỀ CHẤP HÀNH PHÁP LUẬT", "Không có dự án nào vi phạm quy định về môi trường."),
            "Biện pháp": ("VI. BIỆN PHÁP XỬ LÝ", "Ban Quản lý đã làm việc với từng chủ đầu tư."),
            "Kiến nghị": ("VII. KIẾN NGHỊ", "Sớm ban hành hướng dẫn."),
        },
    ),
    "2012-ccn-qd105/BC": (
        "Đánh giá hai năm thực hiện Quyết định số 105/2009/QĐ-TTg trên địa bàn tỉnh Nghệ An",
        {
            "Tình hình triển khai": (
                "I. TÌNH HÌNH TRIỂN KHAI QUYẾT ĐỊNH SỐ 105/2009/QĐ-TTG",
                "Tỉnh đã ban hành quy định.",
            ),
            "Tình hình quy hoạch": ("II. QUY HOẠCH VÀ HOẠT ĐỘNG CỦA CÁC CỤM CÔNG NGHIỆP", "Có 20 cụm được lập."),
            "Các cụm công nghiệp hình thành": ("III. CÁC CỤM HÌNH THÀNH TRƯỚC QUY CHẾ", "Có 3 cụm, đều giữ tên cũ."),
            "Các cụm công nghiệp không": ("IV. CÁC CỤM CHẬM TRIỂN KHAI", "Có 2 cụm; sẽ thay chủ đầu tư."),
            "Khó khăn": ("V. KHÓ KHĂN, VƯỚNG MẮC", "Vốn hạ tầng còn thiếu."),
            "Nguyên nhân": ("VI. NGUYÊN NHÂN", "Suất đầu tư cao."),
            "Đề xuất": ("VII. KIẾN NGHỊ", "Sớm có hướng dẫn về giá thuê."),
        },
    ),
    "2022-ccn-nd68/BC": (
        "Đánh giá 5 năm thực hiện Nghị định số 68/2017/NĐ-CP, 2 năm thực hiện Nghị định số 66/2020/NĐ-CP",
        {
            "Tổ chức": ("I. TỔ CHỨC THỰC HIỆN NGHỊ ĐỊNH SỐ 68/2017/NĐ-CP", "Tỉnh đã có quy chế riêng."),
            "Hiệu quả": ("II. HIỆU QUẢ ĐẦU TƯ CÁC CỤM", "Có 20 cụm với 150 dự án."),
            "Cơ chế": ("III. CƠ CHẾ PHỐI HỢP", "Sở Công Thương là đầu mối."),
            "Hạn chế": ("IV. HẠN CHẾ", "Hạ tầng chưa đồng bộ."),
            "Nguyên nhân": ("V. NGUYÊN NHÂN", "Suất đầu tư cao."),
            "Đề xuất": ("VI. ĐỀ XUẤT SỬA ĐỔI CƠ CHẾ", "Giảm bớt thủ tục thành lập."),
            "Phụ lục": ("Danh mục các cụm công nghiệp có trong tệp kèm theo.",),
        },
    ),
    "ccn-dinh-ky/BC": (
        "Tình hình phát triển của các cụm công nghiệp trên địa bàn tỉnh Nghệ An 6 tháng đầu năm",
        {
            "Tình hình chung": ("I. TÌNH HÌNH CHUNG", "Có 20 cụm được lập."),
            "Kết quả": ("II. KẾT QUẢ THỰC HIỆN", "Thêm 2 cụm có chủ đầu tư."),
            "Khó khăn": ("III. KHÓ KHĂN, VƯỚNG MẮC", "Vốn hạ tầng còn thiếu."),
            "Phương hướng": ("IV. PHƯƠNG HƯỚNG", "Rà lại các cụm nhỏ."),
            "Thời điểm": ("Các con số trên tính đến ngày 14/6/2026.",),
        },
    ),
}


def written(
    name: str, *, without: str = "", signed: Sequence[str] = SIGNED, head: Sequence[str] = LETTERHEAD
) -> list[str]:
    """Return the paragraphs of a narrative, but for the section whose title begins with *without*."""
    title, sections = NARRATIVES[name]
    body = [line for key, lines in sections.items() if not without or key != without for line in lines]
    return [*head, "BÁO CÁO", title, "Kính gửi: Bộ Kế hoạch và Đầu tư", *body, *signed]
