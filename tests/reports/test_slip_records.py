"""A slip made of the records as the API gives them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pypdfium2
import pytest
import slip_samples as samples

from reports.pages.slip import Part, Past, render_slip, slip_from_records

pytestmark = pytest.mark.req("D4")

ORDER = {
    "id": "W-00000417", "number": "WX-20261122-00417", "customer_id": "K-1", "product_id": "P-1", "type": "install",
    "urgent": True, "warranty": "inside", "fault": "not_cooling", "fault_code": "E6", "description": "不制冷",
    "contact": "王建国", "phone": "+8613800006021", "address": "武汉市洪山区珞喻路 1037 号",
    "appointment_from": "2026-11-23T06:00:00.000Z", "appointment_until": "2026-11-23T08:00:00.000Z",
    "due_at": "2026-11-24T10:00:00.000Z", "engineer": "李强", "bring": None, "steps": "断电验电\n\n试机",
    "parts": [{"part_no": "YS-1", "name": "主板", "quantity": 2, "unit_price": 386.1}], "labour_fee": 80.0,
    "reduction": None, "notes": None, "taken_by": "陈晓敏", "created_at": "2026-11-22T02:18:00.000Z",
    "dispatched_by": None, "dispatched_at": None,
}  # fmt: skip
CUSTOMER = {"name": "王建国", "title": "mr", "phone": "+8613800006021", "alert": "先致电"}
PRODUCT = {
    "name": "空调",
    "model": "KFR-35",
    "serial": None,
    "bought_on": "2024-06-18",
    "warranty_until": "2030-06-17",
}
HISTORY = [
    {
        "number": "WX-1",
        "created_at": "2026-07-02T01:00:00.000Z",
        "outcome": "清洗滤网",
        "engineer": "赵磊",
        "rating": 4,
    },
    {"number": "WX-0", "created_at": "2025-08-15T01:00:00.000Z", "fault": "leak", "rating": 9},
]
COMPANY = {"name": "云杉电器", "hotline": "+864008205566"}


def test_times_are_the_sites_own_and_the_number_is_masked():
    slip = slip_from_records(
        ORDER, CUSTOMER, PRODUCT, COMPANY, HISTORY, printed_at=datetime(2026, 11, 22, 2, 33, tzinfo=UTC)
    )
    assert slip.appointment_from == datetime(2026, 11, 23, 14, 0)
    assert slip.taken_at == datetime(2026, 11, 22, 10, 18)
    assert slip.printed_at == datetime(2026, 11, 22, 10, 33)
    assert slip.phone == "138****6021"
    assert (slip.customer, slip.title, slip.note) == ("王建国", "mr", "先致电")
    assert slip.parts == (Part(part_no="YS-1", description="主板", quantity=2, unit_price=Decimal("386.1")),)
    assert slip.total == Decimal("852.2")
    assert slip.warranty_until == date(2030, 6, 17)
    assert [step.text for step in slip.steps] == ["断电验电", "试机"]
    assert slip.history[0] == Past(
        on=date(2026, 7, 2), order="WX-1", work="清洗滤网", engineer="赵磊", rating=4
    )
    assert (slip.history[1].work, slip.history[1].rating) == ("漏水", None)
    assert slip.hotline == "400-820-5566"
    assert slip_from_records(ORDER, CUSTOMER, PRODUCT, COMPANY, language="en").fault == "Not cooling"


def test_another_contact_is_not_called_by_the_customers_title():
    slip = slip_from_records(ORDER | {"contact": "李娜"}, CUSTOMER, None, COMPANY)
    assert (slip.customer, slip.title) == ("李娜", "")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_whole_number_is_nowhere_on_the_page(language: str):
    slip = slip_from_records(ORDER, CUSTOMER, PRODUCT, COMPANY, HISTORY, language=language)
    document = pypdfium2.PdfDocument(render_slip(slip, "A5", language))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    said = str(document.get_metadata_dict())
    document.close()
    assert "138****6021" in text
    assert "13800006021" not in text.replace(" ", "") + said
    assert "+8613800006021" not in repr(slip)


def test_records_with_nothing_but_what_is_required_still_print():
    slip = slip_from_records({"number": "WX-1", "description": "坏"}, None, None, {"name": "云杉"})
    for paper in ("A4", "A5", "80mm"):
        assert render_slip(slip, paper).startswith(b"%PDF")


@pytest.mark.parametrize("number", ["", "维修-0001", "WX-" + "9" * 60, "a\nb", "😀"])
def test_a_number_of_any_rule_prints(number: str):
    for paper in ("A4", "A5", "80mm"):
        assert render_slip(samples.chinese(number=number), paper).startswith(b"%PDF")


@pytest.mark.parametrize("url", ["x" * 300, "https://例子.example/单/417", "0" * 20])
def test_a_link_of_any_length_prints(url: str):
    assert render_slip(samples.chinese(engineer_url=url, customer_url=url), "A5").startswith(b"%PDF")
