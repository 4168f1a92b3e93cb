"""The server's HTTP API, asked by name and password or by token. Knows no live link."""

from types import TracebackType
from typing import Any, Final

import httpx

from app.client.answers import LoginRefused, Reply
from app.client.trust import ServerChanged, Trust, is_certificate_trouble
from app.client.urls import server_url

REPLY_S: Final = 30.0  # a slip or a report may take this long
CONNECT_S: Final = 3.0


class ServerUnreachable(OSError):
    """Nobody answers, or not sensibly: try again later."""


class HttpApi:
    """Requests to one server. Paths begin with "/api/v1/…"; `token` goes with each once it is set.

    Proxies of the environment are not used: the server stands on the company's own network.
    """

    def __init__(self, server: str, *, token: str = "", trust: Trust | None = None) -> None:
        self.server = server_url(server)
        self.token = token
        self._trust = trust or Trust()
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> "HttpApi":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def get(self, path: str) -> Reply:
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any, method: str = "POST") -> Reply:
        return await self.ask(method, path, body)

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        """What the server answered; when its certificate is another than a moment ago, after a second look.

        Never raises for what the server or the network does: status 0 when nobody answered."""
        return await self._asked(method, path, body)

    async def _asked(self, method: str, path: str, body: Any, looked: bool = False) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            client = await self._opened()
            response = await client.request(method, path, json=body, headers=headers)
        except ServerChanged as changed:
            told = {"message": str(changed), "sentences": changed.sentences}
            return Reply(status=0, json={"error": "certificate_changed", **told})
        except (httpx.HTTPError, OSError) as error:
            if not looked and is_certificate_trouble(error):  # so nothing of the request has left
                await self.close()
                self._trust.doubt(self.server)
                return await self._asked(method, path, body, looked=True)
            return Reply(status=0, json={"error": "unreachable", "message": str(error)})
        return Reply(status=response.status_code, json=_json(response), content=response.content)

    async def _opened(self) -> httpx.AsyncClient:
        """Raises ServerChanged, OSError."""
        if self._client is None:
            context = await self._trust.context(self.server)
            if self._client is None:  # or another request was faster
                self._client = httpx.AsyncClient(
                    base_url=self.server,
                    verify=context or False,  # without TLS there is nothing to verify
                    trust_env=False,
                    timeout=httpx.Timeout(REPLY_S, connect=CONNECT_S),
                )
        return self._client

    async def log_in(self, user: str, password: str) -> str:
        """Get a token, and use it from now on.

        Raises:
            LoginRefused: wrong password, no such user, or not the server that was met before.
            ServerUnreachable: nobody there, not ready yet, or too many tries: later perhaps.
        """
        reply = await self.post("/api/v1/login", {"user": user, "password": password})
        told = reply.json if isinstance(reply.json, dict) else {}
        if reply.ok and isinstance(told.get("token"), str):
            self.token = told["token"]
            self._keep()
            return self.token
        message = str(told.get("message", ""))
        if reply.status in (400, 401, 403, 422) or told.get("error") == "certificate_changed":
            raise LoginRefused(str(told.get("error", reply.status)), message)
        raise ServerUnreachable(f"{self.server}: {message or reply.status}")

    def _keep(self) -> None:
        try:
            self._trust.keep(self.server)
        except OSError as error:
            raise LoginRefused("certificate_not_kept", f"{error.filename}: {error.strerror}") from None


def _json(response: httpx.Response) -> Any:
    if not response.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return response.json()
    except ValueError:
        return None
