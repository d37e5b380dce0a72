"""Where a notebook opens and a page is edited with a click, and the cell that installs the course there.

All addresses are built from one setting, ``repository`` in ``book/_config.yml``, Jupyter Book's own. Where it
is empty there is no public copy of the course, and so there are no addresses.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from tlcourse.errors import SettingError

__all__ = ["NO_REPOSITORY", "Repository", "edit_link", "install_source", "launch_links", "repository_of"]

NO_REPOSITORY = (
    'No launch buttons, no link to the sources and no "Edit this page": `repository: url:` in '
    "book/_config.yml is empty."
)
_GITHUB = re.compile(r"https://github\.com/([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+?)(?:\.git)?/?")


@dataclass(frozen=True)
class Repository:
    """A public repository of the course on GitHub, the one host that Colab, Kaggle and Binder all open.

    Attributes
    ----------
    owner, name, branch : str
    """

    owner: str
    name: str
    branch: str = "main"

    @property
    def url(self) -> str:
        return f"https://github.com/{self.owner}/{self.name}"


def repository_of(book: Path) -> Repository | None:
    """The repository that the site's configuration names.

    Parameters
    ----------
    book : path
        The folder with ``_config.yml``: ``book``, or where the site is staged.

    Returns
    -------
    Repository or None
        None where the setting is empty or missing.

    Raises
    ------
    SettingError
        For an address that is not a repository's on GitHub.
    """
    path = book / "_config.yml"
    setting = _setting(path.read_text(encoding="utf-8")) if path.is_file() else None
    setting = setting or {}
    if not isinstance(setting, Mapping):
        setting = {"url": setting}
    url = str(setting.get("url") or "")
    if not url:
        return None
    found = _GITHUB.fullmatch(url)
    if found is None:
        raise SettingError(
            f"The repository {url!r} in book/_config.yml is not an address such as https://github.com/owner/name.",
            "Name a public repository on GitHub, or leave `url:` empty: then there are no launch buttons.",
        )
    return Repository(found[1], found[2], str(setting.get("branch") or "main"))


@functools.cache  # each page and each notebook asks
def _setting(text: str) -> Any:
    """What a configuration says of the repository."""
    return (yaml.safe_load(text) or {}).get("repository")


def launch_links(repository: Repository, framework: str, chapter: str) -> dict[str, str]:
    """The services that open a learner's notebook, each with its address.

    Parameters
    ----------
    repository : Repository
    framework : {"torch", "keras"}
    chapter : str
        Its name, "00-start-here".

    Examples
    --------
    >>> launch_links(Repository("ada", "course"), "torch", "00-start-here")["Colab"]
    'https://colab.research.google.com/github/ada/course/blob/main/notebooks/torch/00-start-here.ipynb'
    """
    path = quote(f"notebooks/{framework}/{chapter}.ipynb")
    place = f"{repository.owner}/{repository.name}"
    branch = quote(repository.branch, safe="")
    file = f"{place}/blob/{quote(repository.branch)}/{path}"
    return {
        "Colab": f"https://colab.research.google.com/github/{file}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://github.com/{file}",
        "Binder": f"https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree/{path}",
        "Codespaces": f"https://codespaces.new/{place}?ref={branch}",
    }


def edit_link(repository: Repository, file: str) -> str:
    """Where a file of the repository can be changed in the browser.

    Parameters
    ----------
    repository : Repository
    file : str
        Its path from the root, with slashes.

    Examples
    --------
    >>> edit_link(Repository("ada", "course"), "book/learners.md")
    'https://github.com/ada/course/edit/main/book/learners.md'
    """
    return f"{repository.url}/edit/{quote(repository.branch)}/{quote(file)}"


def install_source(repository: Repository, framework: str) -> str:
    """The code of the cell that installs the course into a kernel that lacks it, as on Colab and Kaggle.

    Elsewhere it does nothing. A service's own TensorFlow knows the service's GPU: it is not replaced.
    """
    extra = {
        "torch": '"[torch]"',
        "keras": '"" if find_spec("tensorflow") else "[keras]"',
    }[framework]
    return "\n".join(
        [
            "# On Colab and Kaggle this installs the course; where it is installed it does nothing.",
            "from importlib.util import find_spec",
            "",
            'if find_spec("tlcourse") is None:',
            f"    extra = {extra}",
            f'    %pip install -q "tlcourse{{extra}} @ git+{repository.url}@{repository.branch}"',
        ]
    )
