"""Gathering digits: one prompt round, pure. Time comes in as now_s, goes out as deadline_s."""

from typing import Literal

from drivers.protocol.telephony import Collect

Ending = Literal["full", "terminator", "timeout", "stopped", "failed"]


class Gathering:
    """deadline_s None: waiting for the prompts' end. ending None: still going on."""

    def __init__(self, wish: Collect, now_s: float) -> None:
        self.wish = wish
        self.digits = ""
        self.terminator = ""
        self.ending: Ending | None = None
        self.prompting = bool(wish.prompts)
        self.deadline_s: float | None = None if self.prompting else now_s + wish.first_timeout_s

    def prompts_done(self, now_s: float) -> None:
        """The last prompt was heard to its end."""
        if self.prompting:
            self.prompting = False
            if self.ending is None and self.deadline_s is None:
                self.deadline_s = now_s + self.wish.first_timeout_s

    def press(self, digit: str, now_s: float) -> bool:
        """Take a key; True when it interrupts the prompts. Without barge-in keys during them are lost."""
        if self.ending is not None or (self.prompting and not self.wish.barge_in):
            return False
        interrupts, self.prompting = self.prompting, False
        if digit in self.wish.terminators:
            self.terminator = digit
            self.ending = "terminator"
        else:
            self.digits += digit
            if len(self.digits) >= self.wish.max_digits:
                self.ending = "full"
            self.deadline_s = now_s + self.wish.next_timeout_s
        return interrupts

    def expire(self, now_s: float) -> bool:
        """True when the wait is over without a further key."""
        if self.ending is None and self.deadline_s is not None and now_s >= self.deadline_s:
            self.ending = "timeout"
            return True
        return False
