"""The system calls of Linux that Python 3.11 does not have: namespaces, mounts, capabilities.

Standard library only: this module runs inside the jail as well.
"""

from __future__ import annotations

import ctypes
import os
import struct

__all__ = [
    "bind",
    "drop_capabilities",
    "map_one_user",
    "mount",
    "pivot_into",
    "prctl_death",
    "read_only",
    "set_dumpable",
    "unshare",
]

CLONE_NEWNS, CLONE_NEWUTS = 0x20000, 0x4000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MNT_DETACH = 2
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces (see unshare(2)); OSError says which was refused."""
    _check(_libc.unshare(flags), f"unshare {flags:#x}")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    arguments = [os.fsencode(text) if text else None for text in (source, target, kind)]
    data = options.encode() if options else None
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), data), f"mount {kind or 'bind'} on {target}")


def bind(source: str, target: str) -> None:
    """Show a file or folder, with what is mounted in it, at another place."""
    mount(source, target, "", MS_BIND | MS_REC)


def read_only(path: str, *, devices: bool = False) -> None:
    """Make a mount and all below it read-only, without set-user-id programs and (mostly) devices."""
    wanted = _ATTR_RDONLY | _ATTR_NOSUID | (0 if devices else _ATTR_NODEV)
    attributes = struct.pack("=QQQQ", wanted, 0, 0, 0)
    call = _libc.syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(path),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )
    _check(call, f"mount_setattr {path}")


def pivot_into(root: str) -> None:
    """Make a mounted folder the root, and let go of everything outside it."""
    os.chdir(root)
    # "." twice: the old root is stacked on the new one and comes off again; no folder for it is needed.
    _check(_libc.pivot_root(b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _MNT_DETACH), "umount")
    os.chdir("/")


def map_one_user(inner: int, user: int, group: int) -> None:
    """Give the one user and group of a new user namespace a number; no other exists in it."""
    # A process may map itself only, and no groups besides its own: so setgroups is given up first.
    if os.path.exists("/proc/self/setgroups"):
        _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{inner} {user} 1")
    _write("/proc/self/gid_map", f"{inner} {group} 1")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def set_dumpable(yes: bool) -> None:
    """Let a process have its own files in /proc (one that changed its user has not), or take them away.

    Without them neither it nor a program that it starts can open its memory.
    """
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(yes), 0, 0, 0), "prctl dumpable")


def prctl_death(number: int) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0), "prctl pdeathsig")


def drop_capabilities() -> None:
    """Give up every capability, for good, and the chance that a program gives them back."""
    for number in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            break  # past the last one that this kernel knows
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)  # 4: clear all
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl no_new_privs")
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, bytes(24)), "capset")
