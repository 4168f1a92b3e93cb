"""The journal's bytes: torn tails are cut off, any other damage stops the start."""

import asyncio
import os

import pytest

from app.server.journal import commits as commits_module
from app.server.journal.commits import Commits
from app.server.journal.segments import JournalDamaged, cut, framed, payloads, segment_path, segments


def record(seq: int, filler: str = "") -> bytes:
    return b'{"seq":%d,"x":"%s"}' % (seq, filler.encode())


def written(folder, count: int, name_seq: int = 1):
    path = segment_path(folder, name_seq)
    path.write_bytes(b"".join(framed(record(seq)) for seq in range(name_seq, name_seq + count)))
    return path


def test_what_was_written_is_read_back_in_order(tmp_path):
    path = written(tmp_path, 5)
    assert [payload for _, payload in payloads(path, is_last=True)] == [record(seq) for seq in range(1, 6)]


@pytest.mark.req("X9")
def test_a_last_record_torn_at_any_byte_is_cut_off(tmp_path):
    whole = written(tmp_path, 3).read_bytes()
    path = segment_path(tmp_path, 1)
    two_end = len(framed(record(1))) * 2
    for length in range(two_end, len(whole)):
        path.write_bytes(whole[:length])
        read = list(payloads(path, is_last=True))
        assert [payload for _, payload in read] == [record(1), record(2)]
        assert cut(path, read[-1][0]) == (length > two_end)
        assert path.stat().st_size == two_end


def test_zeros_that_a_power_cut_left_behind_are_cut_off(tmp_path):
    path = written(tmp_path, 2)
    good = path.stat().st_size
    for count in (1, 7, 8, 5000):
        path.write_bytes(path.read_bytes()[:good] + bytes(count))
        read = list(payloads(path, is_last=True))
        assert [payload for _, payload in read] == [record(1), record(2)]
        assert cut(path, read[-1][0])


def test_a_torn_record_in_an_earlier_segment_stops_the_start(tmp_path):
    path = written(tmp_path, 3)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(JournalDamaged, match=path.name):
        list(payloads(path, is_last=False))


def test_damage_before_whole_records_stops_the_start_and_names_the_segment(tmp_path):
    path = written(tmp_path, 4)
    one = len(framed(record(1)))
    for at in range(one, 3 * one):
        data = bytearray(written(tmp_path, 4).read_bytes())
        data[at] ^= 0x55
        path.write_bytes(data)
        with pytest.raises(JournalDamaged, match=path.name):
            list(payloads(path, is_last=True))


def run_commits(folder, scenario):
    states: list[str] = []

    async def main():
        commits = Commits(folder, 1, lambda took_s: None, lambda state, reason: states.append(state))
        await scenario(commits)
        await commits.close()

    asyncio.run(main())
    return states


def test_effects_leave_in_order_once_their_entry_is_safe(tmp_path):
    left: list[int] = []

    async def scenario(commits):
        for seq in range(1, 201):
            commits.add(seq, record(seq), lambda seq=seq: left.append(seq))
            if seq % 50 == 0:
                await asyncio.sleep(0)

    run_commits(tmp_path, scenario)
    assert left == list(range(1, 201))
    (segment,) = segments(tmp_path)
    assert [payload for _, payload in payloads(segment, is_last=True)] == [record(s) for s in range(1, 201)]


def test_a_full_segment_is_followed_by_one_named_after_its_first_record(tmp_path, monkeypatch):
    monkeypatch.setattr(commits_module, "SEGMENT_BYTES", 100)

    async def scenario(commits):
        for seq in range(1, 11):
            done = asyncio.Event()
            commits.add(seq, record(seq, "y" * 20), done.set)
            await done.wait()

    run_commits(tmp_path, scenario)
    read = []
    for segment in segments(tmp_path):
        rows = [payload for _, payload in payloads(segment, is_last=False)]
        assert rows[0].startswith(b'{"seq":%d,' % int(segment.stem))
        read += rows
    assert len(segments(tmp_path)) > 3
    assert read == [record(seq, "y" * 20) for seq in range(1, 11)]


@pytest.mark.req("X9")
def test_a_full_disk_lets_calls_go_first_and_loses_nothing(tmp_path, monkeypatch):
    full = True
    real = os.fdatasync

    def sync(fd):
        if full:
            raise OSError(28, "No space left on device")
        real(fd)

    monkeypatch.setattr(commits_module, "_sync", sync)
    monkeypatch.setattr(commits_module, "RETRY_S", 0.01)
    left: list[int] = []

    async def scenario(commits):
        nonlocal full
        first = asyncio.Event()
        commits.add(1, record(1), lambda: (left.append(1), first.set()))
        await first.wait()
        assert commits.state == "stuck"
        commits.add(2, record(2), lambda: left.append(2))
        assert left == [1, 2]
        full = False

    states = run_commits(tmp_path, scenario)
    assert states == ["stuck", "ok"]
    (segment,) = segments(tmp_path)
    assert [payload for _, payload in payloads(segment, is_last=True)] == [record(1), record(2)]
