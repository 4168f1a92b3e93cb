"""The same code on PostgreSQL: what its dialect could do differently, seen once each.

ZONGJI_TEST_DATABASE=postgresql runs the other server tests on it too.
"""

import asyncio

import pytest

from app.domain import events as e
from app.server.projector import Projector
from app.server.storage.growing import prepare
from app.server.storage.settling import settle


class Entry:
    def __init__(self, seq, event):
        self.seq, self.at_utc, self.events = seq, 1_795_320_000.0 + seq, [event]


@pytest.fixture
def in_centre(new_postgresql_database, monkeypatch, request):
    monkeypatch.setenv("ZONGJI_TEST_DATABASE", "postgresql")
    return request.getfixturevalue("in_centre")


@pytest.mark.req("Q2")
def test_records_are_found_numbered_and_changed_as_on_sqlite(in_centre):
    async def test(centre):
        await prepare(centre.services.database)  # a second start changes nothing
        customer = await centre.customer(address="杭州市西湖区文三路")
        for q in ("陈淑", "芬", "文三路", "4417", "138 0000 4417"):
            found = (await centre.ask("GET", "/records/customer", params={"q": q})).json()["items"]
            assert [item["id"] for item in found] == [customer["id"]], q
        assert (await centre.ask("GET", "/records/customer?q=王芳")).json()["items"] == []
        body = {
            "customer_id": customer["id"],
            "description": "x",
            "contact": "x",
            "phone": "110",
            "address": "x",
        }
        answers = await asyncio.gather(
            *(centre.ask("POST", "/records/work_order", json=body) for _ in range(20)),
            *(
                centre.ask("POST", "/records/work_order", json=body | {"customer_id": "K-9"})
                for _ in range(5)
            ),
        )
        numbers = sorted(answer.json()["number"] for answer in answers if answer.status_code == 201)
        assert numbers == [f"WX-20261122-{n:05}" for n in range(1, 21)]
        path = f"/records/customer/{customer['id']}"
        answers = await asyncio.gather(
            *(centre.ask("PUT", path, json={"version": 1, "notes": f"{n}"}) for n in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
        assert (await centre.services.pop("13800004417"))["customer"]["id"] == customer["id"]

    in_centre(test)


@pytest.mark.req("Q2")
def test_calls_are_projected_and_the_demo_moves_in(in_centre):
    async def test(centre):
        here = centre.services
        assert await settle(here.database, now=1_795_320_000.0, customers=40)
        entries = [
            Entry(1, e.CallStarted(call_id="c1", direction="in", from_number="13800004417", to_number="400")),
            Entry(2, e.SegmentStarted(call_id="c1", segment_id="s1", place="queue:service", queue="service")),
            Entry(3, e.SegmentEnded(call_id="c1", segment_id="s1", place="queue:service", queue="service", end_reason="abandoned")),
            Entry(4, e.CallEnded(call_id="c1", outcome="abandoned", ended_by="caller")),
        ]  # fmt: skip
        projector = Projector(here.database)
        for entry in entries:
            await projector.catch_up([entry])
        assert await projector.position() == 4
        detail = await here.calls.detail("c1")
        assert (detail["outcome"], detail["customer_id"]) == ("abandoned", "K-0000001")
        assert await projector.rebuild(entries) == 4
        assert await here.calls.detail("c1") == detail
        items = (await centre.ask("GET", "/calls?limit=5")).json()["items"]
        assert items[0]["call_id"] == "c1"
        assert len(items) == 5

    in_centre(test)
