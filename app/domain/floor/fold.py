"""Folds events into the state: the only code that changes it, and it never decides.

The folds are in `fold_calls`, `fold_agents` and `fold_boards`; an event that changes
nothing has none.
"""

from app.domain.floor import fold_agents, fold_boards, fold_calls
from app.domain.floor.folding import FOLDS, fold

__all__ = ["FOLDS", "fold", "fold_agents", "fold_boards", "fold_calls"]
