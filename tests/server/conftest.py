"""What server tests build on: a database of their own, a clock they turn, a runtime that is a list."""

import asyncio
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from app.domain.access import User
from app.domain.configuration import Site
from app.server.services import Services, open_services
from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.users import NewUser
from app.server.web.application import create_app

NOON = 1_795_320_000.0  # 2026-11-22T04:00:00Z, noon in Shanghai
PASSWORD = "correct horse"


class Clock:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeRuntime:
    """Remembers what it was asked; answers what the test puts in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str, str]] = []
        self.refuse: Exception | None = None
        self.live: list[dict[str, Any]] = []
        self.changed: list[tuple[str, str, int]] = []
        self.links: list[Any] = []
        self.kept: list[tuple[int, str]] = []
        self.now_at = 7

    async def command(
        self, name: str, fields: Mapping[str, Any], user: User, command_id: str
    ) -> list[dict[str, Any]]:
        self.asked.append((name, dict(fields), user.name, command_id))
        if self.refuse:
            raise self.refuse
        return [{"seq": 8, "at": "2026-11-22T04:00:00.000Z", "event": "AgentStateChanged"}]

    def seq(self) -> int:
        return self.now_at

    def agents(self) -> list[dict[str, Any]]:
        return [{"agent_id": "a01", "state": "ready"}]

    def queues(self) -> list[dict[str, Any]]:
        return [{"queue_id": "service", "waiting": []}]

    def live_calls(self) -> list[dict[str, Any]]:
        return self.live

    def live_call(self, call_id: str) -> dict[str, Any] | None:
        return next((row for row in self.live if row["call_id"] == call_id), None)

    def me(self, user: User) -> dict[str, Any]:
        return {
            "user": {"name": user.name},
            "agent": None,
            "call": None,
            "pop": None,
            "draft": None,
            "desk": None,
        }

    def health(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "started_at": "2026-11-22T03:00:00.000Z",
            "boards": [],
            "recovered": None,
            "problems": [],
        }

    def attach(self, link: Any, after_seq: int | None) -> bool:
        self.links.append(link)
        if after_seq is None or (self.kept and after_seq < self.kept[0][0] - 1):
            return False
        for seq, text in self.kept:
            if seq > after_seq:
                link.publish(seq, text)
        return True

    def detach(self, link: Any) -> None:
        self.links.remove(link)

    def record_changed(self, kind: str, record_id: str, version: int) -> None:
        self.changed.append((kind, record_id, version))


class InlineWorkers:
    """Does the jobs of worker processes here, at once; for tests of everything but the processes."""

    async def run(self, job: str, **arguments: Any) -> Any:
        if job == "check_password":
            return arguments["password_hash"] is not None and arguments["password"] == PASSWORD
        if job == "slip_pdf":
            return b"%PDF-1.4 " + arguments["paper"].encode()
        raise KeyError(job)


USERS = (
    NewUser(name="admin", role="admin", password_hash="-", display_name="管理员"),
    NewUser(name="super", role="supervisor", password_hash="-", display_name="班长"),
    NewUser(name="a01", role="agent", password_hash="-", display_name="坐席一", queues=("service",)),
    NewUser(name="e01", role="agent", password_hash="-", display_name="Ann", language="en"),
)


class Centre:
    """A running web server without a port."""

    def __init__(self, services: Services, runtime: FakeRuntime, clock: Clock) -> None:
        self.services, self.runtime, self.clock = services, runtime, clock
        self.app = create_app(services)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://centre"
        )

    async def token(self, name: str) -> str:
        return (await self.services.users.issue_token(name))[0]

    async def ask(self, method: str, path: str, user: str | None = "a01", **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if user:
            headers["Authorization"] = f"Bearer {await self.token(user)}"
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **more)

    async def customer(self, **values: Any) -> dict[str, Any]:
        answer = await self.ask(
            "POST", "/records/customer", json={"name": "陈淑芬", "phone": "13800004417"} | values
        )
        assert answer.status_code == 201, answer.text
        return answer.json()


@asynccontextmanager
async def open_centre(url: str, folder: Any) -> AsyncIterator[Centre]:
    database = Database(url)
    try:
        await prepare(database)
        clock, runtime = Clock(), FakeRuntime()
        services = open_services(
            runtime, database, InlineWorkers(), clock=clock, site=Site(name="云杉电器"), recordings=folder
        )
        await services.users.seed(USERS)
        centre = Centre(services, runtime, clock)
        try:
            yield centre
        finally:
            await centre.http.aclose()
    finally:
        await database.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of our own, `postgresql://…/` without a database name."""
    found = [shutil.which("postgres"), *sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))]
    binaries = [Path(one).resolve().parent for one in found if one]
    if not binaries:
        pytest.skip("no postgres here")
    # It refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    if user and not any(entry.pw_name == user for entry in pwd.getpwall()):
        pytest.skip("postgres will not run as root, and there is no user postgres")
    folder = tempfile.mkdtemp(prefix="zongji-pg-")
    try:
        if user:
            shutil.chown(folder, user)
        quiet: dict[str, Any] = {
            "user": user,
            "cwd": folder,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        subprocess.run(
            [binaries[-1] / "initdb", "-D", "data", "-U", "zongji", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, **quiet,
        )  # fmt: skip
        port = _free_port()
        server = subprocess.Popen(
            [binaries[-1] / "postgres", "-D", "data", "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=off", "-c", "max_connections=60"],
            **quiet,
        )  # fmt: skip
        try:
            url = f"postgresql://zongji@127.0.0.1:{port}/"
            asyncio.run(_until_it_answers(url))
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _until_it_answers(url: str) -> None:
    for _ in range(300):
        try:
            connection = await asyncpg.connect(url + "postgres")
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
        else:
            return await connection.close()
    raise TimeoutError("postgres did not answer within 15 s")


@pytest.fixture
def new_postgresql_database(postgresql) -> str:
    """The address of an empty database."""
    name = f"z{secrets.token_hex(6)}"

    async def create() -> None:
        connection = await asyncpg.connect(postgresql + "postgres")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return postgresql + name


@pytest.fixture
def in_centre(tmp_path, request) -> Callable[[Callable[[Centre], Any]], None]:
    """`in_centre(test)` runs `await test(centre)` on a fresh database: SQLite, or PostgreSQL for all
    of these tests when ZONGJI_TEST_DATABASE=postgresql."""
    url = f"sqlite:///{tmp_path}/zongji.db"
    if os.environ.get("ZONGJI_TEST_DATABASE") == "postgresql":
        url = request.getfixturevalue("new_postgresql_database")

    def run(test: Callable[[Centre], Any]) -> None:
        async def whole() -> None:
            async with open_centre(url, tmp_path) as centre:
                await test(centre)

        asyncio.run(whole())

    return run
