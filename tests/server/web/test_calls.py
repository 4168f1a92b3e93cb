"""The call log and its recordings over HTTP."""

import pytest
from sqlalchemy import insert

from app.server.storage.tables import call, recording

KEYS = {
    "call_id", "direction", "state", "outcome", "from", "to", "customer_id", "queue", "agent", "started_at",
    "answered_at", "ended_at", "ended_by", "ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_up_s", "keys",
    "recordings", "summary", "work_orders",
}  # fmt: skip


def row(n, at, **more):
    return {
        "call_id": f"c{n}", "direction": "in", "state": "ended", "outcome": "answered", "from_number": f"+861380000{n:04}",
        "to_number": "400", "queue": "service", "agent": "a01", "started_at": at, "answered_at": at + 5,
        "ended_at": at + 60, "ended_by": "caller", "customer_id": None, "keys": [], "summary": {},
        "ivr_s": 1.0, "wait_s": 4.0, "ring_s": 1.0, "talk_s": 55.0, "hold_s": 0.0, "wrap_up_s": 3.0,
    } | more  # fmt: skip


async def write(centre, table, *rows):
    async with centre.services.database.write() as connection:
        await connection.execute(insert(table), list(rows))


def live(n, started_at, **more):
    return {
        "call_id": f"c{n}", "state": "talking", "outcome": None, "direction": "in", "from": "+8613900000000", "to": "400",
        "queue": "service", "agent": "a01", "started_at": started_at, "legs": [], "segments": [], "steps": [], "decisions": [],
    } | more  # fmt: skip


@pytest.mark.req("P9")
def test_the_log_is_newest_first_filtered_and_paged(in_centre):
    async def test(centre):
        now = centre.clock.now
        rows = [
            row(n, now - 100 * n, agent=f"a{n % 2:02}", outcome="abandoned" if n > 15 else "answered")
            for n in range(20)
        ]
        await write(centre, call, *rows)

        async def found(**query):
            answer = await centre.ask("GET", "/calls", params=query)
            assert answer.status_code == 200, answer.text
            return [item["call_id"] for item in answer.json()["items"]]

        assert await found(limit=3) == ["c0", "c1", "c2"]
        assert await found(agent="a01", limit=2) == ["c1", "c3"]
        assert await found(outcome="abandoned") == ["c16", "c17", "c18", "c19"]
        assert await found(number="138 0000 0007") == ["c7"]
        assert await found(since="2026-11-22T03:56:40Z", until="2026-11-22T04:00:00.000Z") == ["c1", "c2"]
        assert await found(sort="started_at", limit=1) == ["c19"]
        item = (await centre.ask("GET", "/calls", params={"limit": 1})).json()["items"][0]
        assert set(item) == KEYS
        seen, cursor = [], ""
        while cursor is not None:
            page = (await centre.ask("GET", "/calls", params={"limit": 7, "cursor": cursor})).json()
            seen += [item["call_id"] for item in page["items"]]
            cursor = page["next"]
        assert seen == [f"c{n}" for n in range(20)]

    in_centre(test)


def test_live_calls_stand_in_the_log_as_they_are_now(in_centre):
    async def test(centre):
        now = centre.clock.now
        await write(
            centre, call, row(1, now - 50, state="queued", outcome=None, agent=None), row(2, now - 60)
        )
        centre.runtime.live = [
            live(1, "2026-11-22T03:59:10.000Z"),
            live(3, "2026-11-22T03:59:59.000Z", state="queued"),
        ]
        items = (await centre.ask("GET", "/calls")).json()["items"]
        assert [(item["call_id"], item["state"]) for item in items] == [
            ("c3", "queued"),
            ("c1", "talking"),
            ("c2", "ended"),
        ]
        assert "legs" not in items[0]
        talking = (await centre.ask("GET", "/calls?state=talking")).json()["items"]
        assert [item["call_id"] for item in talking] == ["c1"]
        assert [
            item["call_id"] for item in (await centre.ask("GET", "/calls?state=queued")).json()["items"]
        ] == ["c3"]
        assert len((await centre.ask("GET", "/calls?limit=2")).json()["items"]) == 2
        assert (await centre.ask("GET", "/calls/c3")).json()["legs"] == []
        assert (await centre.ask("GET", "/calls/c2")).json()["legs"] == []
        assert (await centre.ask("GET", "/calls/c9")).status_code == 404

    in_centre(test)


@pytest.mark.req("R2", "R12")
def test_a_recording_is_heard_whole_or_in_part_by_who_may(in_centre, tmp_path):
    sound = bytes(range(256)) * 4

    async def test(centre):
        (tmp_path / "2026").mkdir()
        (tmp_path / "2026" / "a.wav").write_bytes(sound)
        facts = {"call_id": "c1", "started_at": 1.0, "duration_s": None, "channels": ["caller", "agent"]}
        await write(
            centre, recording,
            {"recording_id": "r1", "agent": "a01", "file": "2026/a.wav"} | facts,
            {"recording_id": "r2", "agent": "a02", "file": "2026/a.wav"} | facts,
            {"recording_id": "r3", "agent": "a01", "file": "../../etc/passwd"} | facts,
        )  # fmt: skip

        async def hear(recording_id, user="a01", **headers):
            return await centre.ask("GET", f"/recordings/{recording_id}", user, headers=headers)

        whole = await hear("r1")
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, sound, "audio/wav")
        part = await hear("r1", Range="bytes=10-19")
        assert (part.status_code, part.content) == (206, sound[10:20])
        assert part.headers["content-range"] == "bytes 10-19/1024"
        assert (await hear("r1", Range="bytes=1000-")).content == sound[1000:]
        assert (await hear("r1", Range="bytes=-5")).content == sound[-5:]
        assert (await hear("r1", Range="bytes=2000-")).status_code == 416
        assert (await hear("r1", Range="lines=1-2")).status_code == 200
        assert (await hear("r2")).json()["needs"] == "hear_all_recordings"
        assert (await hear("r2", "super")).status_code == 200
        assert (await hear("r3")).status_code == 404
        assert (await hear("r9")).status_code == 404

    in_centre(test)


def test_health_says_what_is_wrong_and_metrics_stay_at_home(in_centre):
    async def test(centre):
        health = (await centre.ask("GET", "/health", None)).json()
        assert set(health) == {
            "status",
            "version",
            "started_at",
            "now",
            "boards",
            "database",
            "recovered",
            "problems",
        }
        assert health["database"] == "ok"
        assert (await centre.http.get("/metrics")).status_code == 200
        import httpx

        from_outside = httpx.ASGITransport(centre.app, client=("192.168.1.7", 5))
        async with httpx.AsyncClient(transport=from_outside, base_url="http://centre") as http:
            assert (await http.get("/metrics")).status_code == 401

    in_centre(test)
