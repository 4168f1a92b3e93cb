"""A real board called by sipp: every service number, keys both ways, floods, and a board that dies."""

import os
import random
import signal
import socket
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.sound import g711
from tests.drivers.telephony.board.test_hostile import hostile
from tests.fakes.live_board import LiveBoard, free_port, run_sipp, sipp

SCENARIOS = Path(__file__).parent / "scenarios"
pytestmark = [pytest.mark.peer, pytest.mark.req("T1", "T2")]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[LiveBoard]:
    live = LiveBoard(tmp_path)
    try:
        yield live
    finally:
        live.close()
    assert "".join(live.noise) == ""
    assert live.said("internal_error") == []


def call(board: LiveBoard, number: str, count: int = 5, rate: int = 10, talk_ms: int = 300) -> None:
    run_sipp(
        "-sn", "uac", board.sip, "-s", number, "-m", str(count), "-r", str(rate), "-d", str(talk_ms),
        "-p", str(free_port()), folder=board.folder,
    )  # fmt: skip


def test_every_number_that_waits_for_the_caller_is_answered(board):
    for number in ("9100", "9102", "9103", "9130"):
        call(board, number)
        told = [board.event(t.ServiceEnded) for _ in range(5)]
        assert {(e.to_number, e.ended_by, e.cause) for e in told} == {(number, "far", 16)}


def test_9101_answers_and_hangs_up(board):
    run_sipp(
        "-sf", str(SCENARIOS / "uac_far_bye.xml"), board.sip, "-s", "9101", "-m", "200", "-r", "100",
        "-p", str(free_port()), folder=board.folder,
    )  # fmt: skip
    assert {board.event(t.ServiceEnded).ended_by for _ in range(200)} == {"us"}


def test_a_bridge_reaches_the_peer_and_is_recorded(board):
    with sipp("-sn", "uas", "-p", str(board.peer_port), "-mp", str(free_port()), folder=board.folder):
        call(board, "9110")
        call(board, "9111", talk_ms=1000)
    told = [board.event(t.ServiceEnded) for _ in range(10)]
    assert {e.recording is None for e in told if e.to_number == "9110"} == {True}
    recorded = [e for e in told if e.to_number == "9111"]
    assert len(recorded) == 5
    for ended in recorded:
        assert (board.folder / "recordings" / ended.recording).stat().st_size > 20_000
        talked_s = ended.ended_utc - ended.answered_utc
        assert ended.recording_s == pytest.approx(talked_s, abs=0.4)


def keys_scenario(board: LiveBoard, action: str, event: str) -> Path:
    text = (SCENARIOS / "uac_keys.xml").read_text().replace("@ACTION@", action).replace("@EVENT@", event)
    path = board.folder / "keys.xml"
    path.write_text(text)
    return path


def test_keys_sent_as_telephone_events_are_read(board):
    scenario = keys_scenario(
        board, '<exec play_dtmf="1590#"/>', "96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15"
    )
    text = scenario.read_text().replace("[rtpstream_audio_port]", "[media_port]")
    scenario.write_text(text)
    run_sipp(
        "-sf", str(scenario), board.sip, "-s", "9150", "-m", "1", "-p", str(free_port()), folder=board.folder
    )
    assert board.event(t.ServiceEnded).digits == "1590"


def test_keys_sent_in_the_sound_are_read(board):
    tones = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336), "#": (941, 1477)}
    time_s = np.arange(800) / 8000
    pieces = [np.zeros(1600)]
    for key in "1590#":
        low, high = tones[key]
        pieces += [
            7000 * (np.sin(2 * np.pi * low * time_s) + np.sin(2 * np.pi * high * time_s)),
            np.zeros(800),
        ]
    samples = np.concatenate(pieces).astype(np.int16)
    (board.folder / "keys.alaw").write_bytes(g711.encode(samples, 8).tobytes())
    scenario = keys_scenario(board, f'<exec rtp_stream="{board.folder}/keys.alaw,1,8"/>', "")
    run_sipp(
        "-sf", str(scenario), board.sip, "-s", "9150", "-m", "1", "-p", str(free_port()), folder=board.folder
    )
    assert board.event(t.ServiceEnded).digits == "1590"


def test_two_thousand_hostile_datagrams_then_twenty_calls_of_twenty(board):
    host, _, port = board.sip.rpartition(":")
    rng = random.Random(11)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        for number in range(2000):
            attacker.sendto(hostile(rng, number), (host, int(port)))
            if number % 50 == 0:
                time.sleep(0.01)
    call(board, "9100", count=20, rate=40)
    assert board.process.poll() is None
    assert board.said("sip_rejected")


def test_the_server_answers_plays_collects_and_hangs_up(board):
    scenario = keys_scenario(
        board, '<exec play_dtmf="42#"/>', "96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15"
    )
    scenario.write_text(scenario.read_text().replace("[rtpstream_audio_port]", "[media_port]"))
    arguments = ("-sf", str(scenario), board.sip, "-s", "400", "-m", "1", "-p", str(free_port()))
    with sipp(*arguments, folder=board.folder) as caller:
        leg = board.event(t.LegOffered).leg
        board.do(t.Accept, leg=leg)
        assert board.event(t.LegAnswered).codec == "PCMA"
        board.do(t.Collect, leg=leg, op="c", prompts=["zh_CN/main-menu"], max_digits=8)
        collected = board.event(t.CollectFinished)
        assert (collected.digits, collected.reason) == ("42", "terminator")
        board.do(t.Play, leg=leg, op="p", prompts=["sounds/beep"])
        assert board.event(t.PlayFinished).reason == "done"
        board.do(t.HangUp, leg=leg)
        ended = board.event(t.LegEnded)
        assert ended.by == "us" and ended.quality.loss_percent is not None
        assert caller.wait(10) == 0


def test_a_killed_media_process_ends_its_calls_and_comes_back(board):
    arguments = (
        "-sn",
        "uac",
        board.sip,
        "-s",
        "9103",
        "-m",
        "3",
        "-r",
        "10",
        "-d",
        "20000",
        "-p",
        str(free_port()),
    )
    with sipp(*arguments, folder=board.folder):
        until_s = time.monotonic() + 5
        while len(board.said("call_answered")) < 3 and time.monotonic() < until_s:
            time.sleep(0.05)
        os.kill(board.pids["media"], signal.SIGKILL)
        told = [board.event(t.ServiceEnded) for _ in range(3)]
        assert {e.cause for e in told} == {41}
    call(board, "9103")


def test_a_killed_writer_is_replaced_when_the_lines_are_quiet(board):
    os.kill(board.pids["writer"], signal.SIGKILL)
    assert board.event(t.LineAlarm).raised
    until_s = time.monotonic() + 10
    while not board.said("device_back") and time.monotonic() < until_s:
        time.sleep(0.05)
    with sipp("-sn", "uas", "-p", str(board.peer_port), "-mp", str(free_port()), folder=board.folder):
        call(board, "9111", count=1, talk_ms=500)
    assert board.event(t.ServiceEnded).recording_s > 0.2


@pytest.mark.req("R1")
def test_a_recording_goes_on_in_its_file_when_the_writer_is_killed(board):
    with (
        sipp("-sn", "uas", "-p", str(board.peer_port), "-mp", str(free_port()), folder=board.folder),
        sipp("-sn", "uac", board.sip, "-s", "9111", "-m", "1", "-d", "3000", "-p", str(free_port()),
             folder=board.folder),
    ):  # fmt: skip
        file = board.folder / "recordings" / "services"
        until_s = time.monotonic() + 10
        while not any(wav.stat().st_size > 5_000 for wav in file.glob("*.wav")):
            assert time.monotonic() < until_s
            time.sleep(0.02)
        os.kill(board.pids["writer"], signal.SIGKILL)
        ended = board.event(t.ServiceEnded)
    assert board.said("device_back")
    with wave.open(str(board.folder / "recordings" / ended.recording)) as recording:
        assert recording.getnframes() / 8000 == pytest.approx(ended.recording_s, abs=0.01)
    assert ended.recording_s == pytest.approx(ended.ended_utc - ended.answered_utc, abs=0.6)


def test_a_killed_board_says_bye_when_it_comes_back(tmp_path):
    first = LiveBoard(tmp_path)
    port = first.sip.rpartition(":")[2]
    with sipp("-sn", "uac", first.sip, "-s", "9100", "-m", "2", "-r", "10", "-d", "25000", "-trace_msg",
              "-p", str(free_port()), folder=tmp_path) as caller:  # fmt: skip
        until_s = time.monotonic() + 5
        while len(first.said("call_answered")) < 2 and time.monotonic() < until_s:
            time.sleep(0.05)
        first.process.kill()
        first.close()
        second = LiveBoard(tmp_path, sip_listen=f"127.0.0.1:{port}")
        try:
            assert second.said("left_calls_ended")[0]["calls"] == 2
            caller.wait(10)  # sipp ends on the unexpected BYEs
        finally:
            second.close()
