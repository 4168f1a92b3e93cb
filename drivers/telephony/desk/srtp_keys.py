"""The SRTP keys of a desk leg, made from its token by both ends.

Suite AES_CM_128_HMAC_SHA1_80 (RFC 3711); HKDF-Expand (RFC 5869) with the token as the
key and one label a direction. The hello then travels as SRTCP, so the token stays secret.
"""

import hashlib
import hmac

from ..sound.srtp import Srtp


def srtp_keys(token: bytes) -> tuple[bytes, bytes]:
    """Master key and salt (16 + 14 bytes) of each direction: (desk to board, board to desk)."""
    up = hmac.digest(token, b"zongji desk to board\x01", hashlib.sha256)
    down = hmac.digest(token, b"zongji board to desk\x01", hashlib.sha256)
    return up[:30], down[:30]


def desk_end(token: bytes) -> Srtp:
    """The agent's end."""
    up, down = srtp_keys(token)
    return Srtp(out_key=up, in_key=down)


def board_end(token: bytes) -> Srtp:
    """Media's end."""
    up, down = srtp_keys(token)
    return Srtp(out_key=down, in_key=up)
