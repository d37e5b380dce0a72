"""What the jail shows, and with which environment: the plan that ``launch`` carries out."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["LAUNCHER_FOLDER", "data_places", "jail_plan", "launcher_command"]

LAUNCHER_FOLDER = Path(__file__).parents[3]
"""Where the launcher starts: `python -m` looks in its folder first, and the caller's may hold a `json.py`."""
_USERS = "root:x:0:0::/scratch:/bin/false\nstudent:x:1000:1000::/scratch:/bin/false\n"
_GROUPS = "root:x:0:\nstudent:x:1000:\n"


def launcher_command() -> list[str]:
    """The command that reads a plan from its standard input and builds the jail."""
    return [sys.executable, "-m", "tlcourse.grading.sandbox.launch"]


def jail_plan(
    root: Path,
    binds: dict[str, str],
    argv: list[str],
    *,
    network: str,
    keep: list[int],
    hidden: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything that ``launch`` needs to know, as plain data.

    Parameters
    ----------
    root : pathlib.Path
        An empty folder, where the jail's root is mounted.
    binds : dict of str to str
        Place in the jail to the folder that is shown there, besides what every jail shows.
    argv : list of str
        The first program that runs in the jail.
    network : {"none", "host"}
    keep : list of int
        File descriptors that this program inherits.
    hidden : sequence of str
        Absolute paths to hide if they lie among what is shown.

    Returns
    -------
    dict
        Of text, numbers, lists and dicts.
    """
    shown, entries = _shown_entries()
    entries += _hiding_entries(hidden, shown)
    entries += [{"bind": source, "at": target} for target, source in binds.items()]
    return {
        "root": str(root),
        "entries": entries,
        "folders": ["/scratch", "/tmp"],
        "files": {"/etc/passwd": _USERS, "/etc/group": _GROUPS, "/etc/hosts": ""},
        "argv": argv,
        "env": _environment(),
        "keep": keep,
        "worker": os.getpid(),
        "network": network,
    }


def _shown_places() -> list[str]:
    """What of the machine's file system the jail shows: programs, libraries, this Python and its packages.

    Not whole trees such as /usr or an environment's folder: a course, or a class, may lie in there.
    """
    folders = [f"{top}{name}" for top in ("/", "/usr/") for name in ("bin", "sbin", "lib", "lib32", "lib64")]
    folders += ["/usr/libexec", "/usr/share/zoneinfo"]
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        folders += [f"{prefix}/{name}" for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    folders += [sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib", "platstdlib")]
    folders += site.getsitepackages()
    folders += [
        f"/etc/{name}" for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
    ]
    folders += ["/sys/devices/system/cpu", "/sys/devices/system/node"]
    return list(dict.fromkeys(str(path) for path in folders if path and os.path.exists(path)))


def _shown_entries() -> tuple[list[str], list[dict[str, Any]]]:
    """The places to mount, none of them within another, and the plan's entries for them and for links."""
    mounted: list[str] = []
    entries: list[dict[str, Any]] = []
    for place in sorted(_shown_places(), key=lambda path: (path.count("/"), path)):
        if os.path.islink(place) and place.count("/") == 1:
            entries.append({"link": os.readlink(place), "at": place})
        elif not any(place == top or place.startswith(top + "/") for top in mounted):
            mounted.append(place)
            entries.append({"bind": place, "at": place})
    return mounted, entries


def _hiding_entries(hidden: Iterable[str], shown: Sequence[str]) -> list[dict[str, Any]]:
    """Entries that hide paths, under each name that a shown folder gives them."""
    entries = []
    for path in hidden:
        for top in shown:
            real = os.path.realpath(top)
            if path.startswith(real + "/") and os.path.exists(path):
                entries.append({"hide": path, "at": top + path[len(real) :]})
    return entries


def data_places() -> list[str]:
    """Where the jail shows the course's labelled data: what is hidden from an answer that trains."""
    from tlcourse.data.withheld import places

    paths = [str(path) for path in places()]
    aliases = _hiding_entries([os.path.realpath(path) for path in paths], _shown_places())
    return list(dict.fromkeys([*paths, *(entry["at"] for entry in aliases)]))


def _environment() -> dict[str, str]:
    """The environment variables in the jail, none of the instructor's own among them."""
    threads = os.environ.get("TLCOURSE_THREADS", "1")
    variables = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/scratch",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "TLCOURSE_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLCONFIGDIR": "/scratch",
        "KERAS_HOME": "/scratch",
        "MPLBACKEND": "agg",
    }
    # Which kernels OpenBLAS chooses changes the last digits, so that choice is taken over.
    return variables | {
        name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_CORETYPE")
    }
