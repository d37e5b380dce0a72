"""MathJax, which typesets formulas in the browser: copied into the site, so that nothing is fetched."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

from tlcourse.errors import CourseError

__all__ = ["copy_mathjax", "mathjax_folder"]

_PACKAGE = "sphinx-mathjax-offline"


def mathjax_folder() -> Path:
    """Where the installed package keeps MathJax.

    Raises
    ------
    CourseError
        The package is not installed, or has no MathJax in it.

    Examples
    --------
    >>> (mathjax_folder() / "tex-svg.js").stat().st_size > 1_000_000
    True
    """
    fix = "Install the site's requirements: pip install -e '.[book]'."
    try:
        files = importlib.metadata.files(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        raise CourseError(f"The package {_PACKAGE}, which carries MathJax, is not installed.", fix) from None
    # The package's import name has hyphens in it, so its files are found through its metadata.
    for file in files:
        if file.as_posix().endswith("static/mathjax/tex-svg.js"):
            path = Path(str(file.locate()))
            if path.is_file():
                return path.parent
    raise CourseError(f"The package {_PACKAGE} is installed without tex-svg.js.", fix)


def copy_mathjax(target: Path) -> None:
    """Copy what a page can ask for: the component itself and the TeX extensions that it loads when needed."""
    source = mathjax_folder()
    target.mkdir(parents=True)
    shutil.copy2(source / "tex-svg.js", target / "tex-svg.js")
    extensions = source / "input" / "tex" / "extensions"
    if extensions.is_dir():
        shutil.copytree(extensions, target / "input" / "tex" / "extensions")
