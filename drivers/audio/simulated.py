"""A sound card made of numbers: a WAV or tone as microphone, a list as headphones.

The first half of each class keeps the promises of `drivers.protocol.audio`. The second
half (`world_*`) is the outside: what is said, what was heard, a plug pulled or put back,
a device that stands still. Paced by `wait`, which a test replaces to make hours pass.
"""

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from drivers.protocol.audio import SoundDevice
from drivers.protocol.errors import DeviceLost

BLOCK_S = 0.01


class SimulatedStream:
    """One open stream; it waits for its clock at every block."""

    def __init__(self, card: "SimulatedSoundCard", name: str, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.block_samples = int(rate_hz * BLOCK_S)
        self._card = card
        self._name = name
        self._open = True
        self._due_s = time.monotonic()

    def close(self) -> None:
        self._open = False

    def _pace(self) -> None:
        self._due_s = max(self._due_s + BLOCK_S, time.monotonic() - BLOCK_S)
        self._card.wait(self._due_s - time.monotonic())
        if not self._open or not self._card.has(self._name):
            raise DeviceLost(self._name, "unplugged")


class SimulatedMicrophone(SimulatedStream):
    def read(self) -> bytes:
        self._pace()
        return self._card.spoken(self.block_samples)


class SimulatedHeadphones(SimulatedStream):
    def write(self, block: bytes) -> None:
        self._pace()
        self._card.hear(block)


class SimulatedSoundCard:
    """Keeps the promises of SoundCard; one headset called `Simulated headset`."""

    NAME = "Simulated headset"

    def __init__(self, rate_hz: int = 16000, wait: Callable[[float], None] | None = None) -> None:
        self.rate_hz = rate_hz
        self.wait = wait or (lambda seconds: time.sleep(max(0.0, seconds)))
        self._lock = threading.Lock()
        self._plugged = True
        self._says = np.zeros(1, np.int16)
        self._at = 0
        self._heard: list[bytes] = []
        self.world_opened = 0  # streams, so far

    def devices(self) -> Sequence[SoundDevice]:
        if not self._plugged:
            return []
        return [
            SoundDevice(
                name=self.NAME,
                inputs=1,
                outputs=1,
                rate_hz=self.rate_hz,
                default_input=True,
                default_output=True,
            )
        ]

    def open_microphone(self, name: str | None) -> SimulatedMicrophone:
        return SimulatedMicrophone(self, self._choose(name), self.rate_hz)

    def open_headphones(self, name: str | None) -> SimulatedHeadphones:
        return SimulatedHeadphones(self, self._choose(name), self.rate_hz)

    def refresh(self) -> None:
        """Nothing to do: `devices` is always fresh."""

    def _choose(self, name: str | None) -> str:
        if not self._plugged or name not in (None, self.NAME):
            raise DeviceLost(name or "default", "no such sound device")
        self.world_opened += 1
        return self.NAME

    def has(self, name: str) -> bool:
        return self._plugged and name == self.NAME

    def spoken(self, count: int) -> bytes:
        with self._lock:
            at = (self._at + np.arange(count)) % len(self._says)
            self._at = (self._at + count) % len(self._says)
            return self._says[at].astype("<i2").tobytes()

    def hear(self, block: bytes) -> None:
        with self._lock:
            self._heard.append(block)

    # ------------------------------------------------------- the outside world

    def world_says(self, samples: npt.NDArray[np.int16]) -> None:
        """Speak this into the microphone, in a loop, at the card's own rate."""
        with self._lock:
            self._says, self._at = samples.astype(np.int16), 0

    def world_says_tone(self, hz: float, level: float = 8000.0) -> None:
        """Whistle: a whole number of periods a second, so the loop has no seam."""
        at = np.arange(self.rate_hz)
        self.world_says((level * np.sin(at * 2 * np.pi * round(hz) / self.rate_hz)).astype(np.int16))

    def world_heard(self) -> npt.NDArray[np.int16]:
        """Everything the headphones have played so far."""
        with self._lock:
            return np.frombuffer(b"".join(self._heard), "<i2").copy()

    def world_forget(self) -> None:
        with self._lock:
            self._heard.clear()

    def world_unplug(self) -> None:
        self._plugged = False

    def world_plug(self) -> None:
        self._plugged = True
