"""Keys: found in the sound, read from RFC 4733 events, and sent as events or tones.

Knows frequencies, events and durations; knows no sockets and no rooms. Three things,
each an array over all channels:

- `InbandDigits` finds DTMF in sound: 20 ms windows every 10 ms, two equal ones in a row
  begin a key, three without it end it.
- `EventDigits` reads telephone-events, one digit an event however its packets arrive.
- `DigitSender` sends digits one after the other with pauses.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..sound.rtp import EVENT_DIGITS, signed_32
from ..sound.tones import COLUMN_HZ, KEYPAD, RATE_HZ, ROW_HZ

FRAME: Final = 160
LEAST_RMS: Final = 100.0  # about -47 dBm0 for both tones together
PURITY: Final = 0.68  # share of the window's energy that the two tones must hold
TWIST: Final = 8.0  # 9 dB either way
DISTANCE: Final = 4.0  # the next tone of the same group is at least 6 dB lower
DETUNE: Final = 0.008
HARMONIC: Final = 0.12  # talk-off: a voice has a second harmonic, a key has none (-9 dB)
LEAKAGE: Final = 0.1  # the upper tone's share at twice the lower one's frequency, 34 Hz and more away
END_WINDOWS: Final = 3
EVENT_TIMEOUT_TICKS: Final = 5  # an event whose end packets are all lost

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]

_CODE = np.array([EVENT_DIGITS.index(key) for key in KEYPAD])  # keypad position → event code


def _basis() -> Floats:
    low, high = np.array(ROW_HZ), np.array(COLUMN_HZ)
    # 20 ms have lobes of 50 Hz: an upper tone 1.5 % off needs two looks to be seen whole.
    frequencies = np.concatenate([low, high * (1 - DETUNE), high * (1 + DETUNE), 2 * low, 2 * high])
    angle = 2 * np.pi * np.outer(np.arange(FRAME), frequencies) / RATE_HZ
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


_BASIS = _basis()
_LOOKS = _BASIS.shape[1] // 2


def window_codes(window: Floats) -> Ints:
    """The event code heard in each row of 160 samples, -1 where there is no key."""
    projected = window @ _BASIS
    projected *= projected
    power = projected[:, :_LOOKS] + projected[:, _LOOKS:]
    lows, highs = power[:, :4], np.maximum(power[:, 4:8], power[:, 8:12])
    energy = np.einsum("ij,ij->i", window, window)
    rows = np.arange(len(window))
    row, column = lows.argmax(axis=1), highs.argmax(axis=1)
    low, high = lows[rows, row], highs[rows, column]
    overtone_low, overtone_high = power[rows, 12 + row], power[rows, 16 + column]
    lows[rows, row] = 0.0
    highs[rows, column] = 0.0
    found = (
        (low + high > PURITY * FRAME / 2 * energy)
        & (energy > FRAME * LEAST_RMS**2)
        & (low < high * TWIST)
        & (high < low * TWIST)
        & (lows.max(axis=1) * DISTANCE < low)
        & (highs.max(axis=1) * DISTANCE < high)
        & (overtone_low < HARMONIC * low + LEAKAGE * high)
        & (overtone_high < HARMONIC * high)
    )
    return np.where(found, _CODE[row * 4 + column], -1)


class InbandDigits:
    """Keys in the sound of channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self._before = np.zeros((channels, FRAME // 2), np.float32)
        self._last = np.full(channels, -1, np.int64)  # code of the last window
        self.held = np.full(channels, -1, np.int64)  # the key that is down now
        self._missed = np.zeros(channels, np.int64)

    def open(self, channel: int) -> None:
        """Forget everything about a channel."""
        self._before[channel] = 0
        self._last[channel] = self.held[channel] = -1

    def tick(self, sound: Floats, channels: Ints) -> tuple[Ints, Ints, Ints]:
        """Look at 20 ms of some channels.

        Args:
            sound: (all channels, 160) float32, int16 scale.
            channels: which rows to look at.
        Returns:
            (channels of keys that began, their codes, channels that must not be heard).
        """
        frame = sound if len(channels) == len(sound) else np.take(sound, channels, axis=0)
        early = np.concatenate([self._before[channels], frame[:, : FRAME // 2]], axis=1)
        self._before[channels] = frame[:, FRAME // 2 :]
        first, second = window_codes(early), window_codes(frame)
        began_first = self._window(channels, first)
        began_second = self._window(channels, second)
        began = began_first | began_second
        codes = np.where(began_second, second, first)
        unheard = (first >= 0) | (second >= 0) | (self.held[channels] >= 0)
        return channels[began], codes[began], channels[unheard]

    def _window(self, channels: Ints, code: Ints) -> Flags:
        last, held = self._last[channels], self.held[channels]
        missed = np.where((code == held) | (held < 0), 0, self._missed[channels] + 1)
        held = np.where(missed >= END_WINDOWS, -1, held)
        began: Flags = (code >= 0) & (code == last) & (code != held)
        self.held[channels] = np.where(began, code, held)
        self._missed[channels] = np.where(began, 0, missed)
        self._last[channels] = code
        return began


@dataclass(slots=True)
class EventPackets:
    """Telephone-event packets, at most one of each channel. payload: (packets, ≥ 4) uint8."""

    channel: Ints
    timestamp: Ints
    ssrc: Ints
    payload: NDArray[np.uint8]


class EventDigits:
    """RFC 4733 events of channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self.held = np.full(channels, -1, np.int64)  # the key that is down now
        self._known = np.zeros(channels, np.bool_)
        self._timestamp = np.zeros(channels, np.int64)
        self._ssrc = np.zeros(channels, np.int64)
        self._code = np.full(channels, -1, np.int64)
        self._ended = np.zeros(channels, np.bool_)
        self._duration = np.zeros(channels, np.int64)
        self._quiet = np.zeros(channels, np.int64)  # ticks since the last event packet

    def open(self, channel: int) -> None:
        """Forget everything about a channel."""
        self.held[channel] = -1
        self._known[channel] = False

    def put(self, packets: EventPackets) -> tuple[Ints, Ints]:
        """(channels, codes) of the keys that these packets begin."""
        channel = packets.channel
        code = packets.payload[:, 0].astype(np.int64)
        end = packets.payload[:, 1] & 0x80 != 0
        duration = packets.payload[:, 2].astype(np.int64) << 8 | packets.payload[:, 3]
        same_sender = self._known[channel] & (self._ssrc[channel] == packets.ssrc)
        ahead = signed_32(packets.timestamp - self._timestamp[channel])
        # Older than 5 s: the sender's clock jumped; younger and behind: a straggler of an earlier key.
        straggler = same_sender & (ahead < 0) & (ahead > -40000)
        # Some senders move the timestamp with every packet of one key, and a key of more than
        # 8.19 s is sent in segments: the same key, not ended, growing, is not pressed again.
        running = same_sender & (self._code[channel] == code) & ~self._ended[channel] & (ahead > 0)
        growing = (duration > self._duration[channel]) & (ahead <= 400)
        segment = (self._duration[channel] >= 0xFF00) & (ahead <= 66000)
        known = (same_sender & (ahead == 0)) | (running & (growing | segment))
        usable = (code < 16) & ~straggler
        began = usable & ~known
        held = usable & ~end & ~(known & self._ended[channel])
        rows = channel[usable]
        self._known[rows] = True
        self._timestamp[rows] = packets.timestamp[usable]
        self._ssrc[rows] = packets.ssrc[usable]
        self._code[rows] = code[usable]
        self._ended[rows] = (end | (known & self._ended[channel]))[usable]
        self._duration[rows] = duration[usable]
        self._quiet[rows] = 0
        self.held[rows] = np.where(held, code, -1)[usable]
        return channel[began], code[began]

    def tick(self) -> None:
        """20 ms went by."""
        self._quiet += 1
        self.held[self._quiet > EVENT_TIMEOUT_TICKS] = -1


PRESS_TICKS: Final = 5  # 100 ms
PAUSE_TICKS: Final = 4  # 80 ms
END_PACKETS: Final = 3  # RFC 4733 §2.5.1.4
LONGEST_TICKS: Final = 400  # 8 s: an event's duration has 16 bits


@dataclass(slots=True)
class _Press:
    code: int
    held_by: int  # channel whose key this is, -1: nobody's
    age: int = 0  # ticks
    length: int = 0  # known when the key is up


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """What one channel sends this tick instead of sound."""

    channel: int
    code: int
    age: int  # ticks since the key went down; 0: first packet, with the marker
    end: bool
    duration_samples: int


class DigitSender:
    """Digits on their way out. Only channels that are sending a digit cost anything."""

    def __init__(self) -> None:
        self._waiting: dict[int, deque[_Press]] = {}
        self._pause: dict[int, int] = {}

    def press(self, channel: int, codes: Iterable[int], held_by: int = -1) -> None:
        """Queue keys. held_by: keep the key down as long as that channel's key is down."""
        queue = self._waiting.setdefault(channel, deque())
        queue.extend(_Press(code, held_by) for code in codes)

    def close(self, channel: int) -> None:
        """The channel is gone."""
        self._waiting.pop(channel, None)
        self._pause.pop(channel, None)

    def tick(self, held: Ints) -> list[KeyFrame]:
        """20 ms of every channel that sends a key. held: each channel's own key, -1 none."""
        frames: list[KeyFrame] = []
        for channel in list(self._waiting):
            pause = self._pause.get(channel, 0)
            if pause:
                self._pause[channel] = pause - 1
                continue
            queue = self._waiting[channel]
            if not queue:
                del self._waiting[channel]
                self._pause.pop(channel, None)
                continue
            press = queue[0]
            frames.append(self._frame(channel, press, held))
            press.age += 1
            if press.length and press.age >= press.length + END_PACKETS - 1:
                queue.popleft()
                self._pause[channel] = PAUSE_TICKS
        return frames

    @staticmethod
    def _frame(channel: int, press: _Press, held: Ints) -> KeyFrame:
        down = press.held_by >= 0 and held[press.held_by] == press.code
        age = press.age + 1
        if not press.length and age >= PRESS_TICKS and (not down or age >= LONGEST_TICKS):
            press.length = age
        ticks = press.length or age
        return KeyFrame(channel, press.code, press.age, press.length > 0, ticks * FRAME)
