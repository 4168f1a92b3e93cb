"""The HTTP API as CONTRACT tells it: statuses, languages, lists, records, paper, figures."""

import concurrent.futures
import json
import re
import time
from typing import Any

import httpx
import pytest

from tests.scenarios.harness import Centre, until

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120), pytest.mark.req("X2", "C1", "D1", "A22")]

CHINESE = re.compile("[一-鿿]")
HEALTH = {"status", "version", "started_at", "now", "boards", "database", "recovered", "problems"}
AGENT = {
    "agent_id", "name", "state", "since", "reason", "pending_break", "connected", "phone", "queues", "skills",
    "call_id", "calls_today", "talk_today_s",
}  # fmt: skip
QUEUE = {"queue_id", "name", "strategy", "service_goal_s", "waiting", "agents", "today"}
PARTS = ("answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost", "in_progress")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def body(answer: httpx.Response, status: int, error: str) -> dict[str, Any]:
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text[:300]}"
    told: dict[str, Any] = answer.json()
    assert told["error"] == error and told["message"]
    return told


def test_every_error_has_its_status_its_word_and_both_languages(centre: Centre):
    def post(path: str, user: str = "a07", **more: Any) -> httpx.Response:
        return centre.request("POST", f"/api/v1/{path}", user, **more)

    body(post("commands/StartBreak", content=b"{"), 400, "bad_json")
    body(post("commands/StartBreak", content=b"[]"), 400, "bad_json")
    body(post("commands/StartBreak", content=b'{"reason": "\xff"}'), 400, "bad_json")
    told = body(post("commands/Listen", json={"agent_id": "a01"}), 403, "not_allowed")
    assert told["needs"] == "supervise"
    assert body(post("commands/StartBreak", json={"agent_id": "a01"}), 403, "not_allowed")["needs"]
    body(post("commands/DanceTango", json={}), 404, "not_found")
    body(centre.request("GET", "/api/v1/calls/c0"), 404, "not_found")
    body(centre.request("GET", "/api/v1/recordings/../../zongji.toml"), 404, "not_found")
    body(centre.request("GET", "/api/v1/recordings/..%2F..%2Fzongji.toml"), 404, "not_found")
    body(centre.request("GET", "/api/v1/nowhere"), 404, "not_found")
    for path in ("commands/StartBreak", "login", "records/customer"):
        body(post(path, content=b'{"reason": "' + b"x" * 10_000_000 + b'"}'), 413, "too_large")
    told = body(post("commands/StartBreak", json={"reason": 5, "rest": True}), 422, "wrong_fields")
    assert set(told["fields"]) == {"reason", "rest"}
    assert set(body(post("commands/Dial", json={}), 422, "wrong_fields")["fields"]) == {"number"}
    body(post("commands/LogIn", json={"phone": "banana"}), 422, "wrong_fields")
    body(post("commands/LogIn", json={"by": "admin"}), 422, "wrong_fields")
    body(post("commands/Transfer", json={"to": "nobody", "mode": "shout"}), 422, "wrong_fields")
    for name, value in (("limit", "1001"), ("limit", "0"), ("limit", "²"), ("cursor", "x"), ("sort", "shoe_size"),
                        ("since", "yesterday"), ("nonsense", "1"), ("state", "asleep"), ("outcome", "fun"),
                        ("direction", "up")):  # fmt: skip
        told = body(centre.request("GET", f"/api/v1/calls?{name}={value}"), 422, "wrong_fields")
        assert set(told["fields"]) == {name}
    answer = post("commands/Hold", "a08", json={})
    assert answer.status_code == 409
    assert answer.json()["refused"] == "NotInThisState" and CHINESE.search(answer.json()["reason"])
    english = {"Authorization": f"Bearer {centre.token('a08')}", "Accept-Language": "en-GB"}
    answer = centre.client.post(f"{centre.facts['http']}/api/v1/commands/Hold", json={}, headers=english)
    assert answer.status_code == 409 and not CHINESE.search(answer.json()["reason"])
    for language, chinese in (("zh-CN,zh;q=0.9", True), ("en", False), ("", True)):
        answer = centre.client.get(
            f"{centre.facts['http']}/api/v1/agents", headers={"Accept-Language": language}
        )
        assert bool(CHINESE.search(body(answer, 401, "not_logged_in")["message"])) is chinese


def test_logging_in_tokens_and_five_wrong_passwords(centre: Centre):
    http = centre.facts["http"]

    def login(**fields: Any) -> httpx.Response:
        return centre.client.post(f"{http}/api/v1/login", json=fields)

    good = login(user="a19", password=centre.password("a19")).json()
    assert set(good) == {"token", "expires_at"} and MOMENT.fullmatch(good["expires_at"])
    token = good["token"]
    for forged in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "null",
        token + "x",
        "e30.e30.",
        "x" * 5000,
    ):
        answer = centre.client.get(f"{http}/api/v1/agents", headers={"Authorization": f"Bearer {forged}"})
        body(answer, 401, "not_logged_in")
    body(login(user="a19"), 422, "wrong_fields")
    body(login(user="a19", password=1), 422, "wrong_fields")
    body(login(user="nobody", password="x"), 401, "wrong_password")
    for _ in range(5):
        body(login(user="a20", password="wrong"), 401, "wrong_password")
    answer = login(user="a20", password="wrong")
    body(answer, 429, "too_many")
    body(login(user="a20", password=centre.password("a20")), 429, "too_many")
    assert login(user="a19", password=centre.password("a19")).status_code == 200, "others are not hurt"
    until("it is logged", lambda: centre.log_lines("login_failed"))
    assert "wrong" not in {str(value) for row in centre.log_lines("login_failed") for value in row.values()}


def test_a_command_id_is_obeyed_once_also_across_a_restart(centre: Centre):
    centre.command("LogIn", "a09", phone="none", ready=True)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(centre.command, "StartBreak", "a09", reason="r1", command_id="once") for _ in range(8)
        ]
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} == {200}
    first = answers[0].json()
    assert all(answer.json() == first for answer in answers)
    (event, *_) = first["events"]
    assert {"seq", "at", "event"} <= set(event) and MOMENT.fullmatch(event["at"])
    assert centre.command("EndBreak", "a09").status_code == 200
    assert centre.command("StartBreak", "a09", reason="r2", command_id="once").json() == first
    assert centre.agents()["a09"]["state"] == "ready"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:  # refused once, refused to all
        asked = [pool.submit(centre.command, "EndBreak", "a09", command_id="never") for _ in range(8)]
        assert {one.result().status_code for one in asked} == {409}
    old = centre.kill("server")
    until("a new server", lambda: centre.pid("server") != old and centre.health(), 15)
    until("it knows the agent", lambda: centre.agents()["a09"]["state"] == "ready", 15)
    assert centre.command("StartBreak", "a09", reason="r3", command_id="once").json() == first
    assert centre.agents()["a09"]["state"] == "ready"
    assert centre.command("LogOut", "a09").status_code == 200
    for wrong in ("", 5, "x" * 300):
        body(centre.command("StartBreak", "a09", command_id=wrong), 422, "wrong_fields")


def test_health_agents_queues_metrics_and_the_browsable_api(centre: Centre):
    health = centre.health()
    assert health is not None and set(health) >= HEALTH
    assert health["status"] == "ok" and health["problems"] == [] and health["database"] == "ok"
    assert MOMENT.fullmatch(health["started_at"]) and MOMENT.fullmatch(health["now"])
    (board,) = health["boards"]
    assert set(board) >= {"name", "connected", "channels", "in_use"} and board["connected"] is True
    agents = centre.get("/api/v1/agents")
    assert len(agents["items"]) >= 20 and agents["next"] is None
    assert all(set(row) >= AGENT for row in agents["items"])
    first = centre.get("/api/v1/agents?limit=3")
    assert [row["agent_id"] for row in first["items"]] == ["a01", "a02", "a03"] and first["next"]
    second = centre.get(f"/api/v1/agents?limit=3&cursor={first['next']}")
    assert [row["agent_id"] for row in second["items"]] == ["a04", "a05", "a06"]
    queues = centre.get("/api/v1/queues")["items"]
    assert [row["queue_id"] for row in queues] == ["service", "bench"]
    for row in queues:
        assert set(row) >= QUEUE
        assert row["today"]["offered"] == sum(row["today"][part] for part in PARTS)
        assert {"answered_in_time", "abandoned_short", "service_level", "formula"} <= set(row["today"])
    names = (
        "tick_seconds", "ticks_late_total", "channels", "journal_commit_seconds", "loop_lag_seconds", "offer_seconds",
    )  # fmt: skip

    def figures() -> bool:
        text = centre.client.get(f"{centre.facts['http']}/metrics").text
        return all(re.search(rf"^zongji_{name}(_bucket|_count)?[ {{]", text, re.M) for name in names)

    until("every figure is there, the board's too", figures, 10)
    openapi = centre.client.get(f"{centre.facts['http']}/api/openapi.json").json()
    for path in ("/api/v1/health", "/api/v1/login", "/api/v1/calls", "/api/v1/calls/{call_id}", "/api/v1/agents",
                 "/api/v1/queues", "/api/v1/records"):  # fmt: skip
        assert path in openapi["paths"], path
    assert any("commands" in path for path in openapi["paths"])
    page = centre.client.get(f"{centre.facts['http']}/api/docs").text
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert links and all(link.startswith("/") for link in links), "without internet"
    assert all(centre.client.get(centre.facts["http"] + link).status_code == 200 for link in links)


def test_lists_walk_by_cursor_newest_first(centre: Centre):
    seen: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(4):
        page = centre.get(f"/api/v1/calls?limit=7{cursor}")
        assert set(page) == {"items", "next"} and len(page["items"]) == 7
        seen += page["items"]
        cursor = f"&cursor={page['next']}"
    assert len({row["call_id"] for row in seen}) == 28
    started = [row["started_at"] for row in seen]
    assert started == sorted(started, reverse=True)
    middle = next(row for row in seen[10:] if row["agent"] and row["outcome"] == "answered")
    for name, value in (("queue", "service"), ("agent", middle["agent"]), ("outcome", "answered"), ("state", "ended"),
                        ("direction", "in"), ("number", middle["from"].replace("+", "%2B"))):  # fmt: skip
        rows = centre.calls(**{name: value}, limit=5)
        key = "from" if name == "number" else name
        assert rows and all(
            row[key] == middle["from"] if name == "number" else row[key] == value for row in rows
        )
    rows = centre.calls(until=middle["started_at"], limit=3)
    assert all(row["started_at"] < middle["started_at"] for row in rows) and rows
    rows = centre.calls(since=middle["started_at"])
    assert all(row["started_at"] >= middle["started_at"] for row in rows) and len(rows) >= 10
    assert middle["call_id"] in {row["call_id"] for row in rows}
    assert "legs" not in rows[0] and "steps" not in rows[0]
    oldest = centre.get("/api/v1/calls?sort=started_at&limit=3")["items"]
    assert [row["started_at"] for row in oldest] == sorted(row["started_at"] for row in oldest)


def test_records_are_described_made_found_changed_and_removed(centre: Centre):
    described = {row["kind"]: row for row in centre.get("/api/v1/records")["items"]}
    assert {"customer", "product", "work_order"} <= set(described)
    for kind in described.values():
        for field in kind["fields"]:
            assert {"name", "type", "label", "required", "choices", "ref", "personal", "rights"} <= set(field)
            assert field["label"]["zh_CN"] and field["label"]["en"]
    path = "/api/v1/records/customer"
    made = centre.request("POST", path, "a07", json={"name": "外看", "phone": "139 0000 7788"})
    assert made.status_code in (200, 201), made.text
    record = made.json()
    names = {field["name"] for field in described["customer"]["fields"]}
    assert names <= set(record), "unknown values are null, keys never left out"
    one = f"{path}/{record['id']}"
    for spelling in (
        "13900007788",
        "+86 139-0000-7788",
        "008613900007788",
        "0086 139 0000 7788",
        "8613900007788",
    ):
        for key in ("q", "phone"):
            query = httpx.QueryParams({key: spelling})
            found = centre.get(f"{path}?{query}")["items"]
            assert [row["id"] for row in found] == [record["id"]], (key, spelling)
    changed = centre.request("PUT", one, "a07", json={"name": "外看二", "version": record["version"]})
    assert changed.status_code == 200 and changed.json()["phone"] == record["phone"]
    answer = centre.request("PUT", one, "a08", json={"name": "外看三", "version": record["version"]})
    assert answer.status_code == 409
    conflict = answer.json()
    assert conflict["refused"] == "Conflict" and conflict["reason"]
    assert conflict["version"] == changed.json()["version"] and conflict["theirs"]["name"] == "外看二"
    assert (
        "version"
        in body(centre.request("PUT", one, "a07", json={"name": "x"}), 422, "wrong_fields")["fields"]
    )
    told = body(centre.request("POST", path, "a07", json={"phone": "x", "shoe": 1}), 422, "wrong_fields")
    assert set(told["fields"]) == {"name", "phone", "shoe"}
    body(centre.request("GET", f"{path}?shoe=1"), 422, "wrong_fields")
    assert "needs" in body(centre.request("DELETE", one, "a07"), 403, "not_allowed")
    assert centre.request("DELETE", one, "super").status_code in (200, 204)
    body(centre.request("GET", one), 404, "not_found")
    body(centre.request("DELETE", one, "super"), 404, "not_found")
    body(centre.request("GET", "/api/v1/records/spaceship"), 404, "not_found")


def test_a_slip_comes_on_three_papers(centre: Centre):
    order = centre.get("/api/v1/records/work_order?limit=1")["items"][0]["id"]
    sizes = set()
    for paper in ("A5", "A4", "80mm"):
        answer = centre.request("GET", f"/api/v1/records/work_order/{order}/slip.pdf?paper={paper}", "a07")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        sizes.add(re.search(rb"/MediaBox \[([^\]]+)\]", answer.content))
    assert len(sizes) == 3
    body(centre.request("GET", f"/api/v1/records/work_order/{order}/slip.pdf?paper=A3"), 422, "wrong_fields")
    body(centre.request("GET", "/api/v1/records/work_order/W-none/slip.pdf?paper=A5"), 404, "not_found")


def test_strangers_bytes_at_the_door_harm_nobody(centre: Centre):
    import random
    import socket

    chance = random.Random(9)
    host, _, port = centre.facts["http"].removeprefix("http://").rpartition(":")
    for number in range(60):
        head = (b"", b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n", b"POST /api/v1/login HTTP/1.1\r\n")[
            number % 3
        ]
        with socket.create_connection((host, int(port)), 5) as line:
            line.sendall(head + chance.randbytes(chance.randrange(1, 3000)) + b"\r\n\r\n")
    began = time.monotonic()
    assert (centre.health() or {}).get("status") == "ok" and time.monotonic() - began < 2
    for deep in ("[" * 100_000, '{"reason":' * 50_000):
        body(centre.request("POST", "/api/v1/commands/StartBreak", "a07", content=deep), 400, "bad_json")
        body(centre.client.post(f"{centre.facts['http']}/api/v1/login", content=deep[:8000]), 400, "bad_json")
    big = json.dumps({"user": "a01", "password": "x" * 200_000})
    assert centre.client.post(f"{centre.facts['http']}/api/v1/login", content=big).status_code in (413, 422)
