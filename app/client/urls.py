"""The spellings of a server's address."""

import ipaddress
from urllib.parse import urlsplit


def server_url(text: str) -> str:
    """ "host:8080", "wss://host" … as "https://host:8080" without a trailing slash.

    Without a scheme it is https, on this machine itself http: so servers listen by default.

    Raises:
        ValueError: not an address of a server.
    """
    parts = urlsplit(text if "://" in text else f"//{text}", scheme="")
    scheme = {"": _usual_scheme(parts.hostname), "ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text} is not a server's address, such as http://127.0.0.1:8080")
    path = parts.path.removesuffix("/ws") if parts.scheme.startswith("ws") else parts.path
    return f"{scheme}://{parts.netloc}{path}".rstrip("/")


def live_link_url(server: str) -> str:
    """The address of `/ws` at this server."""
    return f"ws{server_url(server).removeprefix('http')}/ws"


def _usual_scheme(host: str | None) -> str:
    try:
        here = ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        here = host == "localhost"
    return "http" if here else "https"
