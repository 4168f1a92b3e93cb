"""The demo company, an import, a copy: many rows while others write."""

import asyncio
import csv
import sqlite3
import time

import pytest

from app.domain.records import CUSTOMER, KINDS
from app.domain.records.checking import checked
from app.server.storage.calls import CallStore
from app.server.storage.copying import copy_sqlite
from app.server.storage.importing import FileRefused, import_customers
from app.server.storage.records import RecordStore
from app.server.storage.settling import settle
from app.server.workers import JobFailed, Workers
from resources.demo.company import make

NOON = 1_795_320_000.0


def customers_csv(path, rows, head=("姓名", "电话", "地址"), encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([head, *rows])
    return str(path)


def test_the_demo_company_is_the_same_each_time_and_fits_its_descriptions():
    company, again = make(NOON, 200), make(NOON, 200)
    assert company == again
    for kind, values in [("customer", one) for one in company.customers] + [
        ("product", one) for _, one in company.products
    ]:
        values = values | ({"customer_id": "K-1"} if kind == "product" else {})
        assert (
            checked(KINDS[kind], values, role="admin", language="en")
            == {field.name: field.default for field in KINDS[kind].fields} | values
        )
    assert len({one["phone"] for one in company.customers}) == 200
    for order in company.orders:
        values = order["values"] | {"customer_id": "K-1", "product_id": "P-1"}
        assert checked(KINDS["work_order"], values, role="admin", language="en") | values == checked(
            KINDS["work_order"], values, role="admin", language="en"
        )


@pytest.mark.req("C1")
def test_the_demo_company_moves_in_once_and_its_numbers_go_on(in_centre):
    async def test(centre):
        here = centre.services
        assert await settle(here.database, now=NOON, customers=60)
        assert not await settle(here.database, now=NOON, customers=60)
        pop = await here.pop("138 0000 4417")
        assert pop["customer"]["name"] == "陈淑芬"
        assert len(pop["products"]) == 3
        order = pop["open_orders"][0] if pop["open_orders"] else (await _any_order(here))
        detail = await CallStore(here.database).detail(order["call_id"])
        assert order["id"] in detail["work_orders"]
        await here.records.create(
            KINDS["work_order"],
            {
                "customer_id": pop["customer"]["id"],
                "description": "x",
                "contact": "x",
                "phone": "110",
                "address": "x",
            },
            user="a01",
        )  # takes the next number of a day that has some already, or fails

    in_centre(test)


async def _any_order(here):
    from app.server.storage.listing import Page

    items, _ = await here.lists.page(KINDS["work_order"], page=Page(limit=1))
    return items[0]


@pytest.mark.req("O1")
def test_an_import_takes_what_fits_tells_what_does_not_and_knows_whom_it_has(in_centre, tmp_path):
    rows = [[f"王{n}", f"138{n:08}", "=HYPERLINK()"] for n in range(450)]
    rows[7][1] = "138000000"
    rows[8][0] = ""
    rows[9] = rows[10]
    file = customers_csv(tmp_path / "c.csv", rows, encoding="gb18030")

    async def test(centre):
        url = centre.services.database.url
        told = await asyncio.to_thread(import_customers, url, file)
        assert (told["rows"], told["taken"], told["known"], told["wrong_rows"]) == (450, 447, 1, 2)
        assert told["wrong"][0] == {"row": 9, "fields": {"phone": told["wrong"][0]["fields"]["phone"]}}
        again = await asyncio.to_thread(import_customers, url, file)
        assert (again["taken"], again["known"]) == (0, 448)
        items = (await centre.ask("GET", "/records/customer?q=王449")).json()["items"]
        assert [item["phone"] for item in items] == ["+8613800000449"]

    in_centre(test)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "name, phone"), (b"a,b\n1,2\n", "name, phone"), ("姓名,电话\n".encode() + b"x" * 20_000, "line 2"),
     ("姓名,电话\n".encode() + b"\xff\xff\xff\xff,1\n" + b"x,1\n" * 10, "line"), (b"name,phone\n\"a", "none")],
)  # fmt: skip
def test_a_file_that_is_no_list_of_customers_is_refused_in_a_sentence(in_centre, tmp_path, content, words):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)

    async def test(centre):
        try:
            told = await asyncio.to_thread(import_customers, centre.services.database.url, str(file))
            assert words == "none"
            assert told["taken"] == 0
        except FileRefused as error:
            assert words in str(error)

    in_centre(test)


@pytest.mark.req("N3", "Q9")
def test_others_write_on_while_a_file_is_taken_and_the_database_copied(in_centre, tmp_path):
    rows = [[f"李{n}", f"139{n:08}", "文三路"] for n in range(3000)]
    file = customers_csv(tmp_path / "c.csv", rows)

    async def test(centre):
        here, workers = centre.services, Workers(quick=1, long=2)
        await workers.start()
        store = RecordStore(here.database, clock=time.time)
        progress = []
        try:
            jobs = asyncio.gather(
                workers.run("import_customers", url=here.database.url, file=file, progress=progress.append),
                workers.run(
                    "copy_database", source=str(here.database.path), destination=str(tmp_path / "copy.db")
                ),
            )
            waits = []
            while not jobs.done():
                began = time.monotonic()
                await store.create(CUSTOMER, {"name": "测试", "phone": f"+86137{len(waits):08}"}, user="a01")
                waits.append(time.monotonic() - began)
                await asyncio.sleep(0.01)
            told, copied = await jobs
            with pytest.raises(JobFailed, match="FileRefused"):
                await workers.run("import_customers", url=here.database.url, file="/nowhere.csv")
        finally:
            await workers.close()
        assert told["taken"] == 3000
        assert progress[-1]["taken"] > 2000
        assert sorted(waits)[len(waits) // 2] < 0.25
        assert copied["bytes"] > 0
        copy = sqlite3.connect(tmp_path / "copy.db")
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copy.close()

    in_centre(test)


def test_a_copy_is_whole_and_an_unreadable_source_leaves_the_old_copy(in_centre, tmp_path):
    async def test(centre):
        await centre.customer()
        target = tmp_path / "copy.db"
        copy_sqlite(str(centre.services.database.path), str(target))
        with sqlite3.connect(target) as copy:
            assert copy.execute("SELECT name FROM customer").fetchall() == [("陈淑芬",)]
        copy.close()
        before = target.read_bytes()
        with pytest.raises(sqlite3.Error):
            copy_sqlite(str(tmp_path / "nowhere.db"), str(target))
        assert target.read_bytes() == before

    in_centre(test)
