"""The dispatch slip's words, and how dates and amounts are written, in each language. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from reports.pages.slip_facts import Slip, Step

Language = Literal["zh_CN", "en"]
NBSP = "\u00a0"
_WEEKDAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_ZH = {
    "title.repair": "维修派工单", "title.install": "安装派工单", "title.maintain": "保养派工单",
    "title.complaint": "投诉处理单", "title.inquiry": "咨询处理单",
    "hotline": "客户服务热线 {0}", "hotline_short": "热线 {0}", "urgent": "加急",
    "warranty.inside": "保内", "warranty.outside": "保外", "warranty.unknown": "待核", "warranty.until": "{0} 整机至 {1}",
    "scan": "工程师扫码\n接单·到达·完工", "scan_line": "工程师扫码：接单 · 到达 · 完工", "scan_customer": "查询进度 · 评价",
    "scan_customer_short": "查询 · 评价",
    "taken": "受理 {0} {1}", "dispatched": "派工 {0} {1}", "first_print": "首次打印 {0}", "reprint": "第 {1} 次打印 · 补打 {0}",
    "appointment": "预约上门", "engineer": "工程师", "due": "完工时限", "due_short": "限 {0}",
    "customer_block": "客户", "product_block": "产品", "name": "姓名", "phone": "电话", "address": "地址", "note": "备注",
    "phone_hint": "{0} （扫码后免显号码拨打）",
    "product": "名称", "model": "型号", "serial": "序列号", "bought": "购买", "warranty": "保修",
    "complaint": "客户描述", "fault": "故障", "fault_code": "故障代码", "bring": "建议携带", "history": "历史",
    "steps": "处理步骤与检测", "steps_short": "处理步骤",
    "no": "序", "part_no": "料号", "description": "名称与规格", "old": "旧件", "quantity": "数量", "unit_price": "单价",
    "amount": "金额", "subtotal": "小计 · 续下页", "carried": "承前页", "parts": "配件", "labour": "人工与上门",
    "reduction.inside": "保内减免", "reduction": "减免", "total": "应收合计", "currency": "¥",
    "outcome": "处理结果", "outcomes": "修复|换机|待件|拒修|改约", "payment": "收款方式", "payments": "免费|现金|微信|支付宝|转账",
    "rating": "客户评价", "ratings": "非常满意|满意|一般|不满意|很不满意",
    "sign_customer": "客户签字（已试机，确认以上内容）", "sign_customer_short": "客户签字（已试机）", "sign_engineer": "工程师签字",
    "sign_time": "到达 / 完工时间", "sign_time_short": "完工时间", "conditions": "说明：{0}",
    "page": "第 {0} 页 共 {1} 页", "tear": "沿虚线撕下交客户", "tear_short": "撕下交客户", "receipt": "客户回执",
    "receipt_note": "更换件保修 90 天 · 请妥善保管", "order_no": "工单号", "paid": "实收金额 ¥", "paid_short": "实收 ¥",
    "finished_on": "完工日期", "finished_on_short": "日期", "name_mr": "{0} 先生", "name_ms": "{0} 女士",
}  # fmt: skip
_EN = {
    "title.repair": "Repair dispatch slip", "title.install": "Installation slip", "title.maintain": "Maintenance slip",
    "title.complaint": "Complaint slip", "title.inquiry": "Enquiry slip",
    "hotline": "Customer hotline {0}", "hotline_short": "Hotline {0}", "urgent": "URGENT",
    "warranty.inside": "IN WARRANTY", "warranty.outside": "OUT OF WARRANTY", "warranty.unknown": "TO BE CHECKED",
    "warranty.until": "{0}, unit until {1}",
    "scan": "Engineer scans:\naccept to finish", "scan_line": "Engineer scans: accept · arrive · finish",
    "scan_customer": "Progress, rating", "scan_customer_short": "Progress, rating",
    "taken": "Taken {0} by {1}", "dispatched": "Dispatched {0} {1}", "first_print": "first print {0}",
    "reprint": "print no. {1}, reprint {0}",
    "appointment": "Appointment", "engineer": "Engineer", "due": "Finish by", "due_short": "by {0}",
    "customer_block": "Customer", "product_block": "Product", "name": "Name", "phone": "Phone", "address": "Address",
    "note": "Note", "phone_hint": "{0} (scan to call, number stays hidden)",
    "product": "Item", "model": "Model", "serial": "Serial no.", "bought": "Bought", "warranty": "Warranty",
    "complaint": "Reported", "fault": "Fault", "fault_code": "Fault code", "bring": "Bring", "history": "History",
    "steps": "Steps and readings", "steps_short": "Steps",
    "no": "No.", "part_no": "Part no.", "description": "Description", "old": "Old part", "quantity": "Qty",
    "unit_price": "Unit price", "amount": "Amount", "subtotal": "Subtotal, continued", "carried": "Brought forward",
    "parts": "Parts", "labour": "Labour and call-out", "reduction.inside": "Warranty allowance", "reduction": "Reduction",
    "total": "Total due", "currency": "CNY",
    "outcome": "Outcome", "outcomes": "repaired|exchanged|part on order|declined|rescheduled",
    "payment": "Paid by", "payments": "no charge|cash|WeChat|Alipay|transfer",
    "rating": "Your rating", "ratings": "very good|good|fair|poor|very poor",
    "sign_customer": "Customer (tested and accepted)", "sign_customer_short": "Customer (tested)",
    "sign_engineer": "Engineer", "sign_time": "Arrived / finished", "sign_time_short": "Finished",
    "conditions": "Terms: {0}", "page": "Page {0} of {1}", "tear": "tear here, customer keeps this part",
    "tear_short": "customer's part", "receipt": "Customer receipt",
    "receipt_note": "Replaced parts: 90-day warranty. Please keep.", "order_no": "Order no.", "paid": "Amount paid CNY",
    "paid_short": "Paid CNY", "finished_on": "Finished on", "finished_on_short": "Date",
    "name_mr": "Mr {0}", "name_ms": "Ms {0}",
}  # fmt: skip
_STEPS = {
    "zh_CN": (
        Step(text="断电验电，检查 L/N/S 接线"), Step(text="测通讯电压（24–28\u00a0V）", unit="V"), Step(text="更换故障件，旧件封袋"),
        Step(text="试机 15 分钟，记录电流", unit="A"), Step(text="清洁现场，讲解使用"),
    ),
    "en": (
        Step(text="Isolate, prove dead, check L/N/S wiring"), Step(text="Signal voltage (24–28\u00a0V)", unit="V"),
        Step(text="Replace faulty part, bag the old one"), Step(text="Run 15 minutes, note the current", unit="A"),
        Step(text="Clean up, explain operation"),
    ),
}  # fmt: skip
_CONDITIONS = {
    "zh_CN": ("保内故障免收上门、人工与配件费，人为损坏除外。", "更换件自完工日起保修 90 天。",
              "收费以本单及价目表为准，工程师不得私收费用。", "投诉请拨 {0}。"),
    "en": ("Faults under warranty are free of call-out, labour and parts; damage by misuse or unauthorised opening is excluded.",
           "Replaced parts carry a 90-day warranty from the day of completion.",
           "Charges follow this slip and the price list; ask for a receipt.", "Complaints: {0}."),
}  # fmt: skip
_CONDITIONS_ROLL = {
    "zh_CN": "保内免费；更换件自完工日起保修 90 天。工程师不得私收费用{0}。",
    "en": "Free under warranty; replaced parts carry a 90-day warranty. Engineers may not take private payments{0}.",
}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's way to say and write things."""

    language: Language

    def __call__(self, key: str, *values: object) -> str:
        text = (_ZH if self.language == "zh_CN" else _EN)[key]
        return text.format(*values) if values else text

    def choices(self, key: str) -> list[str]:
        return self(key).split("|")

    # ------------------------------------------------------------------- dates

    def day(self, on: date) -> str:
        if self.language == "zh_CN":
            return f"{on.year:04d}-{on.month:02d}-{on.day:02d}"
        return f"{on.day}{NBSP}{_MONTHS[on.month - 1]}{NBSP}{on.year}"

    def moment(self, at: datetime) -> str:
        comma = "" if self.language == "zh_CN" else ","
        return f"{self.day(at)}{comma} {at:%H:%M}"

    def deadline(self, at: datetime) -> str:
        if self.language == "zh_CN":
            return f"{at:%m-%d %H:%M}"
        return f"{at.day} {_MONTHS[at.month - 1]}, {at:%H:%M}"

    def appointment(self, begin: datetime, until: datetime | None) -> str:
        hours = f"{begin:%H:%M}" + (f"–{until:%H:%M}" if until and until.date() == begin.date() else "")
        if self.language == "zh_CN":
            text = f"{begin.month} 月 {begin.day} 日 周{_WEEKDAYS[begin.weekday()]} {hours}"
        else:
            text = f"{_DAYS[begin.weekday()]} {begin.day} {_MONTHS[begin.month - 1]}, {hours}"
        if until and until.date() != begin.date():
            text += f"–{self.deadline(until)}"
        return text

    # ----------------------------------------------------------------- amounts

    def amount(self, value: Decimal | None) -> str:
        """Two decimals, thousands apart, a true minus; unknown is a dash."""
        if value is None:
            return "—"
        rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{abs(rounded):,.2f}" if rounded >= 0 else f"−{abs(rounded):,.2f}"

    # -------------------------------------------------------------- whole lines

    def customer(self, slip: Slip) -> str:
        if slip.customer and slip.title in ("mr", "ms"):
            return self(f"name_{slip.title}", slip.customer)
        return slip.customer or "—"

    def bought(self, slip: Slip) -> str:
        parts = [self.day(slip.bought_on)] if slip.bought_on else []
        return (" " if self.language == "zh_CN" else ", ").join([*parts, *filter(None, [slip.bought_at])])

    def warranty(self, slip: Slip) -> str:
        state = self(f"warranty.{slip.warranty}")
        if self.language == "en":
            state = state.capitalize()
        if slip.warranty == "inside" and slip.warranty_until:
            return self("warranty.until", state, self.day(slip.warranty_until))
        return state

    def fault_shortly(self, slip: Slip) -> str:
        return slip.fault_code or slip.fault or slip.complaint.split("。")[0].split(". ")[0]

    def origin(self, slip: Slip) -> tuple[str, str]:
        """Who took it; who dispatched it, and which print this is."""
        taken = (
            self("taken", self.moment(slip.taken_at), slip.taken_by).rstrip(" by") if slip.taken_at else ""
        )
        sent = ""
        if slip.dispatched_at:
            same_day = slip.taken_at and slip.taken_at.date() == slip.dispatched_at.date()
            at = f"{slip.dispatched_at:%H:%M}" if same_day else self.deadline(slip.dispatched_at)
            sent = self("dispatched", at, slip.dispatched_by).strip()
        at = ""
        if slip.printed_at:
            same_day = slip.taken_at and slip.taken_at.date() == slip.printed_at.date()
            at = f"{slip.printed_at:%H:%M}" if same_day else self.deadline(slip.printed_at)
        times = self("first_print", at) if slip.print_count == 1 else self("reprint", at, slip.print_count)
        return taken, " · ".join(filter(None, [sent, times.strip()]))

    def steps(self, slip: Slip) -> tuple[Step, ...]:
        return slip.steps or _STEPS[self.language]

    def conditions(self, slip: Slip) -> str:
        """Numbered, in one paragraph."""
        given = slip.conditions or tuple(
            text.format(slip.hotline)
            for text in _CONDITIONS[self.language]
            if slip.hotline or "{0}" not in text
        )
        marks = "①②③④⑤⑥⑦⑧⑨" if self.language == "zh_CN" else None
        numbered = [f"{marks[n] if marks else f'({n + 1})'} {text}" for n, text in enumerate(given[:9])]
        return self("conditions", ("" if marks else " ").join(numbered))

    def conditions_shortly(self, slip: Slip) -> str:
        if slip.conditions:
            return self.conditions(slip)
        call = {"zh_CN": "，投诉 {0}", "en": "; complaints {0}"}[self.language]
        return _CONDITIONS_ROLL[self.language].format(call.format(slip.hotline) if slip.hotline else "")
