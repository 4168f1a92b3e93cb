"""The work order: what is wrong, who goes there when, what it costs; printed as the dispatch slip."""

from collections.abc import Mapping
from typing import Any

from app.domain.records.description import Field, Kind, choices, label

STATUSES = choices(
    new=("待派工", "New"), dispatched=("已派工", "Dispatched"), waiting_parts=("待配件", "Waiting for parts"),
    done=("完成", "Done"), closed=("已结", "Closed"), cancelled=("取消", "Cancelled"),
)  # fmt: skip
OPEN_STATUSES = ("new", "dispatched", "waiting_parts")

_PART_COLUMNS = (
    Field(name="part_no", type="code", label=label("料号", "Part no."), max_length=40),
    Field(name="name", type="text", label=label("名称与规格", "Description"), required=True, max_length=120),
    Field(name="quantity", type="integer", label=label("数量", "Qty"), required=True, minimum=1, maximum=999),
    Field(name="unit_price", type="money", label=label("单价", "Unit price"), minimum=0, default=0.0),
)


def _fill(before: Mapping[str, Any] | None, after: Mapping[str, Any], user: str, now: str) -> dict[str, Any]:
    """Who took it at its birth, who dispatched it when, when it was finished."""
    given: dict[str, Any] = {}
    if before is None:
        given["taken_by"] = user
    was, is_now = (before or {}).get("status"), after.get("status")
    if is_now == "dispatched" and was != "dispatched":
        given |= {"dispatched_by": user, "dispatched_at": now}
    if is_now in ("done", "closed") and was not in ("done", "closed"):
        given["finished_at"] = now
    return given


WORK_ORDER = Kind(
    name="work_order",
    label=label("工单", "Work order"),
    id_prefix="W-",
    title_field="number",
    number_field="number",
    number_rule="WX-{day:%Y%m%d}-{count:05d}",
    fill=_fill,
    fields=(
        Field(name="number", type="code", label=label("工单号", "Number"), given=True, searched=True),
        Field(name="customer_id", type="ref", ref="customer", label=label("客户", "Customer"), required=True),
        Field(name="product_id", type="ref", ref="product", label=label("产品", "Product")),
        Field(name="call_id", type="text", label=label("来电", "Call"), max_length=40),
        Field(name="type", type="choice", label=label("业务类型", "Type"), required=True, default="repair",
              choices=choices(repair=("维修", "Repair"), install=("安装", "Installation"),
                              maintain=("保养", "Maintenance"), complaint=("投诉", "Complaint"),
                              inquiry=("咨询", "Enquiry"))),
        Field(name="status", type="choice", label=label("状态", "Status"), choices=STATUSES, default="new"),
        Field(name="urgent", type="yes_no", label=label("加急", "Urgent"), default=False),
        Field(name="warranty", type="choice", label=label("保修", "Warranty"), default="unknown",
              choices=choices(inside=("保内", "In warranty"), outside=("保外", "Out of warranty"),
                              unknown=("待核", "To be checked"))),
        Field(name="fault", type="choice", label=label("故障现象", "Fault"),
              choices=choices(not_cooling=("不制冷", "Not cooling"), noise=("噪音", "Noise"),
                              leak=("漏水", "Leak"), frost=("结霜", "Frost"),
                              not_starting=("不启动", "Does not start"), other=("其他", "Other"))),
        Field(name="fault_code", type="code", label=label("故障代码", "Fault code"), max_length=80),
        Field(name="description", type="long_text", label=label("客户描述", "What the customer says"),
              required=True, searched=True, max_length=2000),
        Field(name="contact", type="text", label=label("联系人", "Contact"), required=True, personal=True,
              searched=True, max_length=60),
        Field(name="phone", type="phone", label=label("联系电话", "Contact phone"), required=True,
              personal=True, searched=True),
        Field(name="address", type="text", label=label("地址", "Address"), required=True, personal=True,
              searched=True),
        Field(name="appointment_from", type="time", label=label("上门时间", "Visit from")),
        Field(name="appointment_until", type="time", label=label("上门时间止", "Visit until")),
        Field(name="due_at", type="time", label=label("完工时限", "Finish by")),
        Field(name="engineer", type="text", label=label("工程师", "Engineer"), searched=True, max_length=60),
        Field(name="bring", type="text", label=label("建议携带", "Bring along")),
        Field(name="steps", type="long_text", label=label("处理步骤", "Steps"), max_length=1000,
              help=label("一行一步", "One step a line")),
        Field(name="parts", type="lines", label=label("配件", "Parts"), columns=_PART_COLUMNS),
        Field(name="labour_fee", type="money", label=label("人工与上门", "Labour and visit"), minimum=0),
        Field(name="reduction", type="money", label=label("减免", "Reduction"), minimum=0),
        Field(name="outcome", type="text", label=label("处理结果", "Outcome"), max_length=400),
        Field(name="rating", type="integer", label=label("满意度", "Rating"), minimum=1, maximum=5),
        Field(name="notes", type="long_text", label=label("备注", "Notes"), max_length=2000),
        Field(name="taken_by", type="text", label=label("受理人", "Taken by"), given=True),
        Field(name="dispatched_by", type="text", label=label("派工人", "Dispatched by"), given=True),
        Field(name="dispatched_at", type="time", label=label("派工时间", "Dispatched at"), given=True),
        Field(name="finished_at", type="time", label=label("完工时间", "Finished at"), given=True),
    ),
)  # fmt: skip
