"""Worker processes for what would hold the floor up: hashes, pages, imports, copies.

Knows processes, time limits and names of jobs; not what a job does. A *quick* lane is kept
warm for what a person waits for; the *long* lane has its own processes at low priority, so a
login never waits behind an import.

A worker is `python -m app.server.workers`: length-prefixed msgpack on its stdin and stdout.
It ends with its parent, because its stdin does.
"""

import asyncio
import contextlib
import importlib
import os
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, Literal

import msgspec

Lane = Literal["quick", "long"]
Progress = Callable[[dict[str, Any]], None]

# name → (module:function, lane, seconds it may take)
JOBS: dict[str, tuple[str, Lane, float]] = {
    "hash_password": ("app.server.passwords:hash_password", "quick", 20.0),
    "check_password": ("app.server.passwords:check_password", "quick", 20.0),
    "slip_pdf": ("app.server.paper:slip_pdf", "quick", 60.0),
    "import_customers": ("app.server.storage.importing:import_customers", "long", 4 * 3600.0),
    "copy_database": ("app.server.storage.copying:copy_sqlite", "long", 4 * 3600.0),
    "wait": ("app.server.workers:_wait", "quick", 20.0),
}
_LENGTH = struct.Struct(">I")
MAX_MESSAGE_BYTES = 256 * 1024 * 1024


class JobFailed(Exception):
    """The job raised. type: the exception's name; text: its message; trace: for the log."""

    def __init__(self, job: str, type_name: str, text: str, trace: str) -> None:
        super().__init__(f"{job}: {type_name}: {text}")
        self.type_name = type_name
        self.text = text
        self.trace = trace


class WorkerLost(Exception):
    """The process died under the job, twice for a quick one."""


class JobTooSlow(Exception):
    """The job took longer than it may; its process was killed."""


class _Worker:
    """One process; one job at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def spawn(cls, lane: Lane) -> "_Worker":
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.server.workers", lane,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def run(self, job: str, arguments: dict[str, Any], progress: Progress | None) -> Any:
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(_framed({"job": job, "arguments": arguments}))
            await self._process.stdin.drain()
            while True:
                head = await self._process.stdout.readexactly(_LENGTH.size)
                body = await self._process.stdout.readexactly(_LENGTH.unpack(head)[0])
                answer = msgspec.msgpack.decode(body)
                if "progress" in answer:
                    if progress:
                        progress(answer["progress"])
                elif "error" in answer:
                    raise JobFailed(job, *answer["error"])
                else:
                    return answer["result"]
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            raise WorkerLost(f"{job}: worker {self.pid} died") from None

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        # Let the pipes' transports see their end before the loop may close.
        assert self._process.stdin
        self._process.stdin.close()
        with contextlib.suppress(ConnectionError, OSError):
            await self._process.stdin.wait_closed()


class Workers:
    """The two lanes. Start it inside the running loop, close it before the loop ends."""

    def __init__(self, *, quick: int = 2, long: int = 1) -> None:
        self._sizes: dict[Lane, int] = {"quick": quick, "long": long}
        self._free: dict[Lane, asyncio.LifoQueue[_Worker | None]] = {}
        self._all: set[_Worker] = set()
        self._closed = False

    async def start(self) -> None:
        """Quick workers are spawned at once; long ones when first needed."""
        for lane, size in self._sizes.items():
            queue: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()
            for _ in range(size):
                queue.put_nowait(await self._spawn(lane) if lane == "quick" else None)
            self._free[lane] = queue

    async def run(
        self, job: str, *, timeout_s: float | None = None, progress: Progress | None = None, **arguments: Any
    ) -> Any:
        """Do a job of `JOBS` and return its result.

        Cancelling the awaiting task kills the job's process.

        Raises:
            JobFailed, JobTooSlow, WorkerLost.
        """
        _, lane, limit_s = JOBS[job]
        for attempt in (1, 2):
            try:
                return await self._run(job, lane, timeout_s or limit_s, progress, arguments)
            except WorkerLost:
                if attempt == 2 or lane == "long" or self._closed:
                    raise
        raise AssertionError

    async def _run(
        self, job: str, lane: Lane, limit_s: float, progress: Progress | None, arguments: dict[str, Any]
    ) -> Any:
        worker = await self._free[lane].get()
        whole = False
        try:
            if worker is None or not worker.alive:
                worker = await self._spawn(lane)
            async with asyncio.timeout(limit_s):
                result = await worker.run(job, arguments, progress)
            whole = True
            return result
        except JobFailed:
            whole = True
            raise
        except TimeoutError:
            raise JobTooSlow(f"{job}: more than {limit_s:g} s") from None
        finally:
            if not whole and worker is not None:
                self._all.discard(worker)
                await asyncio.shield(worker.kill())
            self._free[lane].put_nowait(worker if whole else None)

    async def _spawn(self, lane: Lane) -> _Worker:
        worker = await _Worker.spawn(lane)
        self._all.add(worker)
        return worker

    def health(self) -> dict[str, Any]:
        """Processes by lane, for the status page."""
        return {
            "pids": sorted(worker.pid for worker in self._all if worker.alive),
            "free": {lane: queue.qsize() for lane, queue in self._free.items()},
        }

    async def close(self) -> None:
        self._closed = True
        for worker in list(self._all):
            await worker.kill()
        self._all.clear()


def _framed(message: dict[str, Any]) -> bytes:
    body = msgspec.msgpack.encode(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise ValueError(f"{len(body)} bytes are too many for one message")
    return _LENGTH.pack(len(body)) + body


# ------------------------------------------------------------ in the worker process


def _wait(seconds: float, value: Any = None, die: bool = False) -> Any:
    """For tests of the lanes themselves."""
    import time

    time.sleep(seconds)
    if die:
        os._exit(9)
    return value


def _messages(stream: BinaryIO) -> Iterable[dict[str, Any]]:
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        yield msgspec.msgpack.decode(stream.read(_LENGTH.unpack(head)[0]))


def _serve(lane: str) -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up among the answers
    if lane == "long":
        os.nice(10)

    def answer(message: dict[str, Any]) -> None:
        answers.write(_framed(message))
        answers.flush()

    for message in _messages(sys.stdin.buffer):
        module, function = JOBS[message["job"]][0].split(":")
        arguments = message["arguments"]
        try:
            job = getattr(importlib.import_module(module), function)
            if lane == "long":
                arguments["progress"] = lambda facts: answer({"progress": facts})
            result = {"result": job(**arguments)}
        except Exception as error:
            result = {"error": [type(error).__name__, str(error), traceback.format_exc()]}
        try:
            answer(result)
        except BrokenPipeError:
            return


if __name__ == "__main__":
    try:
        _serve(sys.argv[1])
    except (KeyboardInterrupt, BrokenPipeError):
        pass
