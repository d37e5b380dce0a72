"""The error of this package."""

from tlcourse.errors import CourseError

__all__ = ["ClaimError"]


class ClaimError(CourseError):
    """A claim that cannot be recorded, or that a re-execution does not confirm."""
