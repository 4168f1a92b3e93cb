"""What `./zongji bench pop` makes of its logs; the bench itself runs too long for here."""

import pytest

from app.cli.benches.pop import figures
from drivers.telephony.bench_voice import delays_s
from drivers.telephony.bench_voice import figures as voice_figures


@pytest.mark.req("A2")
def test_the_first_pop_of_a_window_is_told_apart_from_the_others():
    pops = [{"server": 3.0, "offer": 4.0, "shown": 400.0, "known": True}]
    pops += [{"server": 2.0, "offer": 5.0, "shown": float(ms), "known": ms % 2 == 0} for ms in range(60, 160)]
    told = figures(pops)
    assert told["first_pop_ms"] == 400.0 and told["pops"] == 100 and told["of_known_customers"] == 50
    assert (told["pop_p50_ms"], told["pop_p95_ms"], told["pop_p99_ms"]) == (110.0, 155.0, 159.0)
    assert told["within_150_ms_percent"] == 90.0 and told["server_p50_ms"] == 2.0


def test_a_window_that_showed_nothing_is_no_error_of_the_bench():
    assert figures([]) == {"pops": 0}
    assert voice_figures([]) == {"bursts": 0}


def test_a_burst_in_the_headset_belongs_to_the_last_one_said():
    said = [n * 0.4 for n in range(10)]
    assert delays_s(said, [at + 0.08 for at in said]) == pytest.approx([0.08] * 5)
