"""What a dispatch slip says, whatever paper or language it is printed in. Plain and picklable."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One line of the parts table. unit_price None: not known yet."""

    part_no: str = ""
    description: str
    quantity: int = 1
    unit_price: Decimal | None = None

    @property
    def amount(self) -> Decimal | None:
        return None if self.unit_price is None else self.unit_price * self.quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An earlier order of the same customer. rating: 1 (very poor) … 5 (very good)."""

    on: date | None = None
    order: str = ""
    work: str = ""
    engineer: str = ""
    rating: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something to do and tick. unit: of the reading to write down (`V`), "": none."""

    text: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """One work order as it is printed.

    Times are the site's own, without zone. phone is masked already: the whole number must
    not reach this class. engineer_url, customer_url: two different tokens, at most 42
    characters each for the module size of the design; "": that code is left out.
    steps, conditions empty: the language's standard ones.
    """

    company: str
    hotline: str = ""
    company_address: str = ""
    number: str
    kind: str = "repair"  # repair, install, maintain, complaint, inquiry
    urgent: bool = False
    warranty: str = "unknown"  # inside, outside, unknown
    taken_at: datetime | None = None
    taken_by: str = ""
    dispatched_at: datetime | None = None
    dispatched_by: str = ""
    printed_at: datetime | None = None
    print_count: int = 1
    appointment_from: datetime | None = None
    appointment_until: datetime | None = None
    due_at: datetime | None = None
    engineer: str = ""
    customer: str = ""
    title: str = ""  # mr, ms, company
    phone: str = ""
    address: str = ""
    note: str = ""
    product: str = ""
    model: str = ""
    serial: str = ""
    bought_on: date | None = None
    bought_at: str = ""
    warranty_until: date | None = None
    complaint: str = ""
    fault: str = ""
    fault_code: str = ""
    bring: str = ""
    history: tuple[Past, ...] = ()
    steps: tuple[Step, ...] = ()
    parts: tuple[Part, ...] = ()
    labour: Decimal | None = None
    reduction: Decimal | None = None
    conditions: tuple[str, ...] = ()
    engineer_url: str = ""
    customer_url: str = ""

    @property
    def parts_total(self) -> Decimal:
        return sum((part.amount or Decimal(0) for part in self.parts), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.parts_total + (self.labour or Decimal(0)) - (self.reduction or Decimal(0))
