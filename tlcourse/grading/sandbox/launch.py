"""The outer jail: ``python -m tlcourse.grading.sandbox.launch``, started by `Sandbox`.

Moves into new namespaces, builds a root that shows only what is on the list, starts the zygote as the first
process in it, and stays outside to end it when the grading worker has ended, however that went.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from typing import Any

from tlcourse.grading.sandbox import linux

__all__ = ["main"]


def _is_privileged() -> bool:
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> 21 & 1)  # CAP_SYS_ADMIN


def enter_namespaces(network: str) -> None:
    """New mount, process, IPC and host-name namespaces, and a network without any device.

    Raises
    ------
    OSError
        Where the kernel or its configuration forbids one.
    """
    flags = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    if network == "none":
        flags |= linux.CLONE_NEWNET
    user, group = os.geteuid(), os.getegid()
    if _is_privileged():
        linux.unshare(flags)
        return
    linux.unshare(flags | linux.CLONE_NEWUSER)
    linux.map_one_user(0, user, group)


def build_root(root: str, entries: list[dict[str, Any]], folders: list[str], files: dict[str, str]) -> None:
    """Mount a read-only root at `root`.

    Parameters
    ----------
    root : str
        An empty folder.
    entries : list of dict
        ``{"bind": source, "at": target}``, ``{"link": text, "at": target}`` or ``{"hide": source, "at":
        target}`` (an empty folder or file takes its place), parents before what lies in them.
    folders, files
        To make: empty folders that can be written to, and files with their text.
    """
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", root, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=16m,mode=755")
    for entry in entries:
        if "link" in entry:
            os.symlink(entry["link"], root + entry["at"])
        elif "hide" in entry:
            if os.path.isdir(entry["hide"]):
                linux.mount("tmpfs", root + entry["at"], "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4k")
            else:
                linux.bind("/dev/null", root + entry["at"])
        else:
            target = root + entry["at"]
            if os.path.isdir(entry["bind"]):
                os.makedirs(target, exist_ok=True)
            elif not os.path.exists(target):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                open(target, "w").close()
            linux.bind(entry["bind"], target)
    for folder in [*folders, "/dev", "/proc"]:
        os.makedirs(root + folder, exist_ok=True)
    for path, text in files.items():
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        with open(root + path, "w") as file:
            file.write(text)
    linux.read_only(root)
    _build_devices(root + "/dev")
    # For the zygote's imports only: every answer gets its own on top of these.
    for folder in folders:
        linux.mount("tmpfs", root + folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=16m,mode=1777")


def _build_devices(dev: str) -> None:
    linux.mount("tmpfs", dev, "tmpfs", linux.MS_NOSUID, "size=64k,mode=755")
    for name in ("null", "zero", "full", "random", "urandom"):
        open(f"{dev}/{name}", "w").close()
        linux.bind(f"/dev/{name}", f"{dev}/{name}")
    for name, text in (("fd", "self/fd"), ("stdin", "self/fd/0"), ("stdout", "self/fd/1")):
        os.symlink(f"/proc/{text}", f"{dev}/{name}")
    os.symlink("/proc/self/fd/2", f"{dev}/stderr")
    os.mkdir(f"{dev}/shm")
    linux.read_only(dev, devices=True)


def _become_zygote(plan: dict[str, Any]) -> None:
    linux.mount("proc", plan["root"] + "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    linux.pivot_into(plan["root"])
    os.execve(plan["argv"][0], plan["argv"], plan["env"])


def main() -> None:
    """Read the plan as JSON from standard input, then build, start and guard."""
    plan = json.load(sys.stdin)
    os.umask(0o022)  # an answer runs as another user, and must find its way through what is made here
    worker = os.pidfd_open(plan["worker"])
    if os.getppid() != plan["worker"]:  # it ended before we could hold on to it
        return
    try:
        enter_namespaces(plan["network"])
        build_root(plan["root"], plan["entries"], plan["folders"], plan["files"])
    except OSError as error:
        sys.exit(f"cannot build the jail: {error}")
    zygote = os.fork()
    if zygote == 0:
        try:
            for descriptor in plan["keep"]:
                os.set_inheritable(descriptor, True)
            _become_zygote(plan)
        except OSError as error:
            print(f"cannot build the jail: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    for descriptor in plan["keep"]:  # the zygote's alone: it must see the other end close
        os.close(descriptor)
    ended = os.pidfd_open(zygote)
    # A signal on the parent's death would come when the parent's *thread* ends; a pidfd means the process.
    select.select([worker, ended], [], [])
    # It is the first process of its namespace: nothing in there outlives it.
    with contextlib.suppress(ProcessLookupError):
        os.kill(zygote, signal.SIGKILL)
    status = os.waitpid(zygote, 0)[1]
    sys.exit(abs(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
