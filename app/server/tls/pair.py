"""Which certificate and key the server's port shows, and where the server says it is.

Off loopback the port speaks TLS always; on loopback when a certificate is configured.
Reads no file; imports nothing a server without TLS would wait for.
"""

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

from app.domain.configuration import ServerSettings
from app.server.plan import CannotStart

OWN_CERTIFICATE, OWN_KEY = Path("tls/server.pem"), Path("tls/server.key")


@dataclass(frozen=True)
class Pair:
    """PEM files. own: made by this site, not configured."""

    certificate: Path
    key: Path
    own: bool = False


def pair_of(settings: ServerSettings, folder: Path) -> Pair | None:
    """The files the port shows, whether or not they are there yet; None when it speaks without TLS.

    A certificate without `tls_key` holds the key in its own file.

    Raises:
        CannotStart: a key is configured and no certificate.
    """
    if settings.tls_certificate:
        certificate = (folder / settings.tls_certificate).resolve()
        key = (folder / settings.tls_key).resolve() if settings.tls_key else certificate
        return Pair(certificate, key)
    if settings.tls_key:
        raise CannotStart("server.tls_key is set without server.tls_certificate; set both or neither")
    if is_loopback(host_of(settings.listen)):
        return None
    return Pair(folder / OWN_CERTIFICATE, folder / OWN_KEY, own=True)


def base_url(settings: ServerSettings, *, reach: str = "") -> str:
    """Where the server says it is: "https://…" where its port speaks TLS.

    reach: the host to put in place of "every address of this machine"; its name when left out.
    """
    host, _, port = settings.listen.rpartition(":")
    if is_every_address(host):
        host = reach or socket.gethostname()
    tls = settings.tls_certificate or not is_loopback(host_of(settings.listen))
    return f"{'https' if tls else 'http'}://{host}:{port}"


def host_of(listen: str) -> str:
    return listen.rpartition(":")[0].strip("[]")


def is_every_address(host: str) -> bool:
    return host.strip("[]") in ("", "0.0.0.0", "::")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
