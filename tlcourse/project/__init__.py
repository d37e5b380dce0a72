"""``tlcourse new``: a small project for a reader's own images, in plain framework code, without the course."""

from __future__ import annotations

from tlcourse.project.writing import new_project

__all__ = ["new_project"]
