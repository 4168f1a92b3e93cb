"""Who hears whom: semantically one gain matrix, computed sparsely.

`gain[i, j]` is how loudly i hears j. Knows rooms, roles and levels; knows no packets.
Two-party bridges are a gather, larger rooms a sum over the room minus one's own voice,
whispers and echoes single entries. When anything changes, the frame is crossfaded from
the old plan to the new one, so every gain ramps over 20 ms.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160

_RISE = np.arange(1, FRAME + 1, dtype=np.float32) / FRAME
_FALL = 1 - _RISE

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(slots=True)
class Plan:
    """The matrix of one moment, as lists of its entries.

    pair_to hears pair_from (at most two entries a listener); sum_to hears everybody of
    group sum_group, less itself where sum_own; groups are runs of `talkers`.
    """

    pair_to: Ints = field(default_factory=_none)
    pair_from: Ints = field(default_factory=_none)
    second_to: Ints = field(default_factory=_none)
    second_from: Ints = field(default_factory=_none)
    talkers: Ints = field(default_factory=_none)
    group_starts: Ints = field(default_factory=_none)
    sum_to: Ints = field(default_factory=_none)
    sum_group: Ints = field(default_factory=_none)
    own: Ints = field(default_factory=_none)
    extra_to: Ints = field(default_factory=_none)
    extra_from: Ints = field(default_factory=_none)

    def hear(self, sound: Floats, out: Floats) -> None:
        """out[i] = what i hears of `sound` (channels, 160); rows nobody speaks to become 0."""
        out[:] = 0.0
        out[self.pair_to] = sound[self.pair_from]
        if self.second_to.size:
            out[self.second_to] += sound[self.second_from]
        if self.sum_to.size:
            sums = np.add.reduceat(sound[self.talkers], self.group_starts, axis=0)
            out[self.sum_to] = sums[self.sum_group]
            out[self.own] -= sound[self.own]
        for to, source in zip(self.extra_to, self.extra_from, strict=True):
            out[to] += sound[source]

    def hearers(self, channel: int) -> list[int]:
        """Who hears this channel (not itself), sorted."""
        found = set(self.pair_to[self.pair_from == channel].tolist())
        found |= set(self.second_to[self.second_from == channel].tolist())
        found |= set(self.extra_to[self.extra_from == channel].tolist())
        at = np.flatnonzero(self.talkers == channel)
        if at.size:
            group = np.searchsorted(self.group_starts, at[0], side="right") - 1
            found |= set(self.sum_to[self.sum_group == group].tolist())
        return sorted(found - {channel})


class Matrix:
    """Rooms of channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self.room = np.zeros(channels, np.int64)
        self.talk = np.zeros(channels, np.bool_)
        self.listen = np.zeros(channels, np.bool_)
        self.whisper_to = np.full(channels, -1, np.int64)
        self.echo = np.zeros(channels, np.bool_)
        self.level = np.ones(channels, np.float32)
        self._level_before = np.ones(channels, np.float32)
        self.plan = Plan()
        self._dirty = False
        self._levels_moved = False
        self._spare = np.zeros((channels, FRAME), np.float32)

    def place(
        self, channel: int, room: int, *, talk: bool, listen: bool, whisper_to: int = -1, echo: bool = False
    ) -> None:
        """Put a channel into a room (0: none) with a role; see control.SetRoom."""
        self.room[channel] = room
        self.talk[channel] = talk and room > 0 and whisper_to < 0
        self.listen[channel] = listen and room > 0
        self.whisper_to[channel] = whisper_to if room > 0 and talk else -1
        self.echo[channel] = echo
        self._dirty = True

    @property
    def is_changing(self) -> bool:
        """The next mix fades from the old places to new ones."""
        return self._dirty

    def set_level(self, channel: int, gain_db: float) -> None:
        """How loudly all others hear the channel; -90 dB and less is silence."""
        self.level[channel] = 0.0 if gain_db <= -90 else 10 ** (min(gain_db, 24.0) / 20)
        self._levels_moved = True

    def leave(self, channel: int) -> None:
        """The channel is closed."""
        self.place(channel, 0, talk=False, listen=False)
        self.level[channel] = self._level_before[channel] = 1.0
        self.whisper_to[self.whisper_to == channel] = -1

    def mix(self, sound: Floats, out: Floats) -> None:
        """out = gain @ sound; both (channels, 160) float32; `sound` is scaled in place by the levels."""
        count = len(sound)
        if self._levels_moved:
            change = (self.level - self._level_before)[:count]
            sound *= self._level_before[:count, None] + change[:, None] * _RISE
            self._level_before[:] = self.level
            self._levels_moved = False
        else:
            quiet = np.flatnonzero(self.level[:count] != 1.0)
            if quiet.size:
                sound[quiet] *= self.level[quiet, None]
        if not self._dirty:
            self.plan.hear(sound, out)
            return
        before, self.plan = self.plan, self._compile()
        self._dirty = False
        old = self._spare[:count]
        before.hear(sound, old)
        self.plan.hear(sound, out)
        changed = np.flatnonzero((old != out).any(axis=1))
        out[changed] = out[changed] * _RISE + old[changed] * _FALL

    def _compile(self) -> Plan:
        members = np.flatnonzero(self.room > 0)
        members = members[np.argsort(self.room[members], kind="stable")]
        rooms, group = np.unique(self.room[members], return_inverse=True)
        talks, listens = self.talk[members], self.listen[members]
        talkers, talkers_group = members[talks], group[talks]
        voices = np.bincount(talkers_group, minlength=len(rooms)).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(voices)[:-1]]).astype(np.int64) if len(rooms) else _none()
        plan = Plan()
        self._pairs(plan, members[listens], group[listens], talkers, voices, starts)
        large = voices > 2
        in_large = large[talkers_group]
        plan.talkers = talkers[in_large]
        number = np.cumsum(large) - 1
        plan.group_starts = np.flatnonzero(np.diff(talkers_group[in_large], prepend=-1))
        hearing = listens & large[group]
        plan.sum_to, plan.sum_group = members[hearing], number[group[hearing]]
        plan.own = members[hearing & talks]
        self._extras(plan, members)
        return plan

    @staticmethod
    def _pairs(plan: Plan, to: Ints, group: Ints, talkers: Ints, voices: Ints, starts: Ints) -> None:
        """Rooms with one or two voices: everybody hears the first, the second, or both."""
        small = (voices[group] > 0) & (voices[group] <= 2)
        to, group = to[small], group[small]
        if not to.size:
            return
        first = talkers[starts[group]]
        two = voices[group] == 2
        second = np.where(two, talkers[np.minimum(starts[group] + 1, len(talkers) - 1)], -1)
        one = first != to
        plan.pair_to, plan.pair_from = to[one], first[one]
        other = two & (second != to)
        plan.second_to, plan.second_from = to[other], second[other]

    def _extras(self, plan: Plan, members: Ints) -> None:
        whisperers = members[self.whisper_to[members] >= 0]
        target = self.whisper_to[whisperers]
        together = self.room[target] == self.room[whisperers]
        echoing = np.flatnonzero(self.echo)
        plan.extra_to = np.concatenate([target[together], echoing])
        plan.extra_from = np.concatenate([whisperers[together], echoing])
