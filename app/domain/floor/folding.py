"""The register of folds: one function an event, found by its class."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from app.domain import events as e
from app.domain.floor.state import State

E = TypeVar("E", bound=e.Event)
Fold = Callable[[State, Any, float], None]
FOLDS: dict[type[e.Event], Fold] = {}


def fold(state: State, event: e.Event, now_s: float) -> None:
    """Change the state by one event."""
    found = FOLDS.get(type(event))
    if found is not None:
        found(state, event, now_s)


def folds(kind: type[E]) -> Callable[[Callable[[State, E, float], None]], Callable[[State, E, float], None]]:
    def remember(function: Callable[[State, E, float], None]) -> Callable[[State, E, float], None]:
        FOLDS[kind] = cast(Fold, function)
        return function

    return remember
