"""``tlcourse new``: a small project for a reader's own images, in plain code that needs no course."""

from __future__ import annotations

from tlcourse.project.writing import new_project

__all__ = ["new_project"]
