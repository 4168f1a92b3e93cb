"""`./zongji …` as CONTRACT's first table tells it: exit status, one sentence, nothing left behind."""

import asyncio
import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from drivers.telephony.caller import CallingPhone
from tests.scenarios.conftest import check_log
from tests.scenarios.harness import ROOT, Centre, free_port, until

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120), pytest.mark.req("X2", "X9", "D1")]

COMMANDS = (
    "demo",
    "test",
    "setup",
    "server",
    "board",
    "desktop",
    "agent",
    "flow",
    "replay",
    "doctor",
    "bench",
)
MAIN = "resources/flows/main.flow.json"


def zongji(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def processes_of(folder: Path) -> dict[int, str]:
    """Every process that names this folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(folder) in words:
                found[int(entry.name)] = words
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_help_is_everywhere_and_mistakes_are_one_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo = ("demo", "--headless", f"--dir={tmp_path / 'demo'}", "--customers=0", "--agents=0")
        broken = tmp_path / "broken.toml"
        broken.write_text("[sever]\n")
        nowhere = tmp_path / "nowhere.toml"
        whole = tmp_path / "whole.toml"
        whole.write_text("")
        password = tmp_path / "password"
        password.write_text("x")
        nobody = f"--server=http://127.0.0.1:{free_port(socket.SOCK_STREAM)}"
        cases: list[tuple[tuple[str, ...], int, str]] = [
            (("--help",), 0, "COMMAND"),
            ((), 2, ""),
            (("dance",), 2, "dance"),
            (("demo", "--banana"), 2, "--banana"),
            (("demo", "--agents=many"), 2, "many"),
            (("server",), 2, "--config"),
            (("demo", "--headless", "--dir=/proc/nowhere"), 1, "/proc/nowhere"),
            ((*demo, "--set=boards.0.chanels=5"), 1, "channels"),
            ((*demo, "--set=sever.listen=127.0.0.1:1"), 1, "server"),
            ((*demo, "--set=boards.0.channels=lots"), 1, "lots"),
            ((*demo, "--set=server.listen=nonsense"), 1, "nonsense"),
            ((*demo, "--set=media.rtp_ports=many"), 1, "many"),
            ((*demo, "--set=nonsense"), 1, "KEY=VALUE"),
            (("server", f"--config={nowhere}"), 1, str(nowhere)),
            (("server", f"--config={tmp_path}"), 1, str(tmp_path)),
            (("server", f"--config={broken}"), 1, "server"),
            (("board", f"--config={whole}", "--name=nobody"), 1, "board0"),
            (("agent", nobody, "--user=a01", f"--password-file={nowhere}"), 1, str(nowhere)),
            (("flow", "check", MAIN), 0, ""),
            (("flow", "check", str(nowhere)), 1, str(nowhere)),
            (("flow", "check", str(broken)), 1, f"{broken}:"),
            (("flow", "run", MAIN, "--keys", "-,-,-"), 0, "service"),
            (("flow", "run", MAIN, "--keys", "2,8812#,-"), 0, "8812"),
            (("flow", "run", MAIN, "--keys", "1", "--json"), 0, '"service"'),
            (("replay", f"--config={nowhere}"), 1, str(nowhere)),
            (("bench", "nonsense"), 1, "exchange"),
            *(((name, "--help"), 0, "usage") for name in COMMANDS if name != "test"),
            ((*demo, f"--set=server.listen=127.0.0.1:{taken.getsockname()[1]}",
              f"--set=boards.0.sip_listen=127.0.0.1:{free_port()}"), 1, "listened"),
        ]  # fmt: skip
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda case: zongji(*case[0]), cases))
    for (words, status, told), answer in zip(cases, answers, strict=True):
        both = answer.stdout + answer.stderr
        assert answer.returncode == status, (words, answer.returncode, both)
        assert told in both and "Traceback" not in both, (words, both)
        if status == 1 and words[0] not in ("flow", "demo"):
            assert answer.stderr.startswith("zongji: ") and answer.stderr.count("\n") == 1, (words, both)
    for line in next(
        a.stdout for (w, _, _), a in zip(cases, answers, strict=True) if "--json" in w
    ).splitlines():
        assert {"at_s", "event"} <= set(json.loads(line))
    assert processes_of(tmp_path) == {}


def place_call(centre_sip: tuple[str, int], to: str, number: str, talk_s: float) -> bool:
    async def one() -> bool:
        phone = await CallingPhone.open(centre_sip)
        try:
            call = await phone.call(to, number)
            answered = await asyncio.wait_for(call.answered(), 10)
            await asyncio.sleep(talk_s)
            return answered
        finally:
            await phone.close()

    return asyncio.run(one())


def test_a_demo_from_its_start_to_its_end_and_its_server_by_hand(tmp_path: Path):
    with Centre(tmp_path / "demo", agents=2) as centre:
        facts = centre.facts
        assert set(facts) == {"http", "ws", "sip", "config", "log", "users", "pids"}
        assert facts["ws"] == facts["http"].replace("http", "ws") + "/ws"
        users = facts["users"]
        assert set(users) == {"admin", "super", *(f"a{number:02}" for number in range(1, 21))}
        assert users["admin"]["role"] == "admin" and users["a20"]["role"] == "agent"
        assert {"service", "bench"} <= set(users["a01"]["queues"])
        assert {"demo", "server", "board", "signalling", "writer"} <= set(facts["pids"])
        assert (
            all(is_alive(pid) for pid in facts["pids"].values())
            and facts["pids"]["demo"] == centre.process.pid
        )
        assert [row["state"] for row in centre.agents().values()].count("ready") == 2
        again = zongji("demo", "--headless", f"--dir={centre.folder}", "--agents=0", "--customers=0")
        assert again.returncode == 1 and str(centre.folder) in again.stderr and again.stderr.count("\n") == 1
        second = zongji("server", "--config", facts["config"])
        assert (
            second.returncode == 1 and second.stderr.startswith("zongji: ") and second.stderr.count("\n") == 1
        )
        assert centre.facts == facts, "the running one is not disturbed"
        assert place_call(centre.sip, "9120", "13800010001", 4.0)
        until(
            "wrapped up",
            lambda: [row for row in centre.calls(number="13800010001") if row["state"] == "ended"],
        )
        (call,) = centre.calls(number="13800010001")
        assert call["outcome"] == "answered" and call["agent"] in ("a01", "a02")
        old = centre.kill("server")
        began = time.monotonic()
        until(
            "the demo restarts it",
            lambda: centre.pid("server") not in (old, 0) and centre.pid("server"),
            5,
            0.02,
        )
        assert time.monotonic() - began < 2.0
        until("health", lambda: (centre.health() or {}).get("status") == "ok", 15)
        check_events(centre)
        check_log(centre)
    assert centre.process.returncode == 0
    assert not (centre.folder / "demo.json").exists()
    until("nothing is left", lambda: not processes_of(centre.folder), 5)
    assert not any(is_alive(pid) for pid in facts["pids"].values())
    by_hand(centre, facts, call)


def check_events(centre: Centre) -> None:
    """In the server's log, and the board's in its own."""
    boards = "".join(file.read_text() for file in (centre.folder / "log").glob("board*"))
    lines = centre.log_lines() + [json.loads(line) for line in boards.splitlines() if line.startswith("{")]
    wanted = {"server_ready", "board_ready", "board_back", "call_offered", "call_answered", "call_ended",
              "agent_state", "server_recovered"}  # fmt: skip
    assert wanted <= {row["event"] for row in lines}
    for row in lines:
        assert {"at", "level", "event"} <= set(row) and row["level"] in (
            "debug",
            "info",
            "warning",
            "error",
        ), row
    assert not any(row["event"] == "internal_error" for row in lines)


def by_hand(centre: Centre, facts: dict[str, Any], before: dict[str, Any]) -> None:
    """`./zongji server --config DIR/zongji.toml` runs the same centre; SIGTERM ends it, its board stays."""
    host, _, port = facts["sip"].rpartition(":")
    sip = (host, int(port))
    log = (centre.folder / "by-hand.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "server", "--config", facts["config"]],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        with httpx.Client(base_url=facts["http"], trust_env=False, timeout=10) as client:

            def well() -> bool:
                try:
                    body = client.get("/api/v1/health").json()
                except httpx.HTTPError:
                    return False
                return body["status"] == "ok" and all(row["connected"] for row in body["boards"])

            until("it runs", well, 20)
            answer = client.post(
                "/api/v1/login", json={"user": "a01", "password": facts["users"]["a01"]["password"]}
            )
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            known = client.get(f"/api/v1/calls/{before['call_id']}").json()
            assert {key: known[key] for key in ("from", "agent", "outcome", "started_at", "talk_s")} == {
                key: before[key] for key in ("from", "agent", "outcome", "started_at", "talk_s")
            }
            assert place_call(sip, "9101", "13800010002", 0.2)
            found = until(
                "the call is told",
                lambda: client.get("/api/v1/calls?number=13800010002").json()["items"],
            )
            assert found[0]["outcome"] == "self_service"
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0
        assert place_call(sip, "9101", "13800010003", 0.2), "a board outlives its server"
    finally:
        server.kill()
        server.wait()
        log.close()
        for pid in processes_of(centre.folder):
            os.kill(pid, signal.SIGTERM)
    until("its board is gone", lambda: not processes_of(centre.folder), 10)


def test_a_demo_ends_by_itself_after_its_minutes_and_agents_tell_their_story(tmp_path: Path):
    folder = tmp_path / "demo"
    passwords = tmp_path / "passwords"
    sip = f"127.0.0.1:{free_port()}"
    demo = subprocess.Popen(
        [
            sys.executable, "-m", "app.cli", "demo", "--headless", f"--dir={folder}", "--agents=0", "--customers=0",
            "--minutes=0.12", f"--set=server.listen=127.0.0.1:{free_port(socket.SOCK_STREAM)}",
            f"--set=boards.0.sip_listen={sip}", "--set=media.rtp_ports=31000-31199",
        ],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until("ready", (folder / "demo.json").exists, 60)
        facts = json.loads((folder / "demo.json").read_text())
        passwords.write_text("".join(f"{name} {row['password']}\n" for name, row in facts["users"].items()))
        agents = subprocess.Popen(
            [
                sys.executable, "-m", "app.cli", "agent", "--server", facts["http"], "--user", "a01",
                "--password-file", str(passwords), "--count", "2", "--answer-after", "0.2", "--hang-up-after", "0.5",
                "--wrap-up", "0.2",
            ],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        host, _, port = sip.rpartition(":")
        assert place_call((host, int(port)), "9120", "13800020001", 4.0)
        assert demo.wait(40) == 0
        agents.terminate()
        out, _ = agents.communicate(timeout=10)
        rows = [json.loads(line) for line in out.decode().splitlines()]
        assert all(set(row) == {"at", "agent", "event", "call_id"} for row in rows)
        assert {row["agent"] for row in rows} == {"a01", "a02"}
        story = [row["event"] for row in rows if row["call_id"]]
        assert story[:4] == ["ringing", "answered", "ended", "wrapped_up"], rows
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(20)
    assert not (folder / "demo.json").exists() and processes_of(folder) == {}
