"""What is left to do, over HTTP."""

import pytest
from sqlalchemy import insert

from app.server.storage.tables import task

KEYS = {"task_id", "kind", "state", "number", "queue", "call_id", "reason", "created_at", "done_at"}


@pytest.mark.req("X6")
def test_tasks_are_newest_first_filtered_and_paged(in_centre):
    async def test(centre):
        now = centre.clock.now
        rows = [
            {
                "task_id": f"t{n}", "what": "missed_call", "call_id": f"c{n}", "number": f"+861380000{n:04}",
                "queue": "service", "reason": "lost", "created_at": now - n // 2, "done_at": now if n == 3 else None,
            }
            for n in range(8)
        ]  # fmt: skip
        async with centre.services.database.write() as connection:
            await connection.execute(insert(task), rows)

        async def found(**query):
            answer = await centre.ask("GET", "/tasks", params=query)
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert [one["task_id"] for one in (await found(state="done"))["items"]] == ["t3"]
        assert len((await found(state="open"))["items"]) == 7
        (one,) = (await found(number="138 0000 0007"))["items"]
        assert set(one) == KEYS and one["task_id"] == "t7" and one["state"] == "open"
        assert (await found(call="c2"))["items"][0]["number"] == "+8613800000002"
        seen, cursor = [], ""
        while cursor is not None:
            page = await found(limit=3, cursor=cursor)
            seen += [one["task_id"] for one in page["items"]]
            cursor = page["next"]
        assert seen == ["t1", "t0", "t3", "t2", "t5", "t4", "t7", "t6"]
        for wrong in ({"state": "lost"}, {"sort": "number"}, {"cursor": "x"}, {"colour": "red"}):
            assert (await centre.ask("GET", "/tasks", params=wrong)).status_code == 422
        assert (await centre.ask("GET", "/tasks", user=None)).status_code == 401

    in_centre(test)
