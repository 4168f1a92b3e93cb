"""Sound passed between two clocks that do not agree.

Pure: `now_s` comes in. One side puts samples at positions (a network, a microphone),
the other pulls them at its own pace and rate (headphones, a 20 ms beat). The reader's
speed is bent by at most half a per cent, so that the least reserve seen in the last
four seconds stays at `reserve_s`: this one rule follows clock drift and adapts to
jitter. Too little is concealed and waited for, too much is cut with a cross-fade.

The reserve is measured when samples arrive, against where the reader is *by the clock*
between two pulls, less one block: what arrives then is there in time whatever the phase
of the two beats. (Measured at the pulls it jumps by a packet each time the phases slip:
one gap every 200 s at 100 ppm.) Knows nothing of packets or devices.
"""

from collections import deque

import numpy as np

from drivers.audio.interpolation import Kernel, Samples
from drivers.telephony.desk.concealment import HISTORY_S, Concealment

BEND_AT_MOST = 0.005  # a twelfth of a semitone: nobody hears it
BEND_PER_S = 0.1  # a reserve 10 ms off is bent by 0.1 %
WINDOW_S, WINDOWS = 0.5, 8
CUT_ABOVE_S = 0.04
CROSSFADE_S = 0.005
CAPACITY_S = 2.0


class Elastic:
    """A buffer from `from_hz` to `to_hz`.

    start_s: reserve to gather before the first sample is read.
    reserve_s: least reserve wished for at any pull.
    longest_s: delay never exceeded, whatever arrives.
    """

    def __init__(
        self,
        from_hz: int,
        to_hz: int,
        *,
        start_s: float = 0.02,
        reserve_s: float = 0.005,
        longest_s: float = 0.30,
    ) -> None:
        self._kernel = Kernel(from_hz, to_hz)
        self._from_hz, self._to_hz = from_hz, to_hz
        self._ratio = from_hz / to_hz
        self._start_s, self._reserve_s, self._longest_s = start_s, reserve_s, longest_s
        self._before = self._kernel.reach + int(HISTORY_S * from_hz)
        self._capacity = int(CAPACITY_S * from_hz)
        self._crossfade = int(CROSSFADE_S * to_hz)
        self._played = np.zeros(int(HISTORY_S * to_hz), np.float32)
        self._gap: Concealment | None = None
        self.concealed_samples = 0  # of output, without true sound
        self.longest_gap_samples = 0  # the same in a row, once started
        self.late_puts = 0
        self.cuts = 0
        self._gap_samples = 0
        self._forget()

    def _forget(self) -> None:
        self._data = np.zeros(self._capacity, np.float32)
        self._have = np.zeros(self._capacity, bool)
        self._origin = 0
        self._begun = False
        self._position = 0.0
        self._end = 0
        self._wait_for_s: float | None = self._start_s
        self._block = 0.0  # input samples the last pull took
        self._pulled_s = 0.0
        self._hole: Concealment | None = None  # being read
        self._hole_goes_on_at = 0
        self._hole_samples = 0
        self._bend = 0.0
        self._settled = False  # a device that starts slowly leaves a pile: cut it at once
        self._reset_windows()

    def _reset_windows(self) -> None:
        self._windows: deque[float] = deque(maxlen=WINDOWS)
        self._least_s = float("inf")
        self._window_left = int(WINDOW_S * self._to_hz)

    @property
    def delay_s(self) -> float:
        """From the newest sample put to the next one pulled."""
        return max(0.0, (self._end - self._position) / self._from_hz) if self._begun else 0.0

    @property
    def bend(self) -> float:
        """How much faster than nominal it reads now; the other clock's drift, in the long run."""
        return self._bend

    # ------------------------------------------------------------- writing

    def put(self, position: int, samples: Samples, now_s: float) -> None:
        """Store samples whose first one is number `position` of the stream.

        Out of order, twice and late are allowed; a jump of more than a second begins anew.
        """
        end = position + len(samples)
        far = self._from_hz
        if self._begun and (position > self._end + far or end < self._position - far):
            self._forget()
        if not self._begun:
            self._begun = True
            self._origin = position - self._before
            self._have[: self._before] = True  # silence before the beginning is no hole
            self._position, self._end = float(position), position
        if self._wait_for_s is not None and position > self._end:
            # The gap has been sat through already: do not play it once more.
            self._position = max(self._position, float(position))
        if self._wait_for_s is None:
            ran = min((now_s - self._pulled_s) * self._from_hz, self._block)
            self._note((position - self._position - ran) / self._from_hz)
        if end <= int(self._position) + 1 - self._kernel.reach:
            self.late_puts += 1
            return
        self._make_room(end)
        skip = max(0, self._origin - position)
        at = position + skip - self._origin
        self._data[at : at + len(samples) - skip] = samples[skip:]
        self._have[at : at + len(samples) - skip] = True
        self._end = max(self._end, end)
        if self.delay_s > self._longest_s:
            self._position = self._end - (self._start_s + self._reserve_s) * self._from_hz
            self.cuts += 1
            self._reset_windows()

    def _make_room(self, end: int) -> None:
        if end - self._origin <= self._capacity:
            return
        origin = int(self._position) - self._before
        shift = max(origin - self._origin, end - self._origin - self._capacity)
        keep = max(0, self._capacity - shift)
        for array in (self._data, self._have):
            array[:keep] = array[shift : shift + keep]
            array[keep:] = 0
        self._origin += shift

    # ------------------------------------------------------------- reading

    def pull(self, count: int, now_s: float) -> Samples:
        """The next `count` samples at `to_hz`; concealed or silent when there are none."""
        if not self._begun:
            return np.zeros(count, np.float32)
        step = self._ratio * (1.0 + self._bend)
        needed = int(self._position + (count - 1) * step) + self._kernel.reach + 1
        slack_s = (self._end - needed) / self._from_hz
        if self._wait_for_s is not None and slack_s < self._wait_for_s:
            return self._conceal(count)
        if slack_s < 0:
            self._note(slack_s)
            self._wait_for_s = 2 * self._reserve_s
            return self._conceal(count)
        self._wait_for_s = None
        self._block, self._pulled_s = count * step, now_s
        self._fill_holes(needed)
        sound = self._read(self._position, step, count)
        if self._gap is not None:
            sound = self._fade(self._gap.more(count), sound)
            self._gap = None
        self._gap_samples = 0
        self._position += count * step
        sound = self._steer(sound, count, step)
        self._remember(sound)
        return sound

    def _read(self, position: float, step: float, count: int) -> Samples:
        at = np.arange(count, dtype=np.float64) * step + (position - self._origin)
        return self._kernel.at(self._data, at)

    def _fade(self, old: Samples, new: Samples) -> Samples:
        length = min(self._crossfade, len(new))
        ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
        mixed = new.copy()
        mixed[:length] = old[:length] * (1 - ramp) + new[:length] * ramp
        return mixed

    def _conceal(self, count: int) -> Samples:
        if self._gap is None:
            self._gap = Concealment(self._played.copy(), self._to_hz)
        sound = self._gap.more(count)
        if self._played.any() or self.concealed_samples:
            self.concealed_samples += count
            self._gap_samples += count
            self.longest_gap_samples = max(self.longest_gap_samples, self._gap_samples)
        return sound

    def _remember(self, sound: Samples) -> None:
        keep = len(self._played)
        self._played = np.concatenate((self._played, sound))[-keep:]

    def _fill_holes(self, needed: int) -> None:
        """Make up what was lost on the way, only as far as it is read now: it may yet arrive."""
        begin = max(0, int(self._position) + 1 - self._kernel.reach - self._origin)
        missing = begin + np.flatnonzero(~self._have[begin : needed - self._origin])
        if not len(missing):
            return
        for hole in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
            self._fill(int(hole[0]), int(hole[-1]) + 1)

    def _fill(self, first: int, last: int) -> None:
        if self._hole is None or self._hole_goes_on_at != self._origin + first:
            history = self._data[max(0, first - int(HISTORY_S * self._from_hz)) : first]
            self._hole = Concealment(history, self._from_hz)
            self._hole_samples = 0
        self._data[first:last] = self._hole.more(last - first)
        self._have[first:last] = True
        self._hole_goes_on_at = self._origin + last
        self._hole_samples += last - first
        made = int((last - first) / self._ratio)
        self.concealed_samples += made
        self.longest_gap_samples = max(self.longest_gap_samples, int(self._hole_samples / self._ratio))

    # ------------------------------------------------------------ steering

    def _note(self, slack_s: float) -> None:
        self._least_s = min(self._least_s, slack_s)

    def _steer(self, sound: Samples, count: int, step: float) -> Samples:
        """Once a window: bend the speed, or cut what is far too much."""
        self._window_left -= count
        if self._window_left > 0:
            return sound
        self._window_left += int(WINDOW_S * self._to_hz)
        if self._least_s == float("inf"):  # nothing arrived
            return sound
        self._windows.append(self._least_s)
        self._least_s = float("inf")
        off_s = min(self._windows) - self._reserve_s
        self._bend = float(np.clip(off_s * BEND_PER_S, -BEND_AT_MOST, BEND_AT_MOST))
        patient = self._settled and len(self._windows) < WINDOWS
        self._settled = True
        if off_s > CUT_ABOVE_S and not patient:
            cut = (off_s - 0.01) * self._from_hz
            begun = self._position - count * step
            sound = self._fade(sound, self._read(begun + cut, step, count))
            self._position += cut
            self.cuts += 1
            self._reset_windows()
        return sound
