"""G.711 by table is what the standard says."""

import warnings

import numpy as np
import pytest

from drivers.telephony.sound import g711

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    audioop = pytest.importorskip("audioop")

CODES = bytes(range(256))
SAMPLES = np.arange(-32768, 32768).astype(np.int16)


@pytest.mark.parametrize(("payload", "name"), [(g711.PCMU, "ulaw"), (g711.PCMA, "alaw")])
def test_every_code_and_every_sample_equal_the_reference(payload, name):
    decoded = np.frombuffer(getattr(audioop, f"{name}2lin")(CODES, 2), np.int16)
    encoded = np.frombuffer(getattr(audioop, f"lin2{name}")(SAMPLES.tobytes(), 2), np.uint8)
    assert np.array_equal(g711.decode(np.frombuffer(CODES, np.uint8), payload), decoded)
    assert np.array_equal(g711.encode(SAMPLES, payload), encoded)


@pytest.mark.parametrize("payload", [g711.PCMU, g711.PCMA])
def test_a_code_survives_decoding_and_encoding(payload):
    codes = np.frombuffer(CODES, np.uint8)
    again = g711.encode(g711.decode(codes, payload), payload)
    # µ-law has two zeros; they may become one.
    assert np.array_equal(g711.decode(again, payload), g711.decode(codes, payload))


def test_silence_is_the_code_of_zero():
    zero = np.zeros(1, np.int16)
    assert g711.encode(zero, g711.PCMU)[0] == g711.ULAW_SILENCE
    assert g711.encode(zero, g711.PCMA)[0] == g711.ALAW_SILENCE
