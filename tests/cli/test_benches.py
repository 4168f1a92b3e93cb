"""What the benches make of stamps; and that they run."""

import subprocess
import sys

import pytest

from app.cli.bench import figures as bench_figures
from app.cli.benches.centre import percentile
from app.cli.benches.crowd import longest_gap_ms
from app.cli.benches.offer import figures, gaps


def row(at, event, agent="a01", **more):
    return {"at": f"2026-11-22T08:00:{at:06.3f}Z", "event": event, "agent": agent} | more


def test_a_gap_lasts_from_the_agents_own_last_beginning_to_his_next_end():
    rows = [
        row(1.0, "ended"), row(1.2, "ended", "a02"), row(1.5, "ringing"), row(1.6, "ringing"),
        row(2.0, "ended"), row(2.5, "ended"), row(2.6, "ringing"),
    ]  # fmt: skip
    found = gaps(rows, "agent", lambda r: r["event"] == "ended", lambda r: r["event"] == "ringing")
    assert [round(ms) for _, ms in found] == [500, 100]


def test_figures_are_of_their_window_only():
    lines = [row(1.0, "ended"), row(1.1, "ringing"), row(5.0, "ended"), row(5.3, "ringing")]
    log = [row(1.0, "agent_state", state="ready"), row(1.001, "agent_offered")]
    begin = 1795334400.0  # 2026-11-22T08:00:00Z
    found = figures(lines, log, begin + 4, begin + 10)
    assert (found["rings"], found["asked_p50_ms"], found["decided_p50_ms"]) == (1, 300.0, None)


def test_percentiles_and_gaps():
    assert percentile([], 99) is None
    assert percentile([float(n) for n in range(100)], 99) == 99.0
    assert longest_gap_ms([]) == 0.0
    assert longest_gap_ms([1.0, 1.02, 1.1]) == pytest.approx(80)


def test_an_unknown_bench_is_refused_with_the_names_there_are():
    done = subprocess.run([sys.executable, "-m", "app.cli", "bench", "speed"], capture_output=True, text=True)
    assert done.returncode == 1 and "offer" in done.stderr and "kill" in done.stderr


@pytest.mark.req("A1")
def test_the_srtp_bench_hears_every_desk_in_secret_and_in_the_clear():
    clear, secret, more = bench_figures("srtp", 0.4, "small")
    assert (clear["case"], secret["case"], more["case"]) == (
        "desks_in_the_clear",
        "desks_srtp",
        "srtp_over_clear",
    )
    assert clear["refused"] == secret["refused"] == 0 and secret["tick_p50_ms"] > clear["tick_p50_ms"] > 0
