"""The customer: who calls, where he lives, what to mind."""

from app.domain.records.description import Field, Kind, choices, label

CUSTOMER = Kind(
    name="customer",
    label=label("客户", "Customer"),
    id_prefix="K-",
    fields=(
        Field(name="name", type="text", label=label("姓名", "Name"), required=True, personal=True,
              searched=True, max_length=60),
        Field(name="title", type="choice", label=label("称呼", "Title"),
              choices=choices(mr=("先生", "Mr"), ms=("女士", "Ms"), company=("单位", "Company"))),
        Field(name="phone", type="phone", label=label("电话", "Phone"), required=True, personal=True,
              searched=True),
        Field(name="phone_other", type="phone", label=label("备用电话", "Other phone"), personal=True,
              searched=True),
        Field(name="region", type="text", label=label("地区", "Region"), searched=True, max_length=60,
              help=label("省、市，如“浙江 杭州”", "Province and city")),
        Field(name="address", type="text", label=label("地址", "Address"), personal=True, searched=True),
        Field(name="email", type="text", label=label("邮箱", "E-mail"), personal=True, max_length=120),
        Field(name="level", type="choice", label=label("级别", "Level"), default="normal",
              choices=choices(normal=("普通", "Normal"), vip=("VIP", "VIP"))),
        Field(name="since", type="date", label=label("成为客户", "Customer since")),
        Field(name="alert", type="text", label=label("提醒", "Mind"), max_length=120,
              help=label("来电时第一眼要看到的话", "What the next agent must see first")),
        Field(name="preference", type="text", label=label("偏好", "Preference"), max_length=120),
        Field(name="notes", type="long_text", label=label("备注", "Notes"), max_length=4000),
    ),
)  # fmt: skip
