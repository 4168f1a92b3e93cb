"""What a sound card promises, real or simulated.

Samples are 16-bit little-endian mono `bytes` at the stream's own rate: nobody but the
user of the stream resamples. Streams block: each is used by one thread of its own,
never by an event loop. Knows nothing of calls, networks or codecs.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class SoundDevice(Struct, frozen=True, kw_only=True):
    """One device as the card lists it now. `name` is what is remembered: numbers change."""

    name: str
    inputs: int  # channels, 0: cannot record
    outputs: int  # channels, 0: cannot play
    rate_hz: int
    default_input: bool = False
    default_output: bool = False


class Microphone(Protocol):
    """An open input. Every method but `close` belongs to one thread."""

    rate_hz: int

    def read(self) -> bytes:
        """Wait for the next block (about 10 ms, always the same length) and return it.

        Raises DeviceLost when the device has gone, DeviceTimeout when it stands still.
        """

    def close(self) -> None:
        """Give the device back; safe to call twice. A waiting `read` raises DeviceLost."""


class Headphones(Protocol):
    """An open output. Every method but `close` belongs to one thread."""

    rate_hz: int
    block_samples: int

    def write(self, block: bytes) -> None:
        """Hand over `block_samples` samples; returns when there is room for the next block.

        The device's clock thereby paces the caller. Raises as Microphone.read does.
        """

    def close(self) -> None:
        """Give the device back; safe to call twice. A waiting `write` raises DeviceLost."""


class SoundCard(Protocol):
    """All sound devices of this machine."""

    def devices(self) -> Sequence[SoundDevice]:
        """List what is there now, also what was plugged in a moment ago. May take a second."""

    def open_microphone(self, name: str | None) -> Microphone:
        """Open by name, None: the system's default. Raises DeviceLost when there is none such."""

    def open_headphones(self, name: str | None) -> Headphones:
        """As open_microphone."""

    def refresh(self) -> None:
        """Look for devices afresh; only while no stream is open."""
