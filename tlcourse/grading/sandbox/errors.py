"""The sandbox's own error, which is never a student's doing."""

from __future__ import annotations

from tlcourse.errors import CourseError

__all__ = ["SandboxUnavailableError"]


class SandboxUnavailableError(CourseError):
    """This machine cannot isolate students' code, or the jail that was built does not hold."""
