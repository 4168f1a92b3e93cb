"""A running demo centre, driven only through the outside view: commands, demo.json, SIP, HTTP."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 90.0


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, ready: Callable[[], Any], within_s: float = 20.0, every_s: float = 0.05) -> Any:
    """Ask until it is so; the last answer. Fails the test when it never is."""
    end = time.monotonic() + within_s
    while not (answer := ready()):
        assert time.monotonic() < end, f"not within {within_s} s: {what}"
        time.sleep(every_s)
    return answer


class Centre:
    """`./zongji demo --headless` in a folder of its own, on free ports."""

    def __init__(
        self, folder: Path, *, agents: int = 0, customers: int = 0, settings: dict[str, Any] | None = None
    ) -> None:
        self.folder = folder
        self.rtp_first = 30000 + (os.getpid() * 97 + int(time.monotonic() * 10) * 2) % 20000 // 2 * 2
        chosen = {
            "server.listen": f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
            "boards.0.sip_listen": f"127.0.0.1:{free_port()}",
            "media.rtp_ports": f"{self.rtp_first}-{self.rtp_first + 2999}",
            **(settings or {}),
        }
        words = [f"--set={key}={value}" for key, value in chosen.items()]
        self._out = (folder.parent / f"{folder.name}.out").open("wb")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "app.cli", "demo", "--headless", f"--dir={folder}",
                f"--agents={agents}", f"--customers={customers}", *words,
            ],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._out,
        )  # fmt: skip
        self.tokens: dict[str, str] = {}
        self.client = httpx.Client(timeout=20.0, trust_env=False)

    def __enter__(self) -> "Centre":
        try:
            until("demo.json", self._is_ready, READY_WITHIN_S)
            if self.facts.get("certificate"):
                known = ssl.create_default_context(cafile=self.facts["certificate"])
                self.client = httpx.Client(timeout=20.0, trust_env=False, verify=known)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._out.close()

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the demo ended: {Path(self._out.name).read_text()[-2000:]}"
        return (self.folder / "demo.json").exists()

    # ----------------------------------------------------------- demo.json

    @property
    def facts(self) -> dict[str, Any]:
        for _ in range(50):
            try:
                facts: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
                return facts
            except (OSError, ValueError):
                time.sleep(0.02)
        raise AssertionError("demo.json cannot be read")

    @property
    def sip(self) -> tuple[str, int]:
        host, _, port = self.facts["sip"].rpartition(":")
        return host, int(port)

    def pid(self, name: str) -> int:
        return int(self.facts["pids"][name])

    def password(self, user: str) -> str:
        return str(self.facts["users"][user]["password"])

    def kill(self, name: str) -> int:
        """`kill -9`, by pid."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def log_lines(self, event: str | None = None) -> list[dict[str, Any]]:
        rows = []
        for line in Path(self.facts["log"]).read_text().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and (event is None or row.get("event") == event):
                rows.append(row)
        return rows

    # ----------------------------------------------------------------- API

    def token(self, user: str) -> str:
        if user not in self.tokens:
            answer = self.client.post(
                f"{self.facts['http']}/api/v1/login", json={"user": user, "password": self.password(user)}
            )
            assert answer.status_code == 200, answer.text
            self.tokens[user] = answer.json()["token"]
        return self.tokens[user]

    def request(self, method: str, path: str, user: str = "admin", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        return self.client.request(method, f"{self.facts['http']}{path}", headers=headers, **more)

    def get(self, path: str, user: str = "admin") -> Any:
        answer = self.request("GET", path, user)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def health(self) -> dict[str, Any] | None:
        try:
            body: dict[str, Any] = self.client.get(f"{self.facts['http']}/api/v1/health", timeout=2.0).json()
            return body
        except (httpx.HTTPError, ValueError):
            return None

    def command(self, name: str, user: str, **fields: Any) -> httpx.Response:
        return self.request("POST", f"/api/v1/commands/{name}", user, json=fields)

    def agents(self) -> dict[str, dict[str, Any]]:
        return {row["agent_id"]: row for row in self.get("/api/v1/agents")["items"]}

    def calls(self, **wanted: Any) -> list[dict[str, Any]]:
        query = "&".join(f"{key}={value}" for key, value in {"limit": 1000, **wanted}.items())
        items: list[dict[str, Any]] = self.get(f"/api/v1/calls?{query}")["items"]
        return items
