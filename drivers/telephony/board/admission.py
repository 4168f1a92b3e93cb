"""Who may start one more call now: pure counting, no sockets.

Knows two dangers: one source that starts more than it finishes, and one that
starts too fast. Sources on loopback are told apart by port and may be fast.
"""

from collections import OrderedDict

from drivers.telephony.sip.uri import Address

OVERDUE_S = 0.5  # T1: an ACK that is not here by then has been asked for again
# Calls answered less than OVERDUE_S ago are no offence: a busy gateway has many in the air.
FRESH = 20
KEPT_SOURCES = 20_000

Source = tuple[str, int]


class Admission:
    """limit: calls of one source whose ACK is overdue, and its new calls a second (twice that in a burst)."""

    def __init__(self, limit: int) -> None:
        self._limit = max(1, limit)
        self._unacked: OrderedDict[object, tuple[Source, float]] = OrderedDict()
        self._held: dict[Source, OrderedDict[object, float]] = {}
        self._tokens: OrderedDict[Source, tuple[float, float]] = OrderedDict()

    def refusal(self, address: Address, now_s: float) -> str:
        """Why a new call may not start; "" when it may."""
        source = _source(address)
        if len(self._held.get(source, ())) >= self._limit * FRESH:
            return "too_many_unacknowledged"
        if address[0].startswith("127."):
            return ""
        tokens, at_s = self._tokens.pop(source, (2.0 * self._limit, now_s))
        tokens = min(2.0 * self._limit, tokens + (now_s - at_s) * self._limit)
        self._tokens[source] = (max(0.0, tokens - 1.0), now_s)
        while len(self._tokens) > KEPT_SOURCES:
            self._tokens.popitem(last=False)
        return "" if tokens >= 1.0 else "too_fast"

    def crowded(self, address: Address) -> bool:
        """The source holds its share: for each new call its oldest overdue one is given up."""
        return len(self._held.get(_source(address), ())) >= self._limit

    def answered(self, key: object, address: Address, now_s: float) -> None:
        """A 200 went out; its ACK is awaited."""
        source = _source(address)
        self._unacked[key] = (source, now_s)
        self._held.setdefault(source, OrderedDict())[key] = now_s

    def settled(self, key: object) -> None:
        """The ACK came, or the call is over."""
        found = self._unacked.pop(key, None)
        if found is not None:
            held = self._held[found[0]]
            held.pop(key, None)
            if not held:
                del self._held[found[0]]

    def overdue(self, now_s: float, address: Address | None = None) -> object | None:
        """The oldest call whose ACK is overdue: the one to give up for a new one."""
        if address is not None:
            held = self._held.get(_source(address))
            if not held:
                return None
            key, at_s = next(iter(held.items()))
        elif self._unacked:
            key, (_, at_s) = next(iter(self._unacked.items()))
        else:
            return None
        return key if now_s - at_s >= OVERDUE_S else None


def _source(address: Address) -> Source:
    return address if address[0].startswith("127.") else (address[0], 0)
