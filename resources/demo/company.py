"""云杉电器, the demo company: people, appliances, ninety days of calls and repairs; none of them real.

The same seed and moment always give the same company. Knows names and habits of the trade;
does not know a database. Values are in the shape of the records' descriptions.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
HISTORY_DAYS = 90

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
MEN = "伟强磊军勇杰涛明超辉刚健平峰鹏建国志文华俊宇浩然博凯亮斌林海波飞东旭晨"
WOMEN = "芳娜敏静丽艳娟霞秀英兰玲红梅燕玉萍洁琳雪慧颖倩婷莉淑芬欣怡佳悦雨涵梦琪晓"
PLACES = {
    "浙江 杭州": ("0571", "西湖区 上城区 拱墅区 滨江区 余杭区", "文三路 学院路 莫干山路 江南大道 古墩路"),
    "上海": ("021", "浦东新区 徐汇区 杨浦区 闵行区 静安区", "浦东南路 漕溪北路 四平路 七莘路 江宁路"),
    "江苏 南京": ("025", "鼓楼区 玄武区 建邺区 江宁区", "中山北路 珠江路 江东中路 双龙大道"),
    "湖北 武汉": ("027", "洪山区 江汉区 武昌区 汉阳区", "珞喻路 解放大道 中南路 龙阳大道"),
    "广东 广州": ("020", "天河区 越秀区 海珠区 番禺区", "天河路 东风东路 新港中路 市桥大道"),
    "四川 成都": ("028", "武侯区 青羊区 锦江区 高新区", "人民南路 蜀都大道 东大街 天府大道"),
    "北京": ("010", "朝阳区 海淀区 丰台区 通州区", "建国路 中关村大街 南三环西路 新华西街"),
}
ESTATES = ["翠苑", "华庭", "阳光", "锦绣", "绿园", "云锦", "金色", "桂花", "明珠", "滨河"]
SHOPS = ["云杉官方商城", "苏宁延安路店", "国美光谷店", "京东自营", "云杉专卖店", "永乐中山店"]
# category, name, models, years of warranty
APPLIANCES = (
    ("fridge", "对开门冰箱", ("BCD-532W", "BCD-610WP", "BCD-458WT"), 3),
    ("fridge", "三门冰箱", ("BCD-218T", "BCD-235TM"), 3),
    ("washer", "滚筒洗衣机", ("XQG100-B12", "XQG80-A6"), 3),
    ("washer", "波轮洗衣机", ("XQB90-S3", "XQB75-S1"), 2),
    ("air", "变频空调", ("KFR-35GW", "KFR-26GW", "KFR-72LW"), 6),
    ("heater", "燃气热水器", ("JSQ25-13", "JSQ30-16"), 2),
    ("hood", "侧吸油烟机", ("CXW-260-Y7", "CXW-220-Y3"), 2),
    ("television", "液晶电视", ("YS-65Q8", "YS-55Q6"), 1),
    ("purifier", "净水器", ("RO-600G", "RO-800G"), 1),
)
# category → (fault, what the customer says, fault code, to bring, what was done, part, price)
TROUBLES: dict[str, tuple[tuple[str, str, str | None, str, str, str, float], ...]] = {
    "fridge": (
        ("not_cooling", "冷藏室 12 ℃，冷冻室正常，压缩机间断停机", "E1 冷藏传感器", "压缩机启动器 ×1、传感器 ×1",
         "更换压缩机启动器，试机 30 分钟正常", "压缩机启动器 QD-07", 68.0),
        ("frost", "冷冻室后壁结冰很厚，抽屉拉不开", None, "化霜加热管 ×1", "更换化霜加热管，清冰", "化霜加热管", 85.0),
        ("noise", "夜里嗡嗡响，像风扇擦到东西", None, "蒸发器风扇 ×1", "更换风扇电机", "蒸发器风扇电机", 96.0),
    ),
    "washer": (
        ("noise", "脱水时整机跳动，声音很大", None, "减震器 ×2", "更换减震器，调平底脚", "减震器", 90.0),
        ("leak", "门下面漏水，每次一小滩", None, "门封圈 ×1", "更换门封圈", "门封圈", 120.0),
        ("not_starting", "按开关没有反应，插座有电", "E6 门锁", "门锁 ×1、主板 ×1", "更换门锁", "电子门锁", 75.0),
    ),
    "air": (
        ("not_cooling", "制冷约 20 分钟后自动停机，室内机显示 E6，断电重启后可恢复一次", "E6 室内外机通讯异常",
         "外机主板 ×1、通讯线 ×1、继电器 ×2", "更换室外机主控板", "室外机主控板（含散热片）", 386.0),
        ("leak", "室内机滴水，墙面湿了一片", None, "排水管 2 m", "疏通排水管，调整坡度", "排水管", 25.0),
        ("noise", "外机启动时“嗒嗒”响", None, "电容 ×1", "更换启动电容，紧固支架", "启动电容", 45.0),
    ),
    "heater": (("not_starting", "打不着火，显示 E1", "E1 点火失败", "点火器 ×1", "更换点火器，清理进气", "点火器", 88.0),),
    "hood": (("noise", "开高档时抖动，有油滴下来", None, "叶轮 ×1", "清洗并更换叶轮", "叶轮", 110.0),),
    "television": (("not_starting", "红灯亮但不开机", None, "电源板 ×1", "更换电源板", "电源板", 210.0),),
    "purifier": (("leak", "滤芯接口渗水", None, "接头 ×2、滤芯 ×1", "更换接头与滤芯", "复合滤芯", 168.0),),
}  # fmt: skip
ENGINEERS = [
    "李强 E0173",
    "赵磊 E0142",
    "高磊 E0151",
    "孙建国 E0108",
    "周明 E0190",
    "吴斌 E0166",
    "郑海波 E0129",
    "何俊 E0185",
]
AGENTS = 20


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    title: str  # mr, ms


@dataclass(slots=True)
class Company:
    """Everything, with references by position: `customer` of a product is an index into customers.

    calls: rows of the call log; orders, calls: times as POSIX seconds in `at`, `finished_at`.
    """

    customers: list[dict[str, Any]] = field(default_factory=list)
    products: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)


def users() -> Iterator[dict[str, Any]]:
    """Who works there, as the configuration lists them; passwords are made by whoever starts the demo."""
    yield {"name": "admin", "role": "admin", "display_name": "管理员"}
    yield {"name": "super", "role": "supervisor", "display_name": "刘芳"}
    chance = random.Random("agents")
    for number in range(1, AGENTS + 1):
        yield {
            "name": f"a{number:02}", "role": "agent", "display_name": _person(chance).name,
            "queues": ["service", "bench"], "skills": {"repair": chance.randint(3, 9)},
        }  # fmt: skip


def make(now: float, customers: int = 5000, seed: int = 417) -> Company:
    """The company as it stands at `now` (POSIX seconds)."""
    chance = random.Random(seed)
    company = Company()
    today = datetime.fromtimestamp(now, CHINA).date()
    numbers: set[str] = set()
    for index in range(customers):
        company.customers.append(_customer(chance, today, numbers, index))
        for appliance in chance.sample(APPLIANCES, chance.choices((1, 2, 3), (5, 3, 2))[0]):
            company.products.append((index, _product(chance, today, appliance)))
    _the_first_customer(company, today)
    owned: dict[int, list[int]] = {}
    for position, (owner, _) in enumerate(company.products):
        owned.setdefault(owner, []).append(position)
    for _ in range(customers):
        _episode(chance, company, owned, now)
    company.orders.sort(key=lambda order: float(order["at"]))
    company.calls.sort(key=lambda call: float(call["at"]))
    return company


def _person(chance: random.Random) -> Person:
    woman = chance.random() < 0.5
    given = "".join(chance.choices(WOMEN if woman else MEN, k=chance.choices((1, 2), (3, 7))[0]))
    return Person(chance.choice(SURNAMES) + given, "ms" if woman else "mr")


def _customer(chance: random.Random, today: date, numbers: set[str], index: int) -> dict[str, Any]:
    person = _person(chance)
    region = chance.choice(list(PLACES))
    area, districts, roads = PLACES[region]
    city = region.split()[-1]
    mobile = ""
    while not mobile or mobile in numbers:
        mobile = f"+861{chance.choice('35789')}{chance.randint(0, 9)}0{chance.randint(0, 9999999):07}"
    numbers.add(mobile)
    home = None
    if chance.random() < 0.25:
        seven_or_eight = 8 if len(area) == 3 or area in ("0571",) else 7
        home = f"+86{area[1:]}5{chance.randint(0, 10 ** (seven_or_eight - 1) - 1):0{seven_or_eight - 1}}"
    return {
        "name": person.name, "title": person.title, "phone": mobile, "phone_other": home, "region": region,
        "address": f"{city}市{chance.choice(districts.split())}{chance.choice(roads.split())} {chance.randint(1, 999)} 号"
                   f"{chance.choice(ESTATES)}小区 {chance.randint(1, 30)} 幢 {chance.randint(1, 25)}0{chance.randint(1, 4)} 室",
        "level": "vip" if chance.random() < 0.06 else "normal",
        "since": (today - timedelta(days=chance.randint(30, 3000))).isoformat(),
        "alert": chance.choice(("上次投诉迟到 2 小时，请先致歉。", "听力不好，请慢一点、大声一点。", "上门前 30 分钟请先致电。"))
                 if chance.random() < 0.04 else None,
        "preference": chance.choice(("下午上门，先短信", "周末上门", "工作日 18 点后联系")) if chance.random() < 0.15 else None,
    }  # fmt: skip


def _product(
    chance: random.Random, today: date, appliance: tuple[str, str, tuple[str, ...], int]
) -> dict[str, Any]:
    category, name, models, years = appliance
    bought = today - timedelta(days=chance.randint(20, 2500))
    return {
        "category": category, "name": name, "model": chance.choice(models),
        "serial": f"YS{bought:%y}A{chance.randint(0, 9999999999):010}", "bought_on": bought.isoformat(),
        "bought_at": chance.choice(SHOPS), "warranty_until": (bought + timedelta(days=365 * years)).isoformat(),
    }  # fmt: skip


def _the_first_customer(company: Company, today: date) -> None:
    """陈淑芬 of the pictures: K-0000001, three appliances."""
    company.customers[0] |= {
        "name": "陈淑芬", "title": "ms", "phone": "+8613800004417", "phone_other": "+8657155502906",
        "region": "浙江 杭州", "address": "杭州市西湖区文三路 88 号 3 幢 1202 室", "level": "vip",
        "alert": "上次投诉迟到 2 小时，请先致歉。", "preference": "下午上门，先短信",
        "since": (today - timedelta(days=6 * 365)).isoformat(),
    }  # fmt: skip
    company.products[:] = [(owner, product) for owner, product in company.products if owner != 0]
    chance = random.Random(0)
    company.products[:0] = [(0, _product(chance, today, APPLIANCES[at])) for at in (0, 2, 4)]


def _episode(chance: random.Random, company: Company, owned: dict[int, list[int]], now: float) -> None:
    """One call of the last ninety days, and mostly a repair that came of it."""
    owner = 0 if not company.calls else min(int(chance.expovariate(1 / 900)), len(company.customers) - 1)
    customer = company.customers[owner]
    day = now - chance.random() ** 1.3 * HISTORY_DAYS * 86400 - 3600
    noon = datetime.fromtimestamp(day, CHINA).replace(hour=8, minute=0, second=0, microsecond=0)
    at = noon.timestamp() + chance.triangular(0, 12 * 3600, 2.5 * 3600)
    while at > now - 1800:  # what would be still to come today was so the day before
        at -= 86400
    answered = chance.random() < 0.93
    wait_s, talk_s = round(chance.expovariate(1 / 14), 1), round(chance.gammavariate(2.4, 70) + 15, 1)
    agent = f"a{chance.randint(1, AGENTS):02}"
    call: dict[str, Any] = {
        "at": at, "customer": owner, "from": customer["phone"], "to": "400", "queue": "service",
        "answered": answered, "agent": agent if answered else None, "ivr_s": round(chance.uniform(6, 25), 1),
        "wait_s": wait_s, "ring_s": round(chance.uniform(1, 6), 1), "talk_s": talk_s if answered else 0.0,
        "wrap_up_s": round(chance.uniform(5, 30), 1) if answered else 0.0, "summary": {}, "order": None,
    }  # fmt: skip
    company.calls.append(call)
    if not answered:
        return
    if chance.random() < 0.45:
        notes = chance.choice(
            ("咨询保修期，已说明。", "催单，已联系师傅。", "询问门店地址。", "咨询清洗方法，已发短信。")
        )
        call["summary"] = {
            "business_line": "service",
            "type": "inquiry",
            "status": "done",
            "notes": notes,
            "fields": {},
        }
        return
    position = chance.choice(owned[owner])
    product = company.products[position][1]
    fault, says, code, bring, done, part, price = chance.choice(TROUBLES[product["category"]])
    call["summary"] = {
        "business_line": "service",
        "type": "repair",
        "status": "done",
        "notes": says,
        "fields": {},
    }
    call["order"] = len(company.orders)
    age_s = now - at
    closed = age_s > 4 * 86400 and chance.random() < 0.95
    status = "done" if closed else chance.choice(("new", "dispatched", "waiting_parts", "dispatched"))
    inside = str(product["warranty_until"]) >= datetime.fromtimestamp(at, CHINA).date().isoformat()
    visit = (datetime.fromtimestamp(at, CHINA) + timedelta(days=chance.randint(1, 3))).replace(
        hour=chance.choice((9, 14, 16)), minute=0, second=0, microsecond=0
    )
    labour = chance.choice((50.0, 80.0, 100.0))
    company.orders.append(
        {
            "at": at + talk_s, "customer": owner, "product": position, "call": call, "agent": agent,
            "finished_at": visit.timestamp() + 5400 if closed else None,
            "values": {
                "type": "repair", "status": status, "urgent": chance.random() < 0.08,
                "warranty": "inside" if inside else "outside", "fault": fault, "fault_code": code,
                "description": says, "contact": customer["name"], "phone": customer["phone"],
                "address": customer["address"], "bring": bring, "engineer": None if status == "new" else chance.choice(ENGINEERS),
                "steps": "断电验电\n更换故障件，旧件封袋\n试机 15 分钟，记录电流\n清洁现场，讲解使用",
                "parts": [{"part_no": f"YS-{chance.randint(1000, 9999)}", "name": part, "quantity": 1, "unit_price": price}],
                "labour_fee": labour, "reduction": labour + price if inside else None,
                "outcome": done if closed else None,
                "rating": chance.choices((5, 4, 3, 2, 1), (60, 22, 9, 6, 3))[0] if closed and chance.random() < 0.7 else None,
            },
            "visit": visit.timestamp(),
        }
    )  # fmt: skip
