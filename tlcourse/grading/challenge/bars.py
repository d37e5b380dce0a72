"""Points by score: steps, or lines between the bars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tlcourse.errors import SettingError

__all__ = ["Bars", "percent"]

_BAR = re.compile(
    r"(?:(?P<share>[01](?:\.\d{1,2})?)|(?P<percent>\d{1,3})\s*%)\s*=\s*(?P<points>\d{1,4}(?:\.\d{1,2})?)"
)
_HOW = "Give scores in whole per cent with their points, such as --bar 0.70=6 --bar 0.85=10."


def percent(score: Fraction) -> int:
    """A score in whole per cent, rounded down: what students see, and what their points come from.

    Examples
    --------
    >>> percent(Fraction(799, 1000)), percent(Fraction(4, 5))
    (79, 80)
    """
    return int(100 * score)


class Bars(BaseModel):
    """How many points a score earns.

    Attributes
    ----------
    bars : tuple of (int, float)
        Scores in whole per cent, from low to high, with their points.
    between : {"steps", "linear"}
        Between two bars a score earns those of the lower one, or proportionally more. Below the lowest bar
        it earns nothing, from the highest on full points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bars: tuple[tuple[int, float], ...]
    between: Literal["steps", "linear"] = "steps"

    @classmethod
    def parse(cls, texts: Sequence[str], between: str = "steps") -> Bars:
        """From the command line's ``0.80=10`` or ``80%=10``, each text with one or more, commas between.

        Raises
        ------
        SettingError
            For what is not a bar, bars of which a higher one gives less, full points that are not a whole
            number, or one bar alone between which nothing can be linear.

        Examples
        --------
        >>> Bars.parse(["0.7=6,85%=10"]).bars
        ((70, 6.0), (85, 10.0))
        """
        if between not in ("steps", "linear"):
            raise SettingError(f"--between is {between!r}.", "Give steps or linear.")
        bars = sorted(_bar(part.strip()) for text in texts for part in text.split(",") if part.strip())
        scores, points = [bar[0] for bar in bars], [bar[1] for bar in bars]
        if not bars or len(set(scores)) < len(scores) or points != sorted(points):
            raise SettingError(
                f"The bars {', '.join(texts) or '(none)'} do not rise: each needs a score of its own, and a "
                "higher score must not earn less.",
                _HOW,
            )
        if points[-1] <= 0 or points[-1] != int(points[-1]):
            raise SettingError(
                f"The highest bar gives {points[-1]:g} points.", "Full points are a whole number, 1 or more."
            )
        if between == "linear" and len(bars) < 2:
            raise SettingError(
                "There is one bar only, so nothing lies between two of them.",
                "Give another one, such as --bar 0.50=0, or leave --between linear out.",
            )
        return cls(bars=tuple(bars), between=between)  # type: ignore[arg-type]

    @property
    def full(self) -> int:
        """Full points."""
        return int(self.bars[-1][1])

    @property
    def lowest(self) -> int:
        """The score in per cent up to which nothing is earned, or at which the first points are."""
        if self.between == "linear" and self.bars[0][1] == 0:
            return self.bars[0][0] + 1
        return next(score for score, points in self.bars if points > 0)

    def points(self, score: Fraction) -> float:
        """The points of a score, which is rounded down to whole per cent before.

        Examples
        --------
        >>> bars = Bars.parse(["0.5=0", "0.9=10"], "linear")
        >>> [bars.points(Fraction(s, 100)) for s in (49, 50, 70, 90, 100)]
        [0.0, 0.0, 5.0, 10.0, 10.0]
        """
        seen = percent(score)
        reached = [bar for bar in self.bars if bar[0] <= seen]
        if not reached:
            return 0.0
        low, earned = reached[-1]
        above = [bar for bar in self.bars if bar[0] > seen]
        if self.between == "linear" and above:
            high, more = above[0]
            earned += (more - earned) * (seen - low) / (high - low)
        return round(earned, 2)

    @property
    def words(self) -> list[str]:
        """The bars as sentences for students."""
        lines = [
            f"{score} %: {points:g} {'point' if points == 1 else 'points'}" for score, points in self.bars
        ]
        if self.between == "linear":
            lines.append("between two of these scores: proportionally")
        return lines


def _bar(text: str) -> tuple[int, float]:
    match = _BAR.fullmatch(text)
    if match is None:
        raise SettingError(f"{text!r} is not a bar.", _HOW)
    score = int(match["percent"]) if match["percent"] else round(100 * float(match["share"]))
    if not 0 <= score <= 100:
        raise SettingError(f"The bar {text!r} is above 100 %.", _HOW)
    return score, float(match["points"])
