"""How a server's certificate is known again: the pin of its key, and words a person can compare.

The pin is the SHA-256 of the public key (SubjectPublicKeyInfo), not of the certificate: a
certificate renewed with the same key is the same server. Knows no sockets and no files but PEM.
"""

import hashlib
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.wire.fingerprint_words import CHINESE, ENGLISH

SCHEME: Final = "sha256:"
WORDS: Final = 8  # of 8 bits each: 64 bits, more than anyone can search keys for


def pin_of(der: bytes) -> str:
    """ "sha256:" and 64 hexadecimal digits for a certificate in DER.

    Raises:
        ValueError: not a certificate.
    """
    return _pin(x509.load_der_x509_certificate(der))


def pin_of_file(file: Path) -> str:
    """The pin of the first certificate of a PEM file. Raises OSError, ValueError."""
    return _pin(x509.load_pem_x509_certificate(file.read_bytes()))


def words(pin: str, language: str) -> str:
    """The pin's first 64 bits as eight words, to be read out over the telephone.

    language: "zh_CN" or else English. "" for what is no pin.
    """
    try:
        digest = bytes.fromhex(pin.removeprefix(SCHEME))
    except ValueError:
        return ""
    chosen = CHINESE if language.startswith("zh") else ENGLISH
    return " ".join(chosen[byte] for byte in digest[:WORDS])


def _pin(certificate: x509.Certificate) -> str:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SCHEME + hashlib.sha256(key).hexdigest()
