"""Recorded frames reach the file whatever dies, and never hold up the tick."""

import os
import wave

import numpy as np
import pytest

from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.recorder import FRAME, Recorders, Ring, make_ring
from drivers.telephony.exchange.wav import GrowingWav
from drivers.telephony.exchange.writer import Recordings


@pytest.fixture
def ring_fd():
    fd = make_ring(4, slots=10)
    yield fd
    os.close(fd)


def frames(value: int, rows: int = 2) -> np.ndarray:
    return np.full((rows, FRAME), value, np.int16)


def read(path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)


@pytest.mark.req("R1")
def test_left_is_what_the_leg_says_and_right_what_it_hears(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    path = tmp_path / "deep" / "call.wav"
    recordings.obey(c.WriterOpen(rec=7, path=str(path)))
    recorders.start(7, 1, tick=0)
    for tick in range(1, 6):
        recorders.tick(tick, frames(100 + tick), frames(200 + tick))
    recordings.drain()
    assert read(path)[::FRAME].tolist() == [[100 + t, 200 + t] for t in range(1, 6)]  # before its end
    assert recorders.stop(7, 5) == 5 * FRAME
    recorders.tick(6, frames(0), frames(0))
    recordings.drain()
    assert recordings.reports == [c.WriterSaved(rec=7, path=str(path), duration_s=0.1)]
    assert len(recordings) == 0


def test_sound_that_comes_before_its_name_waits_for_it(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    recorders.start(7, 0, tick=0)
    recorders.tick(1, frames(1), frames(2))
    recorders.stop(7, 1)
    recorders.tick(2, frames(1), frames(2))
    recordings.drain()
    recordings.obey(c.WriterOpen(rec=7, path=str(tmp_path / "a.wav")))
    recordings.drain()
    assert len(read(tmp_path / "a.wav")) == FRAME
    assert isinstance(recordings.reports[-1], c.WriterSaved)


def test_a_full_ring_drops_and_counts_and_the_file_keeps_its_time(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    recordings.obey(c.WriterOpen(rec=7, path=str(tmp_path / "a.wav")))
    recorders.start(7, 0, tick=0)
    for tick in range(1, 14):
        recorders.tick(tick, frames(5), frames(6))
    assert recorders.dropped == 3
    recordings.drain()
    recorders.tick(14, frames(5), frames(6))
    recordings.drain()
    left = read(tmp_path / "a.wav")[::FRAME, 0].tolist()
    assert left == [5] * 10 + [0] * 3 + [5]


def test_a_paused_part_is_silence_of_the_same_length(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    recordings.obey(c.WriterOpen(rec=7, path=str(tmp_path / "a.wav")))
    recorders.start(7, 0, tick=0)
    for tick, paused in ((1, False), (2, True), (3, False)):
        recorders.pause(7, paused)
        recorders.tick(tick, frames(5), frames(6))
    recordings.drain()
    assert read(tmp_path / "a.wav")[::FRAME].tolist() == [[5, 6], [0, 0], [5, 6]]


def test_a_new_writer_takes_over_what_the_dead_one_left_in_the_ring(ring_fd, tmp_path):
    recorders = Recorders(Ring(ring_fd))
    recorders.start(7, 0, tick=0)
    recorders.tick(1, frames(5), frames(6))
    successor = Recordings(Ring(ring_fd))
    successor.obey(c.WriterOpen(rec=7, path=str(tmp_path / "b.wav")))
    successor.drain()
    assert read(tmp_path / "b.wav")[::FRAME].tolist() == [[5, 6]]


def test_a_new_writer_goes_on_behind_what_the_dead_one_had_written(ring_fd, tmp_path):
    recorders, dead = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    path = tmp_path / "b.wav"
    dead.obey(c.WriterOpen(rec=7, path=str(path)))
    recorders.start(7, 0, tick=0)
    recorders.tick(1, frames(5), frames(6))
    dead.drain()
    with path.open("ab") as file:
        file.write(b"\x01")  # it died in the middle of a sample
    recorders.tick(2, frames(7), frames(8))
    recorders.stop(7, tick=2)
    recorders.tick(3, frames(0), frames(0))
    successor = Recordings(Ring(ring_fd))
    successor.obey(c.WriterOpen(rec=7, path=str(path), resume=True))
    successor.drain()
    assert read(path)[::FRAME].tolist() == [[5, 6], [7, 8]]
    assert successor.reports == [c.WriterSaved(rec=7, path=str(path), duration_s=0.04)]


def test_a_file_whose_end_the_dead_writer_had_read_is_finished_on_demand(ring_fd, tmp_path):
    path = tmp_path / "b.wav"
    Recordings(Ring(ring_fd)).obey(c.WriterOpen(rec=7, path=str(path)))
    successor = Recordings(Ring(ring_fd))
    successor.obey(c.WriterOpen(rec=7, path=str(path), resume=True))
    successor.obey(c.WriterClose(rec=7))
    successor.drain()
    assert successor.reports == [c.WriterSaved(rec=7, path=str(path), duration_s=0.0)]


def test_when_media_died_the_file_is_closed_on_demand(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    recordings.obey(c.WriterOpen(rec=7, path=str(tmp_path / "a.wav")))
    recorders.start(7, 0, tick=0)
    recorders.tick(1, frames(5), frames(6))
    recordings.obey(c.WriterClose(rec=7))
    recordings.drain()
    assert recordings.reports == [c.WriterSaved(rec=7, path=str(tmp_path / "a.wav"), duration_s=0.02)]


def test_a_file_that_cannot_be_written_is_reported_once_and_harms_no_other(ring_fd, tmp_path):
    recorders, recordings = Recorders(Ring(ring_fd)), Recordings(Ring(ring_fd))
    (tmp_path / "file").write_text("in the way")
    recordings.obey(c.WriterOpen(rec=7, path=str(tmp_path / "file" / "a.wav")))
    recordings.obey(c.WriterOpen(rec=8, path=str(tmp_path / "b.wav")))
    for rec in (7, 8):
        recorders.start(rec, 0, tick=0)
    for tick in (1, 2):
        recorders.tick(tick, frames(5), frames(6))
        recordings.drain()
    assert [type(r) for r in recordings.reports] == [c.WriterFailed]
    assert len(read(tmp_path / "b.wav")) == 2 * FRAME


@pytest.mark.parametrize("cut", range(0, 700, 37))
def test_a_wav_is_readable_after_any_flush(tmp_path, cut):
    wav = GrowingWav(tmp_path / "a.wav")
    wav.append(bytes(cut * 4))
    assert len(read(tmp_path / "a.wav")) == cut
    wav.append(bytes(40))
    assert len(read(tmp_path / "a.wav")) == cut + 10
    wav.close()
