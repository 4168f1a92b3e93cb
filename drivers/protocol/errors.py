"""The three ways a device can fail, whatever device it is."""


class DeviceError(Exception):
    """A device did not do what its promise says; `device` is its configured name."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__(f"{device}: {reason}")
        self.device = device
        self.reason = reason


class DeviceLost(DeviceError):
    """The device is gone: unplugged, its process dead, its link broken."""


class DeviceTimeout(DeviceError):
    """No answer in time. What the device did with the request is unknown."""


class DeviceRefused(DeviceError):
    """The device understood and said no."""
