"""Two pieces to wait by, and the tone before a message: composed here, so nobody's licence is needed.

Both loop without a seam: every note's tail is folded back to the beginning. 8000 Hz,
nothing above 2.5 kHz worth hearing, so that G.711 and a small loudspeaker keep them calm.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.server.speech.shaping import RATE_HZ, Samples, write_wav

MUSIC_DBFS = -22.0  # RMS, under speech, so that announcements stand out
PEAK = 0.7

# MIDI note numbers; 60 is middle C.
SPRUCE = (
    (48, 55, 64, 67, 71),  # C major seventh
    (45, 52, 60, 64, 67),  # A minor seventh
    (41, 48, 57, 60, 64),  # F major seventh
    (43, 50, 57, 59, 64),  # G sixth
    (40, 47, 55, 59, 62),  # E minor seventh
    (45, 52, 60, 64, 67),
    (50, 57, 60, 65, 69),  # D minor seventh
    (43, 50, 57, 60, 65),  # G seventh, suspended
)
SPRUCE_TUNE = (76, 0, 74, 72, 71, 0, 67, 0, 72, 0, 71, 69, 67, 0, 64, 0)
SPRUCE_TUNE_2 = (74, 0, 71, 67, 69, 0, 72, 0, 77, 0, 76, 74, 72, 0, 71, 0)
RIVER = (
    (50, 57, 62, 66, 69, 74),
    (47, 54, 62, 66, 71, 74),
    (43, 50, 59, 62, 66, 71),
    (45, 52, 57, 61, 64, 69),
)
RIVER_FIGURES = ((0, 2, 3, 4, 5, 4, 3, 2), (0, 2, 4, 3, 5, 3, 4, 2), (0, 3, 2, 4, 3, 5, 4, 3))


def spruce() -> Samples:
    """Slow chords and a few notes above them; 32 bars of 2/4, 51 s."""
    beat_s = 0.8
    piece = _silence(len(SPRUCE) * 2 * 4 * beat_s)
    for turn in range(2):
        for bar, chord in enumerate(SPRUCE):
            at_s = (turn * len(SPRUCE) + bar) * 4 * beat_s
            for string, note in enumerate(chord):
                _add(piece, at_s + 0.06 * string, _bell(note, 5.0, 0.5))
                _add(piece, at_s, _pad(note, 4.4 * beat_s, 0.16))
            tune = SPRUCE_TUNE if turn == 0 else SPRUCE_TUNE_2
            for step in range(2):
                note = tune[(bar * 2 + step) % len(tune)]
                if note:
                    _add(piece, at_s + (1 + 2 * step) * beat_s, _bell(note, 3.0, 0.45))
    return _levelled(piece)


def river() -> Samples:
    """A running figure over four chords, never twice the same in a row; 46 s."""
    step_s = 0.24
    bars = [(chord, RIVER_FIGURES[turn % 3]) for turn in range(6) for chord in RIVER]
    piece = _silence(len(bars) * 8 * step_s)
    for bar, (chord, figure) in enumerate(bars):
        at_s = bar * 8 * step_s
        _add(piece, at_s, _pad(chord[0], 8 * step_s * 1.2, 0.3))
        _add(piece, at_s, _pad(chord[2], 8 * step_s * 1.2, 0.14))
        for step, string in enumerate(figure):
            strength = 0.5 if step % 4 == 0 else 0.36
            _add(piece, at_s + step * step_s, _bell(chord[string], 1.8, strength))
    return _levelled(piece)


def beep() -> Samples:
    """1000 Hz for 0.4 s at -12 dBFS."""
    time_s = np.arange(int(0.4 * RATE_HZ)) / RATE_HZ
    edge = np.minimum(1.0, np.minimum(time_s, 0.4 - time_s) / 0.01)
    tone: Samples = 0.25 * np.sqrt(2) * np.sin(2 * np.pi * 1000 * time_s) * edge
    return tone


def make(folder: Path) -> None:
    """Write the pieces that are not there yet."""
    for name, compose in (("music-spruce", spruce), ("music-river", river), ("beep", beep)):
        if not (folder / f"{name}.wav").exists():
            write_wav(folder / f"{name}.wav", compose())


def _silence(length_s: float) -> Samples:
    return np.zeros(int(length_s * RATE_HZ))


def _tone(note: int, length_s: float, partials: Sequence[float]) -> tuple[Samples, Samples]:
    time_s = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    pitch_hz = 440 * 2 ** ((note - 69) / 12)
    wave = np.zeros(time_s.size)
    for number, strength in enumerate(partials, 1):
        if number * pitch_hz < 2500:
            wave += strength * np.sin(2 * np.pi * number * pitch_hz * time_s)
    return time_s, wave


def _bell(note: int, length_s: float, strength: float) -> Samples:
    """A soft electric piano: struck, and dying away."""
    time_s, wave = _tone(note, length_s, (1.0, 0.32, 0.1, 0.07))
    decay_s = 1.1 * 2 ** ((60 - note) / 36)
    note_sound: Samples = (
        strength * wave * np.minimum(1, time_s / 0.012) * np.exp(-time_s / decay_s) * _release(time_s)
    )
    return note_sound


def _pad(note: int, length_s: float, strength: float) -> Samples:
    """Strings far away: they come and go."""
    time_s, wave = _tone(note, length_s, (1.0, 0.25, 0.12))
    note_sound: Samples = strength * wave * np.sin(np.pi * time_s / length_s) ** 0.7
    return note_sound


def _release(time_s: Samples) -> Samples:
    fade: Samples = np.minimum(1.0, (time_s[-1] - time_s) / 0.2)
    return fade


def _add(piece: Samples, at_s: float, sound: Samples) -> None:
    """Put a note in; what rings past the end rings on at the beginning."""
    places = (int(at_s * RATE_HZ) + np.arange(sound.size)) % piece.size
    np.add.at(piece, places, sound)


def _levelled(piece: Samples) -> Samples:
    quiet = piece * (10 ** (MUSIC_DBFS / 20) / np.sqrt((piece**2).mean()))
    levelled: Samples = PEAK * np.tanh(quiet / PEAK)
    return levelled
