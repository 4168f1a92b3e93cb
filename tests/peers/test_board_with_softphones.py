"""A real board called by pjsua2 and baresip: they hear themselves, and their keys arrive."""

import json
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.exchange.wav import wav_header
from tests.fakes.live_board import LiveBoard, free_port

pytestmark = [pytest.mark.peer, pytest.mark.req("T1", "T2")]
TONE_HZ = 700.0


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
    """The part of the file's sound energy that is the tone we sent, in its loudest second."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate = file.getframerate()
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


def test_pjsua_hears_itself_on_9103(board):
    assert pjsua(board, "9103") == {"connected": True, "ended": True}
    assert tone_share(board.folder / "heard.wav") > 0.8
    ended = board.event(t.ServiceEnded)
    assert ended.quality.loss_percent is not None and ended.quality.loss_percent < 5


def test_pjsua_keys_are_read_on_9150_and_the_other_numbers_answer(board):
    assert pjsua(board, "9150", talk_s=12.0, keys="2468#")["connected"]
    assert board.event(t.ServiceEnded).digits == "2468"
    for number in ("9100", "9101", "9102", "9130"):
        assert pjsua(board, number, talk_s=0.8)["connected"], number


def baresip_folder(board: LiveBoard, account: str) -> Path:
    folder = board.folder / "baresip"
    folder.mkdir()
    tone = tone_file(board.folder / "tone.wav")
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{free_port()}\nmodule_path /usr/lib/baresip/modules\n"
        "net_interface 127.0.0.1\nmodule_tmp account.so\nmodule g711.so\nmodule aufile.so\nmodule_app menu.so\n"
        f"audio_source aufile,{tone}\naudio_player aufile,{board.folder}/heard.wav\naudio_alert aufile,{tone}\n"
        "ausrc_srate 8000\nauplay_srate 8000\nrtp_ports 20400-20440\n"
    )
    (folder / "accounts").write_text(account + "\n")
    (folder / "contacts").write_text("")
    return folder


def run_baresip(folder: Path, seconds: int, *commands: str) -> str:
    arguments = [piece for command in commands for piece in ("-e", command)]
    done = subprocess.run(
        ["baresip", "-4", "-f", str(folder), "-t", str(seconds), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + 20, check=False,
    )  # fmt: skip
    return done.stdout.decode(errors="replace")


def test_baresip_registers_and_calls_as_a_telephone(board):
    folder = baresip_folder(board, f"<sip:201@{board.sip}>;auth_user=201;auth_pass=geheim;regint=60")
    began_s = time.monotonic()
    text = run_baresip(folder, 4, "/dial 9103")
    assert time.monotonic() - began_s < 20
    changed = board.event(t.PhoneChanged)
    assert (changed.user, changed.registered) == ("201", True), text
    ended = board.event(t.ServiceEnded)
    assert (ended.kind, ended.to_number) == ("phone", "9103"), text
    assert ended.quality.loss_percent is not None


def test_baresip_with_a_wrong_password_is_kept_out(board):
    folder = baresip_folder(board, f"<sip:201@{board.sip}>;auth_user=201;auth_pass=falsch;regint=60")
    run_baresip(folder, 3, "/dial 9103")
    assert any(line["reason"] == "wrong_password" for line in board.said("sip_rejected"))
    assert board.said("phone_changed") == []
    assert board.said("call_answered") == []
