"""The slower half of a server's start: records, projector, workers, HTTP and live link."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn

from app.domain.access import User
from app.domain.configuration import Configuration
from app.server.centre import Centre
from app.server.journal import history
from app.server.lookup_answers import answers
from app.server.lookups import Lookups
from app.server.plan import VERSION, CannotStart, Plan
from app.server.pops import Pops
from app.server.projector import Projector
from app.server.services import Services, open_services
from app.server.speech.speaker import Speaker
from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.users import NewUser
from app.server.tls.pair import base_url
from app.server.web.application import create_app
from app.server.workers import Workers


class Door(uvicorn.Server):
    """uvicorn in our loop; signals are ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class Doors:
    def __init__(
        self,
        plan: Plan,
        centre: Centre,
        pops: Pops,
        lookups: Lookups,
        run: Callable[[Awaitable[Any]], asyncio.Task[Any]],
    ) -> None:
        self._plan, self._centre, self._pops, self._lookups, self._run = plan, centre, pops, lookups, run
        self._stack = contextlib.AsyncExitStack()
        self._door: Door | None = None
        self._services: Services | None = None

    async def open_records(self) -> list[User]:
        """Open the database and everything that reads or writes it; who may log in."""
        site = self._plan.configuration.site
        database = Database(self._plan.database_url)
        self._stack.push_async_callback(database.close)
        await prepare(database)
        workers = Workers()
        await workers.start()
        self._stack.push_async_callback(workers.close)
        self._services = services = open_services(
            self._centre, database, workers, clock=time.time, site=site,
            recordings=self._plan.recordings, version=VERSION, public_url=self._public_url(),
        )  # fmt: skip
        await services.users.load()
        if not services.users.everyone():
            await services.users.seed(await new_users(self._plan.configuration, workers))
        self._pops.use(services.pop, self._centre.live)
        speaker = Speaker(self._plan.prompts)
        self._stack.push_async_callback(speaker.close)
        self._lookups.open(answers(services, speaker), services.pop.customer_of)
        projector = Projector(database, country=site.country)
        self._centre.bus.listen(projector.take)
        missed = history.records(self._plan.journal, await projector.position(), may_cut=False)
        await projector.catch_up(missed)
        self._run(projector.run())
        services.calls.fresh = services.tasks.fresh = projector.caught_up
        return services.users.everyone()

    def _public_url(self) -> str:
        server = self._plan.configuration.server
        return server.public_url or base_url(server)

    async def open(self) -> None:
        """Listen. Raises CannotStart when the address is taken."""
        assert self._services is not None
        listen = self._plan.configuration.server.listen
        host, _, port = listen.rpartition(":")
        try:
            listening = socket.create_server(
                (host.strip("[]"), int(port)), family=_family(host), backlog=2048
            )
            # Links inherit it. asyncio sets it only on sockets that name their protocol, which these do not;
            # without it every answer in two writes waits 40 ms for the other side's delayed ACK.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise CannotStart(f"{listen} cannot be listened on: {os.strerror(error.errno or 0)}") from None
        tls = self._plan.tls
        config = uvicorn.Config(
            create_app(self._services), log_config=None, access_log=False, lifespan="off",
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            ws_per_message_deflate=False, ws_ping_interval=20.0, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._door = Door(config)
        task = self._run(self._door.serve([listening]))
        while not self._door.started:
            if task.done():
                raise CannotStart(f"{listen} cannot be served")
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        if self._door is not None:
            self._door.should_exit = True
            await asyncio.sleep(0.2)
        await self._stack.aclose()


async def new_users(configuration: Configuration, workers: Workers) -> list[NewUser]:
    """The configuration's users with hashed passwords; hashing runs in the workers, side by side."""
    hashes = await asyncio.gather(
        *(workers.run("hash_password", password=user.password) for user in configuration.users)
    )
    return [
        NewUser(
            name=user.name, password_hash=hashed, role=user.role, display_name=user.display_name,
            language=configuration.site.language, queues=tuple(user.queues), skills=user.skills,
        )
        for user, hashed in zip(configuration.users, hashes, strict=True)
    ]  # fmt: skip
