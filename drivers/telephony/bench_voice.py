"""How late a caller is heard in a headset, and what a sound clock that runs slow costs.

A private PulseAudio with null sinks stands for the headset: `ear` is what the headphones
play, `mouth` what the microphone hears. The caller's RTP goes through real media and writer
processes and a real `desk_voice`. The drift is in virtual time.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from drivers.telephony.desk.elastic import Elastic
from drivers.telephony.desk.rtp_out import RtpOut
from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.processes import (
    SoundProcesses,
    send_messages,
    send_sockets,
    start_processes,
)
from drivers.telephony.sound import g711, rtp

ROOT: Final = Path(__file__).resolve().parents[2]
RATE_HZ: Final = 48000
TOKEN: Final = bytes(range(16))
LOUD: Final = 3000  # of 9000 said
BURST_EVERY_FRAMES, BURST_FRAMES = 20, 2
START_BURSTS: Final = 5
DRIFT_PPM: Final = 100.0
DRIFT_MINUTES: Final = {"small": 3.0, "full": 30.0}


def bench_voice(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line "headset" (where PulseAudio is installed), one "drift".

    Args:
        seconds: how long the caller's bursts of tone are listened to, after two seconds.
        size: "small" (3 minutes of drifting signal) or "full" (30).
    """
    if shutil.which("pulseaudio") and shutil.which("parec"):
        with tempfile.TemporaryDirectory() as folder:
            yield {"case": "headset", **figures(measure_headset(Path(folder), seconds))}
    else:
        yield {"case": "headset", "missing": "pulseaudio, pulseaudio-utils"}
    began_s = time.monotonic()
    longest_s, bend = drift(DRIFT_PPM, DRIFT_MINUTES[size])
    yield {
        "case": "drift", "slow_ppm": DRIFT_PPM, "signal_minutes": DRIFT_MINUTES[size],
        "longest_gap_ms": round(1000 * longest_s, 2), "followed_ppm": round(bend * 1e6, 1),
        "took_s": round(time.monotonic() - began_s, 1),
    }  # fmt: skip


def figures(delays_ms: list[float]) -> dict[str, object]:
    """Of what was heard; caller's RTP into the exchange → out of the headphones."""
    if not delays_ms:
        return {"bursts": 0}
    half, ninety, most = np.percentile(np.array(delays_ms), [50, 90, 99])
    return {
        "bursts": len(delays_ms), "caller_to_headset_p50_ms": round(float(half), 1),
        "caller_to_headset_p90_ms": round(float(ninety), 1), "caller_to_headset_p99_ms": round(float(most), 1),
    }  # fmt: skip


def drift(ppm: float, minutes: float, to_hz: int = 16000) -> tuple[float, float]:
    """A tone every 20 ms to a sound card this slow, in virtual time.

    Returns the longest gap in seconds and how much faster the reader reads in the end.
    """
    elastic = Elastic(8000, to_hz)
    frame = (5000 * np.sin(np.arange(160) * 2 * np.pi * 500 / 8000)).astype(np.float32)
    sent, now_s = 0, 0.0
    while now_s < minutes * 60:
        now_s += 0.02 * (1 + ppm * 1e-6)
        while sent * 0.02 <= now_s:
            elastic.put(sent * 160, frame, sent * 0.02)
            sent += 1
        elastic.pull(to_hz // 50, now_s)
    return elastic.longest_gap_samples / to_hz, elastic.bend


def measure_headset(folder: Path, seconds: float) -> list[float]:
    """Delay in ms of each burst that was heard."""
    sound = Sound(folder)
    processes, port = start_exchange()
    caller, ear = Caller(), Ear(sound)
    voice = sound.run(
        sys.executable, "-m", "drivers.telephony.desk", "--directory", str(folder), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert voice.stdout is not None
        path = str(json.loads(voice.stdout.readline())["path"])
        caller.desk = ("127.0.0.1", port)
        join_caller_and_desk(processes, caller.port)
        with socket.socket(socket.AF_UNIX) as window:
            window.connect(path)
            order = {"do": "connect", "host": "127.0.0.1", "port": port, "token": TOKEN.hex()}
            window.sendall(json.dumps(order).encode() + b"\n")
            time.sleep(2.0 + seconds)
        return [1000 * delay_s for delay_s in delays_s(caller.bursts, ear.bursts)]
    finally:
        caller.close()
        voice.terminate()
        voice.wait(10)
        ear.close()
        processes.stop()
        sound.close()


def delays_s(said: list[float], heard: list[float]) -> list[float]:
    """Each burst heard, after the last one said before it; those of the start are left out."""
    return [at_s - max(s for s in said if s < at_s) for at_s in heard[START_BURSTS:] if said[0] < at_s]


def start_exchange() -> tuple[SoundProcesses, int]:
    """Media and writer processes with one socket, and its port."""
    processes = start_processes(8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as shared:
        shared.bind(("127.0.0.1", 0))
        port = int(shared.getsockname()[1])
        send_sockets(processes.media_socket, [(0, shared)])
    return processes, port


def join_caller_and_desk(processes: SoundProcesses, caller_port: int) -> None:
    send_messages(
        processes.media_socket,
        [
            c.OpenChannel(ch=0, gen=1, sock=0),
            c.SetRemote(ch=0, gen=1, host="127.0.0.1", port=caller_port),
            c.OpenChannel(ch=1, gen=1, sock=0, kind="desk", token=TOKEN),
            c.SetRemote(ch=1, gen=1, host="", port=0),
            c.SetRoom(ch=0, gen=1, room=1),
            c.SetRoom(ch=1, gen=1, room=1),
        ],
    )


class Sound:
    """A private PulseAudio with two null sinks: `ear` (headphones) and `mouth` (its monitor: microphone)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "PULSE_SERVER": f"unix:{folder}/native",
            "PULSE_SINK": "ear",
            "PULSE_SOURCE": "mouth.monitor",
            "PYTHONPATH": str(ROOT),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.server = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        loads = [
            f"module-native-protocol-unix socket={self.folder}/native auth-anonymous=1",
            f"module-null-sink sink_name=ear rate={RATE_HZ} channels=1",
            f"module-null-sink sink_name=mouth rate={RATE_HZ} channels=1",
        ]
        server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
            + [f"--load={load}" for load in loads],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        while not (self.folder / "native").exists():
            if server.poll() is not None:
                raise RuntimeError("PulseAudio did not start")
            time.sleep(0.02)
        return server

    def run(self, *command: str, **more: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(list(command), env=self.environment, **more)

    def play(self, raw: Path) -> "subprocess.Popen[bytes]":
        """Into the microphone: 16 bit samples at RATE_HZ."""
        return self.run(
            "pacat", "-d", "mouth", "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", str(raw)
        )

    def close(self) -> None:
        self.server.kill()
        self.server.wait()


class Ear(threading.Thread):
    """Hears what the headphones play: the time each burst of tone begins, and all samples."""

    def __init__(self, sound: Sound) -> None:
        super().__init__(daemon=True)
        self.process = sound.run(
            "parec", "-d", "ear.monitor", "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1",
            "--latency-msec=5", stdout=subprocess.PIPE,
        )  # fmt: skip
        self.bursts: list[float] = []
        self.samples: list[NDArray[np.int16]] = []
        self._quiet = RATE_HZ
        self.start()

    def run(self) -> None:
        assert self.process.stdout
        while block := os.read(self.process.stdout.fileno(), 65536):
            now_s = time.monotonic()
            samples = np.frombuffer(block[: len(block) // 2 * 2], "<i2")
            self.samples.append(samples)
            loud = np.flatnonzero(np.abs(samples.astype(int)) > LOUD)
            if len(loud) and self._quiet + loud[0] > RATE_HZ // 4:
                self.bursts.append(now_s - (len(samples) - loud[0]) / RATE_HZ)
            self._quiet = len(samples) - int(loud[-1]) if len(loud) else self._quiet + len(samples)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.join()
        assert self.process.stdout
        self.process.stdout.close()


class Caller(threading.Thread):
    """A telephone, or the board's end of a desk leg: 20 ms every 20 ms, a burst of tone every 400 ms.

    Sends to `desk`; a desk that says hello is answered and becomes it.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = int(self.socket.getsockname()[1])
        self.desk: tuple[str, int] | None = None
        self.heard: list[tuple[float, rtp.Packet]] = []
        self.bursts: list[float] = []
        self.sending = True
        self._stop_it = threading.Event()
        self._out = RtpOut(TOKEN, "PCMA", ssrc=5, seq=65000, timestamp=4_294_960_000, nonce=0)
        at = np.arange(160)
        tone = (9000 * np.sin(at * 2 * np.pi * 1000 / 8000)).astype(np.int16)
        self._tone, self._silence = (g711.encode(s, 8).tobytes() for s in (tone, np.zeros_like(tone)))
        self.start()

    def run(self) -> None:
        due_s, number = time.monotonic(), 0
        while not self._stop_it.is_set():
            self._listen()
            if self.desk and self.sending:
                place = number % BURST_EVERY_FRAMES
                burst = place < BURST_FRAMES and number > 50
                if burst and place == 0:
                    self.bursts.append(time.monotonic())
                self.socket.sendto(self._out.packet(self._tone if burst else self._silence), self.desk)
                number += 1
            due_s += 0.02
            time.sleep(max(0.0, due_s - time.monotonic()))

    def _listen(self) -> None:
        while True:
            try:
                datagram, source = self.socket.recvfrom(2048)
            except BlockingIOError:
                return
            if hello := rtp.read_desk_hello(datagram):
                assert hello[0] == TOKEN
                self.desk = source
                self.socket.sendto(rtp.desk_answer(hello[1]), source)
            elif packet := rtp.parse(datagram):
                self.heard.append((time.monotonic(), packet))

    def voice(self) -> NDArray[np.int16]:
        return g711.decode(np.frombuffer(b"".join(p.payload for _, p in self.heard), np.uint8), 8)

    def close(self) -> None:
        self._stop_it.set()
        self.join()
        self.socket.close()
