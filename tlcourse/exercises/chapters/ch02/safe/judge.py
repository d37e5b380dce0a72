"""A point for what is loaded, for hashes that differ, and for code that must not run."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Finding,
    Verdict,
    close,
    show,
)

from .probe import GOOD


def _files(observed: dict[str, Any], inputs: dict[str, Any]) -> Finding:
    wanted = inputs["weights"]
    # The common format first: who reads only that one has shown that it is read.
    offers = sorted(observed["offers"], key=lambda one: one["kind"] == "other format")
    for seen in (one for one in offers if one["kind"] in GOOD):
        said = f"From a {seen['file']} file with the right hash"
        if seen["raised"]:
            why = f"{said} nothing comes: your function raises {seen['raised']}."
            if seen["kind"] == "other format":
                return Finding(
                    False, f"{why} This format may need a reader of its own.", "a format is not read"
                )
            return Finding(False, f"{why} This one should be loaded.", "refuses what is good")
        if "wrong" in seen:
            return Finding(False, f"{said} you give a {seen['wrong']}.{_return(seen['wrong'])}")
        if "outputs" in seen:
            w = {name: np.asarray(value, "float64") for name, value in wanted.items()}
            hidden = np.asarray(inputs["x"]) @ w["first.weight"].T + w["first.bias"]
            if not close(seen["outputs"], hidden @ w["second.weight"].T + w["second.bias"], 1e-4):
                return Finding(False, f"{said} comes a model that gives other outputs than the one saved.")
            continue
        arrays = seen["arrays"]
        if sorted(arrays) != sorted(wanted):
            return Finding(
                False, f"{said} you give {show(sorted(arrays))}, which is not what is in the file."
            )
        moved = [name for name in wanted if not close(arrays[name], wanted[name], 1e-6)]
        if moved:
            return Finding(False, f"{said} `{moved[0]}` has other numbers than in the file.")
    return Finding(True, "A file with the right hash is loaded, and nothing in it has changed.")


def _return(kind: str) -> str:
    return " Is there a `return` at the end?" if kind == "NoneType" else ""


def _not_refused(seen: dict[str, Any], said: str) -> Finding:
    if seen["returned"].startswith("nothing"):
        why = (
            f"{said} your function returns {seen['returned']}. Whoever calls it goes on and has no weights."
            " Raise an error."
        )
        return Finding(False, why, "returns nothing instead of refusing")
    return Finding(False, f"{said} your function returns {seen['returned']}.", None)


def _worst(observed: dict[str, Any], kind: str) -> dict[str, Any]:
    """Of the files of a kind that should be refused, the one where most went wrong."""
    of_kind = [seen for seen in observed["offers"] if seen["kind"] == kind]
    return max(
        of_kind, key=lambda seen: (seen["ran"], seen["loaded"], not seen["raised"], not seen["value_error"])
    )


def _hashes(observed: dict[str, Any]) -> Finding:
    altered, prefix, unread = (_worst(observed, kind) for kind in ("altered", "prefix", "unread"))
    said = "For a file in which one array was changed,"
    if altered["loaded"] or unread["loaded"] or unread["ran"]:
        early = True
    else:
        early = bool(unread["raised"]) and not unread["value_error"] and altered["value_error"]
    if not altered["raised"]:
        found = _not_refused(altered, said)
        if found.misconception is None:
            why = f"{found.message} Its hash is not the given one: it is another file."
            return Finding(False, why, "no hash check")
        return found
    if early:
        why = (
            "The file was opened by the framework before its hash was compared. If there is code in it,"
            " it has run by then. Compare first."
        )
        return Finding(False, why, "compares after loading")
    if not prefix["raised"]:
        found = _not_refused(prefix, "For a hash that agrees in its first eight digits only")
        if found.misconception is None:
            why = (
                "A hash that agrees in its first eight digits only is taken. Files with the same few"
                " digits can be made to order; the whole hash cannot be met."
            )
            return Finding(False, why, "first digits only")
        return found
    wrong = [seen["raised"] for seen in (altered, prefix, unread) if not seen["value_error"]]
    if wrong:
        return Finding(False, f"{said} your function raises {wrong[0]}. A ValueError was asked for.")
    return Finding(True, "A file with another hash is refused before the framework sees it.")


def _code(observed: dict[str, Any]) -> Finding:
    seen = _worst(observed, "payload")
    if seen["ran"] and observed["switched_off"]:
        why = (
            "Code that lay in the file has run: `enable_unsafe_deserialization()` switches the guard"
            " off, and not for this call only but for the whole process."
        )
        return Finding(False, why, "the guard switched off for good")
    if seen["ran"]:
        why = (
            "Code that lay in the file has run. The hash was right: it says that the file is the one that was"
            " published, not that it is harmless. Load the data only."
        )
        return Finding(False, why, "runs the file's code")
    if not seen["raised"]:
        return _not_refused(seen, "For a file with code in it, and with the right hash,")
    return Finding(
        True, "A file with code in it is refused though its hash is right, and the code has not run."
    )


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Who refuses everything earns nothing."""
    files, hashes, code = _files(observed, inputs), _hashes(observed), _code(observed)
    # Who refuses everything refuses these as well: that earns nothing before a good file is loaded.
    if not (files.passed or files.misconception == "a format is not read"):
        return Verdict(0.0, (files, *(part for part in (hashes, code) if not part.passed)))
    parts = (files, hashes, code)
    return Verdict(float(sum(part.passed for part in parts)), parts)
