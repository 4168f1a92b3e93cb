"""A customer's appliance: what was sold to him, and until when it is under warranty."""

from app.domain.records.description import Field, Kind, choices, label

CATEGORIES = choices(
    fridge=("冰箱", "Refrigerator"), washer=("洗衣机", "Washing machine"), air=("空调", "Air conditioner"),
    heater=("热水器", "Water heater"), hood=("油烟机", "Range hood"), television=("电视", "Television"),
    purifier=("净水器", "Water purifier"), other=("其他", "Other"),
)  # fmt: skip

PRODUCT = Kind(
    name="product",
    label=label("产品", "Product"),
    id_prefix="P-",
    fields=(
        Field(name="customer_id", type="ref", ref="customer", label=label("客户", "Customer"), required=True),
        Field(name="category", type="choice", label=label("品类", "Category"), choices=CATEGORIES,
              required=True),
        Field(name="name", type="text", label=label("名称", "Name"), required=True, searched=True,
              max_length=80),
        Field(name="model", type="code", label=label("型号", "Model"), searched=True, max_length=40),
        Field(name="serial", type="code", label=label("序列号", "Serial number"), searched=True,
              max_length=40),
        Field(name="bought_on", type="date", label=label("购买日期", "Bought on")),
        Field(name="bought_at", type="text", label=label("购买处", "Bought at"), max_length=80),
        Field(name="warranty_until", type="date", label=label("保修至", "Warranty until")),
        Field(name="notes", type="long_text", label=label("备注", "Notes"), max_length=2000),
    ),
)  # fmt: skip
