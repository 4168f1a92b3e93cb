"""Worker processes: results, failures, limits and deaths."""

import asyncio
import os
import time

import pytest

from app.server.workers import JobFailed, JobTooSlow, WorkerLost, Workers


def with_workers(test, **sizes):
    async def run():
        workers = Workers(**sizes)
        await workers.start()
        try:
            await test(workers)
        finally:
            await workers.close()

    asyncio.run(run())


@pytest.mark.req("N3")
def test_a_password_is_hashed_and_checked_in_another_process():
    async def test(workers):
        hashed = await workers.run("hash_password", password="秘密")
        assert hashed.startswith("$argon2id$")
        assert await workers.run("check_password", password="秘密", password_hash=hashed) is True
        assert await workers.run("check_password", password="x", password_hash=hashed) is False
        assert await workers.run("check_password", password="x", password_hash=None) is False
        assert await workers.run("check_password", password="", password_hash=None) is False
        assert await workers.run("check_password", password="x", password_hash="garbage") is False

    with_workers(test)


def test_a_job_that_raises_says_so_and_its_worker_goes_on():
    async def test(workers):
        before = workers.health()["pids"]
        with pytest.raises(JobFailed) as told:
            await workers.run("wait", seconds=-1)
        assert told.value.type_name == "ValueError"
        assert await workers.run("wait", seconds=0, value="well") == "well"
        assert workers.health()["pids"] == before

    with_workers(test, quick=1)


def test_a_job_over_its_time_is_killed_and_replaced():
    async def test(workers):
        (before,) = workers.health()["pids"]
        with pytest.raises(JobTooSlow):
            await workers.run("wait", seconds=60, timeout_s=0.3)
        assert await workers.run("wait", seconds=0, value=1) == 1
        assert before not in workers.health()["pids"]

    with_workers(test, quick=1)


def test_a_cancelled_job_ends_its_process():
    async def test(workers):
        (pid,) = workers.health()["pids"]
        job = asyncio.create_task(workers.run("wait", seconds=60))
        await asyncio.sleep(0.05)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    with_workers(test, quick=1)


def test_a_worker_that_dies_is_tried_again_once():
    async def test(workers):
        with pytest.raises(WorkerLost):
            await workers.run("wait", seconds=0, die=True)
        assert await workers.run("wait", seconds=0, value=2) == 2

    with_workers(test, quick=1)


def test_two_quick_jobs_run_beside_each_other():
    async def test(workers):
        began = time.monotonic()
        await asyncio.gather(*(workers.run("wait", seconds=0.6) for _ in range(2)))
        assert time.monotonic() - began < 1.15

    with_workers(test)
