"""Other rates keep the sound, its time and its seams."""

import wave

import numpy as np
import pytest

from drivers.telephony.sound.resample import Resampler, read_wav, resample, write_wav


def sine(rate_hz: int, hz: float) -> np.ndarray:
    return (10000 * np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz)).astype(np.int16)


@pytest.mark.parametrize("rates", [(48000, 8000), (44100, 8000), (16000, 8000), (8000, 48000), (22050, 8000)])
def test_a_tone_stays_itself_and_in_time(rates):
    from_hz, to_hz = rates
    out = resample(sine(from_hz, 1000), from_hz, to_hz)
    assert len(out) == to_hz
    middle = slice(to_hz // 10, -to_hz // 10)
    assert np.abs(out.astype(float) - sine(to_hz, 1000))[middle].max() < 10


def test_what_the_telephone_cannot_carry_does_not_fold_back():
    assert np.abs(resample(sine(16000, 6000), 16000)[200:-200]).max() <= 3


@pytest.mark.parametrize("size", [1, 160, 371, 960])
def test_a_stream_has_no_seams(size):
    sound = sine(44100, 700)[:8000]
    stream, whole = Resampler(44100, 8000), Resampler(44100, 8000)
    pieces = [stream.feed(sound[i : i + size]) for i in range(0, len(sound), size)]
    assert np.allclose(np.concatenate(pieces), whole.feed(sound))


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_any_pcm_wav_is_read_as_telephone_sound(tmp_path, width):
    path = tmp_path / "a.wav"
    tone = sine(16000, 500).astype(np.int32)
    raw = {
        1: ((tone >> 8) + 128).astype(np.uint8).tobytes(),
        2: tone.astype("<i2").tobytes(),
        3: b"".join(int(t << 8).to_bytes(3, "little", signed=True) for t in tone),
        4: (tone << 16).astype("<i4").tobytes(),
    }[width]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, width, 16000, 0, "NONE", ""))
        file.writeframes(raw)
    sound = read_wav(path)
    assert len(sound) == 8000
    assert np.abs(sound - sine(8000, 500).astype(float))[400:-400].max() < 300


def test_a_written_wav_is_read_again_and_stereo_is_mixed(tmp_path):
    tone = sine(8000, 500)
    write_wav(tmp_path / "a.wav", np.stack([tone, tone], axis=1))
    assert np.array_equal(read_wav(tmp_path / "a.wav"), tone)


def test_what_is_no_wav_says_so(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFFnonsense")
    with pytest.raises(ValueError, match=r"a\.wav"):
        read_wav(tmp_path / "a.wav")
