"""What the sandbox raises: never because of a student's code."""

from __future__ import annotations

from ...errors import CourseError

__all__ = ["SandboxUnavailableError"]


class SandboxUnavailableError(CourseError):
    """This machine cannot shut students' code in, or the jail that was built does not hold."""
