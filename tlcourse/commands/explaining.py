"""Errors of the course as two lines instead of a stack trace, for every command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import typer

from tlcourse.errors import CourseError

__all__ = ["explained", "explained_grading", "split"]


def explained(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show a CourseError as its two lines instead of a stack trace."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CourseError as error:
            typer.echo(f"tlcourse: {error}", err=True)
            raise typer.Exit(1) from None

    return wrapper


def explained_grading(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `explained`; if a package that only grading needs is missing, say how to install it."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("tlcourse"):
                raise
            extra = "serve" if error.name in ("starlette", "uvicorn", "python_multipart") else "grading"
            extra = "hub" if error.name == "jupyterhub" else extra
            raise CourseError(
                f"Grading needs the package {error.name}, which a learner does not.",
                f"Run: pip install 'tlcourse[{extra}]' (in a checkout: pip install -e '.[{extra}]').",
            ) from None

    return explained(wrapper)


def split(value: str | None) -> list[str] | None:
    """The parts of "00,01"; None where nothing was given."""
    return [part.strip() for part in value.split(",") if part.strip()] if value else None
