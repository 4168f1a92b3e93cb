"""The agent's headset: two blocking streams, each with a thread, and what lies between
them and the line. Finds a lost headset again by itself.

Knows samples, devices and threads; knows no network and no control messages. `packet`
and `frame` are called by the line's loop; everything shared is behind one lock held for
well under a millisecond.
"""

import math
import threading
import time
import traceback
from collections.abc import Callable

import numpy as np

from drivers.audio.interpolation import Samples, convert, to_int16
from drivers.protocol.audio import Headphones, Microphone, SoundCard
from drivers.protocol.errors import DeviceError
from drivers.telephony.desk.downlink import Downlink, Uplink
from drivers.telephony.desk.ringing import Ringing

RETRY_S = 1.0
STANDSTILL_S = 2.0
SILENCE_DBFS = -96.0
Tell = Callable[[str, dict[str, object]], None]


def dbfs(samples: Samples) -> float:
    """Loudness of a block: its RMS against full scale, -96 … 0 dB."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return max(SILENCE_DBFS, round(20 * math.log10(max(rms, 1e-3) / 32768), 1))


class SoundCheck:
    """Record a few seconds from the microphone, then play them back; the line hears silence."""

    def __init__(self, record_s: float) -> None:
        self.record_s = record_s
        self.recorded: list[Samples] = []
        self.playing: Samples | None = None
        self.at = 0


class Headset:
    """Sound in and out for one desk.

    tell(event, facts) is called from any thread: `headset_lost {device, reason}`,
    `headset_back {microphone_hz, headphones_hz}`, `sound_check {step, level_dbfs}`.
    """

    def __init__(self, card: SoundCard, tell: Tell) -> None:
        self._card = card
        self._tell = tell
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._generation = 0
        self._thread: threading.Thread | None = None
        self._up: Uplink | None = None
        self._down: Downlink | None = None
        self._check: SoundCheck | None = None
        self._ringing: Ringing | None = None
        self._ear_hz = 8000
        self._alive_s: dict[str, float] = {}
        self._levels = {"microphone": SILENCE_DBFS, "headphones": SILENCE_DBFS}
        self.microphone: str | None = None
        self.headphones: str | None = None
        self.present = False
        self._told: bool | None = None

    # ------------------------------------------------- what the line's loop calls

    def packet(self, packet: bytes, now_s: float) -> None:
        """RTP from the board, towards the ear."""
        with self._lock:
            if self._down:
                self._down.packet(packet, now_s)

    def frame(self, now_s: float) -> Samples:
        """The next 20 ms of the agent's voice, 160 samples at 8000 Hz; silence without headset."""
        with self._lock:
            voice = self._up.frame(now_s) if self._up else np.zeros(160, np.float32)
            checking = self._check is not None
        return np.zeros(160, np.float32) if checking else voice

    def levels(self) -> dict[str, float]:
        """Loudest block of each side since last asked, dBFS."""
        with self._lock:
            now = dict(self._levels)
            self._levels = dict.fromkeys(self._levels, SILENCE_DBFS)
        return now

    def watch(self, now_s: float) -> None:
        """Give up streams that stand still: some drivers block for ever when the plug is pulled."""
        with self._lock:
            stuck = [side for side, at in self._alive_s.items() if now_s - at > STANDSTILL_S]
        if stuck and self.present:
            self._lost(stuck[0], "stands still")
            self.open(self.microphone, self.headphones)

    # ----------------------------------------------------------------- control

    def open(self, microphone: str | None, headphones: str | None) -> None:
        """Use these devices (None: the system's default) from now on."""
        self.close()
        self.microphone, self.headphones = microphone, headphones
        self._stop = threading.Event()
        self._generation += 1
        self._thread = threading.Thread(
            target=self._supervise, args=(self._stop, self._generation), name="headset", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Leave the devices alone."""
        self._stop.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)  # one that stands still is left behind
        with self._lock:
            self._up = self._down = self._check = None
            self._alive_s.clear()

    def check(self, record_s: float) -> bool:
        """Begin a sound check; False without a headset."""
        with self._lock:
            if not self.present:
                return False
            self._check = SoundCheck(record_s)
        self._tell("sound_check", {"step": "recording", "level_dbfs": None})
        return True

    def ring(self, volume: float) -> None:
        """Ring in the ear, 0.0 … 1.0; 0 is silence. Goes on over a lost and found headset."""
        with self._lock:
            self._ringing = Ringing(volume) if volume > 0 else None

    @property
    def checking(self) -> bool:
        return self._check is not None

    # ----------------------------------------------------------------- threads

    def _supervise(self, stop: threading.Event, generation: int) -> None:
        """Open both sides, run until one fails, begin again."""
        first = True
        while not stop.is_set():
            if not first:
                self._card.refresh()
            first = False
            opened: list[Microphone | Headphones] = []
            try:
                microphone = self._card.open_microphone(self.microphone)
                opened.append(microphone)
                headphones = self._card.open_headphones(self.headphones)
                opened.append(headphones)
                self._run(stop, generation, microphone, headphones)
            except DeviceError as error:
                if generation == self._generation and not stop.is_set():
                    self._lost(error.device, error.reason)
            except Exception as error:  # our bug: say so loudly, but an agent without voice helps nobody
                traceback.print_exc()
                if generation == self._generation:
                    self._lost("headset", f"internal error: {error!r}")
            finally:
                for stream in opened:
                    stream.close()
            stop.wait(RETRY_S)

    def _run(
        self, stop: threading.Event, generation: int, microphone: Microphone, headphones: Headphones
    ) -> None:
        with self._lock:
            self._up, self._down = Uplink(microphone.rate_hz), Downlink(headphones.rate_hz)
            self._ear_hz = headphones.rate_hz
            self._alive_s = dict.fromkeys(("microphone", "headphones"), time.monotonic())
        self.present = True
        if self._told is not True:
            self._told = True
            self._tell(
                "headset_back", {"microphone_hz": microphone.rate_hz, "headphones_hz": headphones.rate_hz}
            )
        over = threading.Event()
        failed: list[Exception] = []

        def capture() -> None:
            try:
                while not (stop.is_set() or over.is_set()):
                    self._captured(microphone.read(), microphone.rate_hz, headphones.rate_hz)
            except Exception as error:  # raised again in the other thread
                failed.append(error)
            over.set()

        recorder = threading.Thread(target=capture, name="microphone", daemon=True)
        recorder.start()
        try:
            while not (stop.is_set() or over.is_set()):
                headphones.write(self._wanted(headphones.block_samples))
        finally:
            over.set()
            recorder.join(timeout=1.0)
            if generation == self._generation:
                with self._lock:
                    self._up = self._down = None
                    self._alive_s.clear()
        if failed:
            raise failed[0]

    def _captured(self, block: bytes, from_hz: int, to_hz: int) -> None:
        samples = np.frombuffer(block, "<i2").astype(np.float32)
        level, now_s = dbfs(samples), time.monotonic()
        with self._lock:
            self._alive_s["microphone"] = now_s
            self._levels["microphone"] = max(self._levels["microphone"], level)
            if self._up:
                self._up.block(samples, now_s)
            check = self._check
        if check is None or check.playing is not None:
            return
        check.recorded.append(samples)
        if sum(map(len, check.recorded)) >= check.record_s * from_hz:
            whole = np.concatenate(check.recorded)
            check.playing = convert(whole, from_hz, to_hz)
            self._tell("sound_check", {"step": "playing", "level_dbfs": dbfs(whole)})

    def _wanted(self, count: int) -> bytes:
        now_s = time.monotonic()
        over = False
        with self._lock:
            self._alive_s["headphones"] = now_s
            sound = self._down.pull(count, now_s) if self._down else np.zeros(count, np.float32)
            check = self._check
            if self._ringing is not None:
                sound = sound + self._ringing.pull(count, self._ear_hz)
            if check is not None:
                sound = np.zeros(count, np.float32)
                if check.playing is not None:
                    part = check.playing[check.at : check.at + count]
                    sound[: len(part)] = part
                    check.at += count
                    over = check.at >= len(check.playing)
                    if over:
                        self._check = None
            self._levels["headphones"] = max(self._levels["headphones"], dbfs(sound))
        if over:
            self._tell("sound_check", {"step": "done", "level_dbfs": None})
        return to_int16(sound).astype("<i2").tobytes()

    def _lost(self, device: str, reason: str) -> None:
        self.present = False
        with self._lock:
            self._check = None
        if self._told is not False:
            self._told = False
            self._tell("headset_lost", {"device": device, "reason": reason})
