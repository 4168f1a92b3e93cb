"""Telephone numbers: every spelling people type, one form the rest compares (E.164).

Knows the numbering plan of mainland China (the site's `country = "CN"`) and, for any
other country, only what starts with + or 00. Does not know trunks, routes or who owns
a number.
"""

import re
import unicodedata

_EXTENSION = re.compile(r"(?<=\d)\s*(?:转|分机|ext\.?|x|#|,|;).*$", re.IGNORECASE)
_SPELLING = re.compile(r"[\s\-‐-―()（）.·/]")
_DIALLED = re.compile(r"[+0-9*#]+")
_COUNTRY_CODES = {"CN": "86", "HK": "852", "MO": "853", "TW": "886", "SG": "65", "US": "1"}
# 10, 2x: eight digits follow; 3xx-9xx: seven or eight (MIIT numbering plan of 2017).
_FIXED = re.compile(r"(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"(?:400|800)\d{7}")


def plain(spelled: str) -> str:
    """Only + and digits of a number as typed: full-width figures, gaps and extensions go."""
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", spelled).strip())
    return _SPELLING.sub("", text)


def to_e164(spelled: str, country: str = "CN", area: str = "") -> str | None:
    """The number as `+8613800138000`, or None when it is no public number.

    Args:
        spelled: any spelling; `138 0013 8000`, `0571-5550 2906`, `+86 (0)10…` …
        country: the site's ISO 3166 code; decides what a number without + means.
        area: the site's own area code without 0 (`571`), for local seven- and eight-digit numbers.

    Short codes (110, 95588, an extension, 9103) have no E.164 form: None; keep them as they are.
    """
    digits = plain(spelled.replace("(0)", "").replace("（0）", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        if not digits[1:].isascii() or not digits[1:].isdigit() or not 8 <= len(digits) - 1 <= 15:
            return None
        if digits.startswith("+860"):
            digits = "+86" + digits[4:]
        return digits
    if not digits.isascii() or not digits.isdigit():
        return None
    if country != "CN":
        code = _COUNTRY_CODES.get(country)
        national = digits.removeprefix("0")
        return f"+{code}{national}" if code and 7 <= len(national) <= 12 else None
    return _chinese(digits, area)


def _chinese(digits: str, area: str) -> str | None:
    national = digits.removeprefix("0")
    if _MOBILE.fullmatch(national):
        return "+86" + national
    if digits.startswith("86") and (
        _MOBILE.fullmatch(digits[2:]) or _FIXED.fullmatch(digits[2:].lstrip("0"))
    ):
        return "+86" + digits[2:].lstrip("0")
    if digits.startswith("0"):
        return "+86" + national if _FIXED.fullmatch(national) else None
    if _SERVICE.fullmatch(digits):
        return "+86" + digits
    if area and 7 <= len(digits) <= 8:
        return f"+86{area}{digits}"
    return None


def comparable(spelled: str, country: str = "CN", area: str = "") -> str:
    """What two numbers are compared by: E.164 where there is one, else the bare digits.

    A SIP user who is no number (`reception-2`) stays as he is.
    """
    digits = plain(spelled)
    return to_e164(spelled, country, area) or (digits if _DIALLED.fullmatch(digits) else spelled.strip())


def national_digits(e164: str) -> str:
    """What people say aloud: `13800138000`, `057155502906`; foreign numbers with their 00."""
    if not e164.startswith("+"):
        return e164
    if not e164.startswith("+86"):
        return "00" + e164[1:]
    rest = e164[3:]
    return rest if _MOBILE.fullmatch(rest) or _SERVICE.fullmatch(rest) else "0" + rest


def spoken(e164: str) -> str:
    """For the eye: `138 0013 8000`, `0571 5550 2906`, `400 820 5566`; others in fours."""
    digits = national_digits(e164)
    if not e164.startswith("+86"):
        return e164 if e164.startswith("+") else digits
    if digits.startswith("0"):
        cut = 3 if digits[1] in "12" else 4
        return f"{digits[:cut]} {digits[cut:-4]} {digits[-4:]}"
    return f"{digits[:3]} {digits[3:-4]} {digits[-4:]}"


def masked(e164: str) -> str:
    """For paper and for roles that may not see it: `138****8000`; a short code is nobody's secret."""
    digits = national_digits(e164)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else digits
