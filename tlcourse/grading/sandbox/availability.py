"""Can this machine isolate students' code, and if not, what would allow it?"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tlcourse.grading.sandbox.plan import LAUNCHER_FOLDER, jail_plan, launcher_command

__all__ = ["available", "how_to_allow"]


@cache
def available() -> tuple[str | None, str]:
    """Whether this machine can build the jail; a trial one is built, whatever the system says of itself.

    Returns
    -------
    tuple of str or None, and str
        ``("namespaces", "")``, or ``(None, why not)``.
    """
    if not sys.platform.startswith("linux"):
        return None, "students' code can be isolated on Linux only"
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as scratch:
        root = Path(scratch) / "root"
        root.mkdir()
        plan = jail_plan(root, {}, [sys.executable, "-S", "-c", ""], network="none", keep=[])
        try:
            trial = subprocess.run(
                launcher_command(),
                cwd=LAUNCHER_FOLDER,
                input=json.dumps(plan),
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"the jail could not be tried: {error}"
    if trial.returncode == 0:
        return "namespaces", ""
    lines = trial.stderr.strip().splitlines() or [f"it ended with status {trial.returncode}"]
    return None, explain(lines[-1])


def explain(line: str) -> str:
    """The launcher's last line in plain words: the kernel's own message often points to something else."""
    if f"[Errno {errno.ENOSPC}]" in line:  # "No space left on device": the count of namespaces is used up
        return "nobody may create user namespaces on this machine (user.max_user_namespaces is 0, or used up)"
    if f"[Errno {errno.EPERM}]" in line or f"[Errno {errno.EACCES}]" in line:
        return f"this user may not create namespaces on this machine ({line.rpartition(': ')[2] or line})"
    return line


def how_to_allow(why: str) -> str:
    """The commands that turn on what `available` found to be missing."""
    if "max_user_namespaces" in why:
        return (
            "As root: `sysctl -w user.max_user_namespaces=15000` (in a file below /etc/sysctl.d to keep it). "
            "Or give --unsafe where no harm can be done."
        )
    if "this user may not create" in why:
        return (
            "As root, on Ubuntu: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; on Debian: "
            "`sysctl -w kernel.unprivileged_userns_clone=1`; in Docker: start it with `--cap-add SYS_ADMIN "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined`. "
            "Or give --unsafe where no harm can be done."
        )
    return "Use Linux with user namespaces, or give --unsafe where no harm can be done."
