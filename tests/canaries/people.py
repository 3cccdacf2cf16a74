"""A person who exists nowhere else: every word of hers found outside a sealed column is a leak."""

from casework.groups import (
    Child,
    Children,
    Contact,
    Identity,
    Informant,
    Number,
    Perpetrator,
    SupportNeeds,
)
from casework.reports import Sealed

SEALED = Sealed(
    ring_back="0987 650 121",
    ring_back_rules="Gõ cửa Xuyên Vĩ",
    exact_place="Ngõ Bạch Lạp 77",
    now_at="Nhà kho Đỗ Quyên Tím",
    account="Kể rằng Trăng Khuyết",
    identity=Identity(
        full_name="Vương Thị Ỷ Lan", id_number="033199765432", address="Xóm Lụa Điều"
    ),
    contact=Contact(
        numbers=(Number("0987650122", whose="Cô Ỷ Nhi"),),
        code_phrase="Mua hạt sen đỏ",
        danger_phrase="Mưa ở Bến Đục",
        rules="Chỉ gọi giờ Tỵ",
    ),
    children=Children(children=(Child(name="Bé Ỷ Ngọc"),), words="Sợ tiếng chuông"),
    support_needs=SupportNeeds(words="Cần phiên dịch Ơ Đu"),
    perpetrator=Perpetrator(name="Lữ Văn Khoằm", number="0987650123", words="Hay cầm Rìu"),
    informant=Informant(name="Bác Ưng Hoàng", number="0987650124", words="Nghe Khóc Đêm"),
)

# What is said later, by the field that takes it.
WORDS_LATER = {
    "reasoning": "Lý do Sấm Đông", "evidence": "Gật đầu Khe Khẽ", "wishes": "Ước về Quê Ngoại",
    "item": "Đổi khóa Chốt Đồng", "plan": "Lối ra Vườn Ổi", "note": "Gặp ở Quán Gió",
    "message": "Nhờ xem Cổ Tay", "feedback": "Đã khâu Bảy Mũi", "alias": "Cô Hạt Dẻ",
    "needs": "Cần cháo Tía Tô", "risk": "Sợ xe Cánh Cam", "visitors": "Người đội Mũ Cối",
    "corrected": "Thiều Thị Hải Âu", "why": "Nghe lộn Phụ Âm", "override": "Vì nghe Tiếng Rên",
}  # fmt: skip

WORDS = (
    "0987650121", "987 650 121", "Xuyên Vĩ", "Bạch Lạp 77", "Đỗ Quyên Tím", "Trăng Khuyết",
    "Vương Thị Ỷ Lan", "033199765432", "Lụa Điều", "0987650122", "Cô Ỷ Nhi", "hạt sen đỏ",
    "Bến Đục", "giờ Tỵ", "Bé Ỷ Ngọc", "tiếng chuông", "Ơ Đu", "Văn Khoằm", "0987650123",
    "cầm Rìu", "Ưng Hoàng", "0987650124", "Khóc Đêm",
    *WORDS_LATER.values(),
)  # fmt: skip


def person(stem: str, number: str) -> Sealed:
    """Another one: each of her words holds `stem`, each of her numbers is `number`."""
    return Sealed(
        ring_back=number,
        ring_back_rules=f"Gõ cửa {stem}",
        exact_place=f"Ngõ {stem} 77",
        now_at=f"Nhà kho {stem}",
        account=f"Kể rằng {stem}",
        identity=Identity(full_name=f"Vũ Thị {stem}", id_number="0331" + number[:8], address=stem),
        contact=Contact(numbers=(Number(number, whose=stem),), code_phrase=f"Mua {stem}"),
        children=Children(children=(Child(name=f"Bé {stem}"),), words=f"Sợ {stem}"),
        support_needs=SupportNeeds(words=f"Cần {stem}"),
        perpetrator=Perpetrator(name=f"Lữ {stem}", number=number, words=f"Hay {stem}"),
        informant=Informant(name=f"Bác {stem}", number=number, words=f"Nghe {stem}"),
    )


def words_later(stem: str) -> dict[str, str]:
    """What is said of her later: every field holds the stem."""
    return {name: f"{name} {stem}" for name in WORDS_LATER}
