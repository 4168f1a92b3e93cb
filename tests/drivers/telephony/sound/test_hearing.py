import numpy as np

from drivers.telephony.sound.hearing import tone, tone_now


def test_a_tone_is_known_among_others_and_silence_is_none():
    heard = tone(500, 0.5)
    assert tone_now(heard, 500) > 0.99
    assert tone_now(heard, 700) < 0.01
    assert 0.4 < tone_now(heard + tone(700, 0.5), 500) < 0.6
    assert tone_now(np.zeros(4000, np.int16), 500) == 0.0
    assert tone_now(heard[:1000], 500) == 0.0
