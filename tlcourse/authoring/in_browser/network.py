"""The network's file: made when the site is built, and kept in the course's cache until something changes."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tlcourse.authoring.freshness import essence
from tlcourse.errors import CourseError
from tlcourse.files import cache_folder, write_whole
from tlcourse.models.weights.packaged import imagenet_file

__all__ = ["network_file"]

MODULE = "tlcourse.authoring.in_browser._torch"
MADE_WITH = ("torch", "timm", "onnx", "onnxscript")
NEEDS = ("onnx", "onnxscript")
KEPT = 2  # files of earlier versions that stay in the cache


def network_file() -> Path:
    """EfficientNet-Lite0 for the page, exported in a process of its own unless it is in the cache.

    Raises
    ------
    CourseError
        A package that exports is not installed, or the export failed.
    """
    versions = _versions()
    path = cache_folder() / "in-the-browser" / f"efficientnet_lite0-{_key(versions)}.onnx"
    if path.is_file():
        return path
    with tempfile.TemporaryDirectory(prefix="tlcourse-onnx-") as scratch:
        made = Path(scratch) / "network.onnx"
        run = subprocess.run(
            [sys.executable, "-m", MODULE, str(made)],
            text=True,
            capture_output=True,
            env={**os.environ, "TLCOURSE_DEVICE": "cpu"},
        )
        if run.returncode or not made.is_file():
            said = [line for line in run.stderr.splitlines() if line.strip()] or ["it said nothing"]
            raise CourseError(
                f"The network could not be exported to ONNX: {said[-1].strip()[:300]}",
                f"`{Path(sys.executable).name} -m {MODULE} network.onnx` shows all that it says.",
            )
        write_whole(path, made.read_bytes())
    others = sorted(path.parent.glob("*.onnx"), key=lambda file: file.stat().st_mtime)
    for old in others[: -KEPT - 1]:
        old.unlink(missing_ok=True)
    return path


def _versions() -> list[str]:
    found = []
    for package in MADE_WITH:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            if package in NEEDS:
                raise CourseError(
                    f"The package {package}, which exports the network, is not installed.",
                    "Install the site's requirements: pip install -e '.[book]'.",
                ) from None
    return found


def _key(versions: list[str]) -> str:
    """What the file depends on: the code that makes it, comments apart, the weights, and the packages."""
    digest = hashlib.sha256(repr(versions).encode())
    for path in (Path(__file__).with_name("_torch.py"), Path(__file__).with_name("rounding.py")):
        digest.update(essence(path.read_text(encoding="utf-8")).encode("utf-8"))
    digest.update(imagenet_file().read_bytes())
    return digest.hexdigest()[:12]
