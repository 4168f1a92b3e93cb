"""Slips to print in tests: the demo's order, and unkind ones."""

from datetime import date, datetime
from decimal import Decimal

from reports.pages.slip import Part, Past, Slip

PARTS = (
    Part(part_no="YS-PCB-3512-OD", description="室外机主控板（含散热片）", unit_price=Decimal("386.00")),
    Part(part_no="YS-CBL-S3-5M", description="信号连接线 3 芯 5 m 屏蔽", unit_price=Decimal("42.50")),
    Part(
        part_no="YS-CMP-R32-9K",
        description="R32 变频压缩机总成（含减振脚垫、电控护罩与安装螺栓）",
        unit_price=Decimal(1280),
    ),
    Part(part_no="YS-REF-R32", description="制冷剂 R32（按 0.1 kg 计）", quantity=9, unit_price=Decimal(12)),
    Part(part_no="YS-TUB-06", description="铜管 φ6.35 mm", quantity=3, unit_price=Decimal(38)),
)


def chinese(**changes: object) -> Slip:
    """The order of the design's pictures."""
    facts: dict[str, object] = {
        "company": "云杉电器售后服务中心",
        "hotline": "400-820-5566",
        "company_address": "武汉市洪山区雄楚大道 888 号 · service.yunshan.example",
        "number": "WX-20261122-00417",
        "urgent": True,
        "warranty": "inside",
        "taken_at": datetime(2026, 11, 22, 10, 18),
        "taken_by": "坐席 1032 陈晓敏",
        "dispatched_at": datetime(2026, 11, 22, 10, 32),
        "dispatched_by": "刘 芳",
        "printed_at": datetime(2026, 11, 22, 10, 33),
        "appointment_from": datetime(2026, 11, 23, 14, 0),
        "appointment_until": datetime(2026, 11, 23, 16, 0),
        "due_at": datetime(2026, 11, 24, 18, 0),
        "engineer": "李 强 E0173",
        "customer": "王建国",
        "title": "mr",
        "phone": "138****6021",
        "address": "湖北省武汉市洪山区珞喻路 1037 号华中科技大学喻园小区西区 12 栋 3 单元 1802 室"
        "（地铁 2 号线光谷广场站 D 口，门禁按 1802#）",
        "note": "老人在家，上门前 30 分钟请先致电",
        "product": "变频冷暖空调 1.5 匹（挂机）",
        "model": "KFR-35GW/YS26-A1",
        "serial": "YS26A3511870042",
        "bought_on": date(2024, 6, 18),
        "bought_at": "光谷国美店 发票已核",
        "warranty_until": date(2030, 6, 17),
        "complaint": "制冷约 20 分钟后自动停机，室内机显示 E6，断电重启后可恢复一次；室外机有间断“嗒嗒”声，昨晚起完全不启动。",
        "fault_code": "E6 室内外机通讯异常",
        "bring": "外机主板 ×1、通讯线 ×1、继电器 ×2",
        "history": (
            Past(on=date(2026, 7, 2), order="WX-20260702-00088", work="清洗滤网，补充制冷剂 R32 0.3 kg", engineer="赵 磊", rating=4),
            Past(on=date(2025, 8, 15), order="WX-20250815-00231", work="保内更换遥控器接收板", engineer="李 强", rating=5),
        ),
        "parts": PARTS[:2],
        "labour": Decimal(80),
        "reduction": Decimal("508.50"),
        "engineer_url": "https://service.yunshan.example/e/7Kq2mZx9",
        "customer_url": "https://service.yunshan.example/c/pR4vTn8w",
    }  # fmt: skip
    return Slip(**{**facts, **changes})  # type: ignore[arg-type]


def english(**changes: object) -> Slip:
    """The same order for people who read English."""
    return chinese(**{
        "company": "Yunshan Appliance Service Centre",
        "company_address": "888 Xiongchu Avenue, Wuhan · service.yunshan.example",
        "taken_by": "1032 Chen Xiaomin",
        "dispatched_by": "Liu Fang",
        "engineer": "Li Qiang E0173",
        "customer": "Jonathan Featherstonehaugh",
        "address": "Flat 1802, Entrance 3, Building 12, West Court, Yuyuan Residential Quarter, 1037 Luoyu Road, "
        "Hongshan District, Wuhan 430074, Hubei (Metro line 2, Guanggu Square, exit D)",
        "note": "Elderly person at home; call 30 minutes ahead",
        "product": "Inverter air conditioner, wall unit, 3.5 kW",
        "bought_at": "invoice checked",
        "complaint": "Stops cooling after about 20 minutes, indoor unit shows E6; a power cycle helps once. Outdoor unit "
        "clicks from time to time and has not started since last night.",
        "fault_code": "E6 indoor–outdoor communication",
        "bring": "outdoor main board ×1, signal cable ×1, relay ×2",
        "history": (
            Past(on=date(2026, 7, 2), order="WX-20260702-00088", work="Filter cleaned, refrigerant R32 +0.3 kg", engineer="Zhao Lei", rating=4),
            Past(on=date(2025, 8, 15), order="WX-20250815-00231", work="Receiver board replaced in warranty", engineer="Li Qiang", rating=5),
        ),
        "parts": (
            Part(part_no="YS-PCB-3512-OD", description="Outdoor main control board with heat sink", unit_price=Decimal(386)),
            Part(part_no="YS-CBL-S3-5M", description="Shielded 3-core signal cable, 5 m", unit_price=Decimal("42.5")),
        ),
        **changes,
    })  # fmt: skip


def many_parts(count: int) -> tuple[Part, ...]:
    return tuple(PARTS[number % len(PARTS)] for number in range(count))


SHORTEST = Slip(company="云杉", number="WX-20261122-00001", complaint="坏")


def hostile(**changes: object) -> Slip:
    """Everything too long, markup, invisible marks, glyphs no font has."""
    return chinese(**{**_HOSTILE, **changes})


_HOSTILE: dict[str, object] = {
    "company": "《" * 3 + "云杉电器售后服务中心（华中大区武汉光谷分公司）有限责任公司第三客户服务部",
    "company_address": "&amp; <b>a<b</b> " * 6,
    "taken_by": "\u202eevil\u202c\x00\x07 <script>alert(1)</script>",
    "engineer": "欧阳娜娜·阿卜杜热合曼 E0173 / 司马相如 E0174",
    "customer": "<客户>&阿卜杜克热木·买买提吐尔逊江·阿布力米提",
    "address": "𠮷野家大厦\n😀 一二三四五六七八九十，" * 12,
    "note": "，。；：！" * 20,
    "product": "W" * 90,
    "model": "A-B/C.D_E@F-" * 8,
    "serial": "0" * 60,
    "bought_at": "）" * 30,
    "complaint": "长" * 900 + "https://example.com/" + "x" * 300 + "完。" * 200,
    "fault_code": "（" * 40,
    "bring": "外机主板 ×1、" * 30,
    "parts": (
        Part(part_no="X-" * 20, description="长" * 120, quantity=999, unit_price=Decimal("99999999.99")),
        Part(description="☐ ✂ 䶮 🔧 ₩\u202f1", unit_price=None),
        *PARTS,
    ),
    "labour": Decimal("123456789.01"),
    "reduction": Decimal("999999999.99"),
    "conditions": ("一" * 300, "two " * 80, "三"),
    "history": tuple(
        Past(order="WX-" + "9" * 40, work="修" * 80, engineer="工" * 30, rating=1) for _ in range(4)
    ),
}
HOSTILE = hostile()
