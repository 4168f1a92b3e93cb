"""The server's HTTP API, asked by name and password or by token. Knows no live link."""

import ssl
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from app.client.answers import LoginRefused, Reply

REPLY_S: Final = 30.0  # a slip or a report may take this long
CONNECT_S: Final = 3.0


class ServerUnreachable(OSError):
    """Nobody answers, or not sensibly: try again later."""


def server_url(text: str) -> str:
    """ "host:8080", "http://host" … as "http://host:8080" without a trailing slash.

    Raises:
        ValueError: not an address of a server.
    """
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text} is not a server's address, such as http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def live_link_url(server: str) -> str:
    """The address of `/ws` at this server."""
    return f"ws{server_url(server).removeprefix('http')}/ws"


class HttpApi:
    """Requests to one server. Paths begin with "/api/v1/…"; `token` goes with each once it is set.

    Proxies of the environment are not used: the server stands on the company's own network.
    """

    def __init__(self, server: str, *, token: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.server = server_url(server)
        self.token = token
        self._client = httpx.AsyncClient(
            base_url=self.server,
            verify=tls if tls is not None else self.server.startswith("https:"),
            trust_env=False,
            timeout=httpx.Timeout(REPLY_S, connect=CONNECT_S),
        )

    async def __aenter__(self) -> "HttpApi":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Reply:
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any, method: str = "POST") -> Reply:
        return await self.ask(method, path, body)

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        """Never raises for what the server or the network does: status 0 when nobody answered."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            response = await self._client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            return Reply(status=0, json={"error": "unreachable", "message": str(error)})
        return Reply(status=response.status_code, json=_json(response), content=response.content)

    async def log_in(self, user: str, password: str) -> str:
        """Get a token, and use it from now on.

        Raises:
            LoginRefused: wrong password, no such user …
            ServerUnreachable: nobody there, not ready yet, or too many tries: later perhaps.
        """
        reply = await self.post("/api/v1/login", {"user": user, "password": password})
        told = reply.json if isinstance(reply.json, dict) else {}
        if reply.ok and isinstance(told.get("token"), str):
            self.token = told["token"]
            return self.token
        message = str(told.get("message", ""))
        if reply.status in (400, 401, 403, 422):
            raise LoginRefused(str(told.get("error", reply.status)), message)
        raise ServerUnreachable(f"{self.server}: {message or reply.status}")


def _json(response: httpx.Response) -> Any:
    if not response.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return response.json()
    except ValueError:
        return None
