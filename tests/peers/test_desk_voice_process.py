"""`desk_voice` as a process without a sound card: found, started once, outliving its window."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.telephony.desk.spawn import find_or_start

pytestmark = [pytest.mark.peer, pytest.mark.req("A1")]


def ask(path: str, **message: object) -> dict[str, object]:
    with socket.socket(socket.AF_UNIX) as window:
        window.settimeout(10)
        window.connect(path)
        with window.makefile("rw", encoding="utf-8") as file:
            print(json.dumps({**message, "id": 1}), file=file, flush=True)
            for line in file:
                if (event := json.loads(line)).get("id") == 1:
                    return event
    raise AssertionError("no answer")


def wait_for_end(pid: int) -> None:
    """It is a child of this process until it ends: take it off the table."""
    os.waitpid(pid, 0)


def test_the_second_window_finds_the_voice_of_the_first(tmp_path: Path):
    first = find_or_start(tmp_path, simulated=True)
    second = find_or_start(tmp_path, simulated=True)
    assert first == second
    pid = ask(first.path, do="state")["pid"]
    assert ask(second.path, do="state")["pid"] == pid
    assert os.getsid(pid) == pid  # a session of its own: Ctrl+C in the window's terminal is not for it
    ask(first.path, do="quit")
    wait_for_end(pid)
    assert not Path(first.path).exists()


def test_a_killed_voice_is_replaced(tmp_path: Path):
    first = find_or_start(tmp_path, simulated=True)
    pid = int(str(ask(first.path, do="state")["pid"]))
    os.kill(pid, 9)
    wait_for_end(pid)
    second = find_or_start(tmp_path, simulated=True)
    again = int(str(ask(second.path, do="state")["pid"]))
    assert again != pid
    ask(second.path, do="quit")
    wait_for_end(again)


def test_without_any_sound_card_it_runs_and_says_what_is_missing(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.telephony.desk", "--directory", str(tmp_path)],
        env={
            **os.environ,
            "XDG_RUNTIME_DIR": str(tmp_path),
            "HOME": str(tmp_path),
            "PULSE_SERVER": "unix:/nowhere",
        },
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stderr
    ready = json.loads(process.stdout.readline())
    lost = json.loads(process.stderr.readline())
    assert (lost["event"], lost["level"]) == ("device_lost", "error")
    assert ask(ready["path"], do="state")["headset"] is False
    refused = ask(ready["path"], do="sound_check")
    assert (refused["event"], refused["reason"]) == ("refused", "no headset")
    process.terminate()
    assert process.wait(10) == 0
    assert "Traceback" not in process.stderr.read()
    process.stdout.close()
    process.stderr.close()
