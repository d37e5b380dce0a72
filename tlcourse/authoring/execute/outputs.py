"""Outputs without what differs from run to run: addresses, names of kernel files, live widgets."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["clean"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_KERNEL_FILE = re.compile(r"(?:[\w./\\:~-]*[/\\])?ipykernel_\d+[/\\]\d+\.py")


def clean(notebook: Any, scratch: str) -> None:
    """Clean the outputs of an executed notebook in place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    scratch : str
        The temporary folder in which it ran; shown as ``.``.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cleaned = [_clean(output, scratch) for output in cell.outputs]
            cell.outputs = [output for output in cleaned if output is not None]
            cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)


def _clean(output: Any, scratch: str) -> Any | None:
    """One output; None if nothing is left of it."""
    if output.output_type == "stream":
        output.text = _tidy(_overwritten(output.text), scratch)
        return output if output.text.strip() else None
    if "data" in output:
        had_view = output.data.pop(WIDGET_VIEW, None) is not None
        # A widget's view is nothing without its kernel: what stays is the static image beside it, if any.
        if had_view and not set(output.data) - {"text/plain"}:
            return None
        for kind, value in output.data.items():
            if kind.startswith("text/") and isinstance(value, str):
                output.data[kind] = _tidy(value, scratch)
    if output.output_type == "error":
        output.traceback = [_tidy(row, scratch) for row in output.traceback]
    return output


def _overwritten(text: str) -> str:
    """What a terminal would show in the end: a carriage return starts its line again."""
    return "\n".join(row.rstrip("\r").rsplit("\r", 1)[-1] for row in text.split("\n"))


def _tidy(text: str, scratch: str) -> str:
    text = _KERNEL_FILE.sub("<cell>", text)
    text = text.replace(scratch, ".")
    return _ADDRESS.sub("0x…", text)
