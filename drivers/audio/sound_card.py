"""The machine's sound card, through PortAudio with blocking streams.

Blocking, at the device's own rate, blocks of 10 ms: sound callbacks wait for the GIL
and WASAPI's shared mode refuses every other rate. Knows no calls; resamples nothing.
`python -m drivers.audio.sound_card` prints the devices as JSON: PortAudio lists them
only when it starts, so a fresh list comes from a fresh process while streams run.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pyaudio

from drivers.protocol.audio import SoundDevice
from drivers.protocol.errors import DeviceLost, DeviceTimeout

BLOCK_S = 0.01
LIST_TIMEOUT_S = 15.0


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """ALSA and JACK write pages about what they did not find straight to fd 2, which is our log."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class _Stream:
    """One open PortAudio stream of one or, where the device insists, two channels."""

    def __init__(self, audio: Any, device: SoundDevice, index: int, recording: bool) -> None:
        self.rate_hz = device.rate_hz
        self.block_samples = round(device.rate_hz * BLOCK_S)
        self._name = device.name
        self._closed = False
        side = "input" if recording else "output"
        most = device.inputs if recording else device.outputs
        failure: Exception | None = None
        for channels in [1, 2][: max(1, most)]:
            try:
                with _hushed():
                    self._stream = audio.open(
                        format=pyaudio.paInt16,
                        channels=channels,
                        rate=self.rate_hz,
                        frames_per_buffer=self.block_samples,
                        **{side: True, f"{side}_device_index": index},
                    )
            except (OSError, ValueError) as error:
                failure = error
                continue
            self.channels = channels
            return
        raise DeviceLost(device.name, f"cannot be opened: {failure}")

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                self._stream.close()
            except OSError:
                pass  # it has gone by itself

    def _failed(self, error: OSError) -> DeviceLost | DeviceTimeout:
        if error.args and error.args[0] == pyaudio.paTimedOut:
            return DeviceTimeout(self._name, "stands still")
        return DeviceLost(self._name, str(error))


class CardMicrophone(_Stream):
    def read(self) -> bytes:
        try:
            # An overflow (we were late) loses sound, which the reader's Elastic conceals.
            raw = bytes(self._stream.read(self.block_samples, exception_on_overflow=False))
        except OSError as error:
            raise self._failed(error) from error
        if self.channels == 1:
            return raw
        return bytes(np.frombuffer(raw, "<i2").reshape(-1, 2).mean(axis=1).astype("<i2"))


class CardHeadphones(_Stream):
    def write(self, block: bytes) -> None:
        if self.channels == 2:
            block = np.repeat(np.frombuffer(block, "<i2"), 2).tobytes()
        try:
            self._stream.write(block, exception_on_underflow=False)
        except OSError as error:
            raise self._failed(error) from error


class PortAudioCard:
    """Keeps the promises of SoundCard. Use from one thread at a time."""

    def __init__(self) -> None:
        with _hushed():
            self._audio = pyaudio.PyAudio()

    def refresh(self) -> None:
        with _hushed():
            self._audio.terminate()
            self._audio = pyaudio.PyAudio()

    def devices(self) -> Sequence[SoundDevice]:
        """Asked in a process of its own: fresh, and without disturbing open streams."""
        try:
            done = subprocess.run(
                [sys.executable, "-m", "drivers.audio.sound_card"],
                capture_output=True,
                timeout=LIST_TIMEOUT_S,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise DeviceTimeout("sound card", f"devices cannot be listed: {error}") from error
        return msgspec.json.decode(done.stdout, type=list[SoundDevice])

    def open_microphone(self, name: str | None) -> CardMicrophone:
        index, device = self._choose(name, "input")
        return CardMicrophone(self._audio, device, index, recording=True)

    def open_headphones(self, name: str | None) -> CardHeadphones:
        index, device = self._choose(name, "output")
        return CardHeadphones(self._audio, device, index, recording=False)

    def known(self) -> list[SoundDevice]:
        """The devices as PortAudio saw them when it started."""
        return [self._describe(index) for index in range(self._audio.get_device_count())]

    def _choose(self, name: str | None, side: str) -> tuple[int, SoundDevice]:
        for index, device in enumerate(self.known()):
            able = device.inputs if side == "input" else device.outputs
            default = device.default_input if side == "input" else device.default_output
            if able and (device.name == name if name is not None else default):
                return index, device
        raise DeviceLost(name or "default", f"no such sound {side}")

    def _describe(self, index: int) -> SoundDevice:
        facts = self._audio.get_device_info_by_index(index)
        api = self._audio.get_host_api_info_by_index(facts["hostApi"])
        system = self._audio.get_default_host_api_info()["index"] == facts["hostApi"]
        return SoundDevice(
            name=f"{facts['name']} ({api['name']})",
            inputs=int(facts["maxInputChannels"]),
            outputs=int(facts["maxOutputChannels"]),
            rate_hz=int(facts["defaultSampleRate"]),
            default_input=system and api["defaultInputDevice"] == index,
            default_output=system and api["defaultOutputDevice"] == index,
        )


if __name__ == "__main__":
    print(json.dumps([msgspec.to_builtins(device) for device in PortAudioCard().known()]))
