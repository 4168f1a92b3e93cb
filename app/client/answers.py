"""What comes back to whoever asked the server something; the same for programs and windows."""

from dataclasses import dataclass
from typing import Any, Literal

LinkState = Literal["connecting", "online", "lost", "refused"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How a command ended: `refused` is empty when it was done, else the refusal's name.

    reason: the refusal in the user's language, as the server wrote it.
    refused "LinkLost" is our own: no answer in time, and whether it was done is unknown.
    """

    refused: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What HTTP answered. status 0: the server was not reached. `json` for JSON, `content` always."""

    status: int
    json: Any = None
    content: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class LoginRefused(Exception):
    """The server does not let this user in; trying again would not help.

    error: wrong_password, token_expired, too_many … of CONTRACT.md; the text is the server's sentence.
    """

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message or error)
        self.error = error
