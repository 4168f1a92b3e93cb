"""Figures for Prometheus; names are part of the outside view."""

import asyncio
import time

from prometheus_client import Counter, Gauge, Histogram

FINE = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_commit = Histogram("zongji_journal_commit_seconds", "one write and fdatasync", buckets=FINE)
_lag = Histogram("zongji_loop_lag_seconds", "how late the server's loop wakes", buckets=FINE)
_channels = Gauge("zongji_channels", "channels in use", ["board"])
_late = Counter("zongji_ticks_late", "ticks of media that began over 5 ms late", ["board"])
_tick = Gauge("zongji_tick_seconds", "media's tick in the last second", ["board", "quantile"])
_offer = Histogram(
    "zongji_offer_seconds", "from call queued to agent offered, free agents there", buckets=FINE
)

CHECK_S = 0.1


def journal_commit(took_s: float) -> None:
    _commit.observe(took_s)


def offered(took_s: float) -> None:
    _offer.observe(took_s)


def board_load(board: str, in_use: int, late: int, p50_s: float, p99_s: float, max_s: float) -> None:
    _channels.labels(board).set(in_use)
    _late.labels(board).inc(late)
    for quantile, value in (("0.5", p50_s), ("0.99", p99_s), ("1", max_s)):
        _tick.labels(board, quantile).set(value)


async def watch_loop() -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(CHECK_S)
        _lag.observe(max(0.0, time.perf_counter() - began - CHECK_S))
