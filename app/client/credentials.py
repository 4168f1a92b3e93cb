"""How a link proves who it is, also hours later when its token has expired."""

from typing import Protocol

from app.client.answers import LoginRefused
from app.client.http import HttpApi


class Credentials(Protocol):
    async def token(self, *, refused: str) -> str:
        """A token to say hello with.

        refused: why the last one was not taken ("token_expired" …), "" the first time.
        Raises LoginRefused when there is none, ServerUnreachable when it is not known yet.
        """


class GivenToken:
    """A token somebody logged in for; when it is refused he must log in again."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, *, refused: str) -> str:
        if refused:
            raise LoginRefused(refused, "")
        return self._token


class Password:
    """Logs in whenever a token is needed. For programs that nobody sits at."""

    def __init__(self, http: HttpApi, user: str, password: str) -> None:
        self._http = http
        self._user = user
        self._password = password

    async def token(self, *, refused: str) -> str:
        if refused or not self._http.token:
            return await self._http.log_in(self._user, self._password)
        return self._http.token
