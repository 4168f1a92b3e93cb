"""Everything kept by people is a record described once. A new kind is one file, named here."""

from collections.abc import Mapping

from app.domain.records.customer import CUSTOMER
from app.domain.records.description import Choice, Field, Kind, described
from app.domain.records.product import PRODUCT
from app.domain.records.work_order import OPEN_STATUSES, WORK_ORDER

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (CUSTOMER, PRODUCT, WORK_ORDER)}

__all__ = [
    "CUSTOMER",
    "KINDS",
    "OPEN_STATUSES",
    "PRODUCT",
    "WORK_ORDER",
    "Choice",
    "Field",
    "Kind",
    "described",
]
