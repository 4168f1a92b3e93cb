"""Records through the API: made, found, changed by two at once, deleted, and who may."""

import asyncio

import pytest


async def an_order(centre, customer, **values):
    body = {"customer_id": customer["id"], "description": "不制冷", "contact": "陈淑芬", "phone": "13800004417",
            "address": "文三路 88 号"} | values  # fmt: skip
    return await centre.ask("POST", "/records/work_order", json=body)


@pytest.mark.req("C1", "C3")
def test_a_customer_is_made_read_changed_and_every_change_is_kept(in_centre):
    async def test(centre):
        made = await centre.customer(address="文三路")
        path = f"/records/customer/{made['id']}"
        assert (await centre.ask("GET", path)).json() == made
        centre.clock.now += 60
        changed = (await centre.ask("PUT", path, "super", json={"version": 1, "alert": "听力不好"})).json()
        assert (changed["version"], changed["alert"], changed["updated_by"]) == (2, "听力不好", "super")
        history = (await centre.ask("GET", f"{path}/history")).json()["items"]
        assert [item["action"] for item in history] == ["changed", "created"]
        assert history[0]["changes"] == {"alert": [None, "听力不好"]}
        assert centre.runtime.changed == [("customer", made["id"], 1), ("customer", made["id"], 2)]

    in_centre(test)


@pytest.mark.req("C2")
def test_two_who_change_one_record_the_second_sees_both_sides(in_centre):
    async def test(centre):
        made = await centre.customer()
        path = f"/records/customer/{made['id']}"
        answers = await asyncio.gather(
            *(centre.ask("PUT", path, json={"version": 1, "notes": f"note {n}"}) for n in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        lost = next(answer.json() for answer in answers if answer.status_code == 409)
        assert (lost["refused"], lost["version"]) == ("Conflict", 2)
        assert lost["theirs"]["notes"].startswith("note")
        assert lost["reason"]

    in_centre(test)


@pytest.mark.req("C4")
@pytest.mark.parametrize(
    "q", ["陈淑", "淑芬", "芬", "陈淑芬 文三", "4417", "138 0000 4417", "+86 138-0000-4417", "2906"]
)
def test_a_customer_is_found_by_part_of_name_address_or_number(in_centre, q):
    async def test(centre):
        made = await centre.customer(address="杭州文三路", phone_other="0571 5550 2906")
        await centre.customer(name="王芳", phone="13900000001")
        found = (await centre.ask("GET", "/records/customer", params={"q": q})).json()["items"]
        assert [item["id"] for item in found] == [made["id"]]

    in_centre(test)


def test_what_is_changed_or_deleted_is_no_longer_found_by_its_old_words(in_centre):
    async def test(centre):
        made = await centre.customer()
        path = f"/records/customer/{made['id']}"
        await centre.ask("PUT", path, json={"version": 1, "name": "欧阳娜", "phone": "13900000009"})

        async def found(**query):
            return len((await centre.ask("GET", "/records/customer", params=query)).json()["items"])

        assert (await found(q="陈淑芬"), await found(q="4417"), await found(q="欧阳娜")) == (0, 0, 1)
        assert await centre.services.pop.customer_of("138 0000 4417") is None
        assert await centre.services.pop.customer_of("139 0000 0009") == made["id"]
        assert (await centre.ask("DELETE", path, "super")).status_code == 204
        assert (await found(q="欧阳娜"), await found()) == (0, 0)
        assert (await centre.ask("GET", path)).status_code == 404

    in_centre(test)


def test_pages_follow_each_other_without_gap_or_repetition(in_centre):
    async def test(centre):
        for n in range(23):
            centre.clock.now += n % 3  # several share a moment
            await centre.customer(name=f"客户{n % 5}", phone=f"138000{n:05}")
        for sort in ("-created_at", "name", "-id", "phone"):
            seen, cursor = [], None
            while True:
                query = {"limit": 5, "sort": sort} | ({"cursor": cursor} if cursor else {})
                page = (await centre.ask("GET", "/records/customer", params=query)).json()
                seen += page["items"]
                cursor = page["next"]
                if cursor is None:
                    break
            assert len(seen) == len({item["id"] for item in seen}) == 23
            keys = [item[sort.removeprefix("-")] for item in seen]
            assert keys == sorted(keys, reverse=sort.startswith("-"))

    in_centre(test)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"cursor": "???"}, {"cursor": "WzFd"},
                                   {"sort": "colour"}, {"colour": "red"}])  # fmt: skip
def test_a_query_that_cannot_be_answered_names_its_parameter(in_centre, query):
    async def test(centre):
        answer = await centre.ask("GET", "/records/customer", params=query)
        assert answer.status_code == 422
        assert set(answer.json()["fields"]) == set(query)

    in_centre(test)


def test_filters_choose_by_any_of_several_values_and_numbers_in_any_spelling(in_centre):
    async def test(centre):
        await centre.customer(level="vip")
        await centre.customer(phone="13900000001")
        items = (await centre.ask("GET", "/records/customer?level=vip&level=normal")).json()["items"]
        assert len(items) == 2
        items = (await centre.ask("GET", "/records/customer", params={"phone": "139-0000-0001"})).json()[
            "items"
        ]
        assert len(items) == 1

    in_centre(test)


@pytest.mark.req("D1")
def test_orders_are_numbered_without_gap_however_many_write_at_once(in_centre):
    async def test(centre):
        customer = await centre.customer()
        wishes = [an_order(centre, customer) for _ in range(30)]
        wishes += [an_order(centre, customer | {"id": "K-none"}) for _ in range(10)]
        answers = await asyncio.gather(*wishes)
        numbers = sorted(answer.json()["number"] for answer in answers if answer.status_code == 201)
        assert numbers == [f"WX-20261122-{n:05}" for n in range(1, 31)]
        refused = [answer for answer in answers if answer.status_code == 422]
        assert len(refused) == 10
        assert refused[0].json()["fields"] == {"customer_id": "没有这个客户"}
        centre.clock.now += 13 * 3600  # 01:00 in Shanghai: another day there, not yet in UTC
        assert (await an_order(centre, customer)).json()["number"] == "WX-20261123-00001"

    in_centre(test)


def test_who_took_and_who_dispatched_an_order_is_written_by_the_server(in_centre):
    async def test(centre):
        order = (await an_order(centre, await centre.customer())).json()
        assert order["taken_by"] == "a01"
        path = f"/records/work_order/{order['id']}"
        order = (await centre.ask("PUT", path, "super", json={"version": 1, "status": "dispatched"})).json()
        assert (order["dispatched_by"], order["dispatched_at"]) == ("super", "2026-11-22T04:00:00.000Z")
        answer = await centre.ask("PUT", path, json={"version": 2, "taken_by": "e01"})
        assert answer.json()["fields"] == {"taken_by": "受理人由系统填写"}

    in_centre(test)


def test_deleting_needs_the_right_and_nobody_who_still_refers(in_centre):
    async def test(centre):
        customer = await centre.customer()
        order = (await an_order(centre, customer)).json()
        path = f"/records/customer/{customer['id']}"
        assert (await centre.ask("DELETE", path, "a01")).json()["needs"] == "delete_records"
        refused = await centre.ask("DELETE", path, "super")
        assert (refused.status_code, refused.json()["refused"]) == (409, "StillReferred")
        assert (await centre.ask("DELETE", f"/records/work_order/{order['id']}", "super")).status_code == 204
        assert (await centre.ask("DELETE", path, "super")).status_code == 204

    in_centre(test)


@pytest.mark.parametrize(
    "path", ["/records/spaceship", "/records/customer/K-none", "/records/work_order/x/slip.pdf"]
)
def test_what_is_not_there_is_not_found(in_centre, path):
    async def test(centre):
        assert (await centre.ask("GET", path)).json()["error"] == "not_found"

    in_centre(test)


@pytest.mark.req("D4")
def test_the_slip_of_an_order_comes_as_pdf_in_three_sizes(in_centre):
    async def test(centre):
        order = (await an_order(centre, await centre.customer())).json()
        for paper in ("A5", "A4", "80mm"):
            answer = await centre.ask(
                "GET", f"/records/work_order/{order['id']}/slip.pdf", params={"paper": paper}
            )
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.content.endswith(paper.encode())
        answer = await centre.ask("GET", f"/records/work_order/{order['id']}/slip.pdf?paper=A0")
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {"paper"})

    in_centre(test)


@pytest.mark.req("A7", "A8", "A10")
def test_the_screen_pop_tells_who_calls_what_is_open_and_what_happened(in_centre):
    async def test(centre):
        customer = await centre.customer(level="vip", alert="请先致歉")
        body = {
            "customer_id": customer["id"],
            "category": "fridge",
            "name": "对开门冰箱",
            "model": "BCD-532W",
        }
        product = (await centre.ask("POST", "/records/product", json=body)).json()
        order = (await an_order(centre, customer, product_id=product["id"])).json()
        pop = await centre.services.pop("0086 138 0000 4417")
        assert pop["customer"]["name"] == "陈淑芬"
        assert pop["products"] == [product]
        assert pop["open_orders"] == [order]
        assert {fact["fact"] for fact in pop["facts"]} == {"open_orders", "vip", "alert"}
        assert pop["timeline"][0]["title"] == "WX-20261122-00001"
        unknown = await centre.services.pop("13900000000")
        assert unknown["customer"] is None
        assert unknown["facts"][0]["fact"] == "new_customer"

    in_centre(test)


@pytest.mark.req("D4", "D13")
def test_the_codes_on_a_slip_open_the_order_for_engineer_and_customer_and_nothing_else(in_centre):
    async def test(centre):
        order = (await an_order(centre, await centre.customer(), engineer="李强 <E0173>")).json()
        links = await centre.services.paper_links.of_order(order["id"])
        engineer = await centre.http.get(f"/s/{links['e']}")
        customer = await centre.http.get(f"/s/{links['c']}")
        assert 'href="tel:+8613800004417"' in engineer.text
        assert order["number"] in customer.text
        assert "李强 &lt;E0173&gt;" in customer.text
        assert "13800004417" not in customer.text
        assert "文三路" not in customer.text
        for wrong in (
            links["e"].replace("e", "c", 1),
            links["c"][:-1],
            "e1-",
            "x1-abc",
            "e-",
            "eff-" + "a" * 10,
            "é",
        ):
            answer = await centre.http.get(f"/s/{wrong}")
            assert answer.status_code == 404
            assert order["number"] not in answer.text

    in_centre(test)


@pytest.mark.req("D4")
def test_a_slip_is_really_drawn_in_a_worker_process(in_centre):
    from app.server.paper import slip_facts
    from app.server.workers import Workers

    async def test(centre):
        order = (
            await an_order(centre, await centre.customer(), parts=[{"name": "启动器", "quantity": 1}])
        ).json()
        facts = await slip_facts(centre.services, order)
        workers = Workers(quick=1)
        await workers.start()
        try:
            for language in ("zh_CN", "en"):
                pdf = await workers.run("slip_pdf", facts=facts, paper="A5", language=language)
                assert pdf.startswith(b"%PDF")
        finally:
            await workers.close()

    in_centre(test)
