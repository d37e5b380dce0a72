"""What a learner's code prints while it is observed."""

from __future__ import annotations

import io

__all__ = ["Printed"]


class Printed(io.TextIOBase):
    """Takes what is printed, and keeps the first 2,000 characters."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < 2000:
            self.text = (self.text + str(text))[:2000]
        return len(text)
