"""Which certificate and key the server's port shows, and whether they can be used.

Off loopback the port speaks TLS always; on loopback when a certificate is configured.
Knows nothing of uvicorn, nor of how clients judge what they see.
"""

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

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


def context_of(pair: Pair) -> ssl.SSLContext:
    """What a listening port needs; TLS 1.2 at least.

    Raises:
        CannotStart: missing, unreadable, no PEM, a key with a passphrase, or not of each other.
    """
    certificate, key = read_certificate(pair.certificate), _read_key(pair.key)
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise CannotStart(f"the key {pair.key} is not the key of the certificate {pair.certificate}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(pair.certificate, pair.key)
    except ssl.SSLError as error:
        raise CannotStart(f"the certificate {pair.certificate} cannot be used: {error.reason}") from None
    return context


def read_certificate(file: Path) -> x509.Certificate:
    """The server's own certificate: the first of the file. Raises CannotStart."""
    try:
        return x509.load_pem_x509_certificate(_read(file, "certificate"))
    except ValueError:
        raise CannotStart(f"the file {file} holds no certificate in PEM") from None


def _read_key(file: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(file, "key"), password=None)
    except TypeError:
        raise CannotStart(f"the key {file} has a passphrase; the server needs it without one") from None
    except ValueError:
        raise CannotStart(f"the file {file} holds no private key in PEM") from None


def _read(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotStart(f"the {what} {file} cannot be read: {error.strerror}") from None
