"""A real board called by pjsua2 and baresip, every service number by each: they are answered, the call
ends as it should, they hear themselves by echo and through the bridge, and their keys arrive.
"""

import json
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.exchange.wav import wav_header
from tests.fakes.live_board import LiveBoard, free_port, sipp
from tests.peers.baresip_phone import baresip, write_configuration

pytestmark = [pytest.mark.peer, pytest.mark.req("T1", "T2")]
TONE_HZ = 700.0
ACCOUNT = "<sip:201@{sip}>;auth_user=201;auth_pass={password};regint=60"
HEARS_ITSELF = ("9103", "9110", "9111")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[LiveBoard]:
    phones = [{"user": "201", "password": "geheim"}]
    live = LiveBoard(tmp_path, phones=phones)
    try:
        yield live
    finally:
        live.close()
    assert live.noise == []
    assert live.said("internal_error") == []


def tone_file(path: Path) -> Path:
    samples = (9000 * np.sin(2 * np.pi * TONE_HZ * np.arange(80000) / 8000)).astype("<i2")
    path.write_bytes(wav_header(samples.nbytes, 1) + samples.tobytes())
    return path


def tone_share(path: Path) -> float:
    """The part of the sound energy that is the tone we sent, in the loudest second of the file;
    of the channel with the least of it.
    """
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate, channels = file.getframerate(), file.getnchannels()
    return min(channel_tone_share(samples[channel::channels], rate) for channel in range(channels))


def channel_tone_share(samples: np.ndarray, rate: int) -> float:
    best = 0.0
    for start in range(0, max(1, len(samples) - rate), rate // 4):
        second = samples[start : start + rate]
        energy = float((second**2).sum())
        if len(second) == rate and energy > rate * 300.0**2:
            at = np.exp(-2j * np.pi * TONE_HZ * np.arange(rate) / rate)
            best = max(best, float(2 * abs((second * at).sum()) ** 2 / rate / energy))
    return best


def pjsua(board: LiveBoard, number: str, talk_s: float = 3.0, keys: str = "") -> dict[str, bool]:
    program = Path(__file__).parent / "pjsua_client.py"
    play = tone_file(board.folder / "tone.wav")
    done = subprocess.run(
        [sys.executable, str(program), f"sip:{number}@{board.sip}", str(play), str(board.folder / "heard.wav"),
         str(talk_s), keys],
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith(b"{")]
    assert lines, done.stderr[-2000:]
    return json.loads(lines[-1])


def echoing_peer(board: LiveBoard) -> AbstractContextManager[object]:
    """Whom 9110 and 9111 call: he answers and sends back what he hears."""
    return sipp(
        "-sn", "uas", "-p", str(board.peer_port), "-mp", str(free_port()), "-rtp_echo", folder=board.folder
    )


def assert_ended(ended: t.ServiceEnded, number: str) -> None:
    """Answered, and ended by the side that should: 9101 and 9150 by the board."""
    assert (ended.to_number, ended.cause) == (number, 16)
    assert ended.ended_by == ("us" if number in ("9101", "9150") else "far"), number
    assert ended.answered_utc is not None


def assert_recorded(board: LiveBoard, ended: t.ServiceEnded) -> None:
    """9111 and no other leaves a recording; our tone is in it, as said and as heard."""
    assert (ended.recording is not None) == (ended.to_number == "9111"), ended.to_number
    if ended.recording is not None:
        assert tone_share(board.folder / "recordings" / ended.recording) > 0.8


def test_pjsua_hears_itself_on_9103(board):
    assert pjsua(board, "9103") == {"connected": True, "ended": True}
    assert tone_share(board.folder / "heard.wav") > 0.8
    ended = board.event(t.ServiceEnded)
    assert ended.quality.loss_percent is not None and ended.quality.loss_percent < 5


def test_pjsua_keys_are_read_on_9150_and_the_other_numbers_answer(board):
    assert pjsua(board, "9150", talk_s=12.0, keys="2468#")["connected"]
    assert_ended(ended := board.event(t.ServiceEnded), "9150")
    assert ended.digits == "2468"
    for number in ("9100", "9101", "9102", "9130"):
        assert pjsua(board, number, talk_s=0.8) == {"connected": True, "ended": True}, number
        assert_ended(board.event(t.ServiceEnded), number)


def test_pjsua_hears_itself_through_the_bridge_and_is_recorded(board):
    with echoing_peer(board):
        for number in ("9110", "9111"):
            assert pjsua(board, number, talk_s=2.2) == {"connected": True, "ended": True}, number
            assert tone_share(board.folder / "heard.wav") > 0.8, number
            assert_ended(ended := board.event(t.ServiceEnded), number)
            assert_recorded(board, ended)


def test_baresip_registers_and_every_number_serves_it(board):
    """Its keys go as telephone events (RFC 4733): baresip 1.0 knows no other way, and a newer one,
    which could send SIP INFO, would show it in its trace.
    """
    folder = board.folder / "baresip"
    account = ACCOUNT.format(sip=board.sip, password="geheim")
    tone = tone_file(board.folder / "tone.wav")
    with echoing_peer(board), baresip(folder, account, tone) as phone:
        changed = board.event(t.PhoneChanged)
        assert (changed.user, changed.registered) == ("201", True)
        for number in ("9100", "9101", "9102", "9103", "9110", "9111", "9130", "9150"):
            phone.dial(number)
            heard = phone.listen(1.6) if number in HEARS_ITSELF else None
            if number == "9150":
                phone.tell("sndcode", "2468#")
            elif number != "9101":
                phone.tell("hangup")
            phone.wait("CALL_CLOSED")
            ended = board.event(t.ServiceEnded)
            assert_ended(ended, number)
            assert_recorded(board, ended)
            assert (ended.kind, ended.from_number) == ("phone", "201")
            assert ended.digits == ("2468" if number == "9150" else "")
            assert heard is None or tone_share(heard) > 0.8, number
    trace = (folder / "trace").read_text(errors="replace")
    assert "telephone-event/8000" in trace
    assert "INFO sip:" not in trace


def test_baresip_with_a_wrong_password_is_kept_out(board):
    folder = board.folder / "baresip"
    account = ACCOUNT.format(sip=board.sip, password="falsch")
    write_configuration(folder, account, tone_file(board.folder / "tone.wav"))
    subprocess.run(
        ["baresip", "-4", "-f", str(folder), "-t", "3", "-e", "/dial 9103"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=23, check=False,
    )  # fmt: skip
    assert any(line["reason"] == "wrong_password" for line in board.said("sip_rejected"))
    assert board.said("phone_changed") == []
    assert board.said("call_answered") == []
