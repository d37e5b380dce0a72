"""Do the steps of the Dockerfile in a clean root, without Docker: as root, on Debian, with debootstrap.

    python tools/try_image.py /var/tmp/root
    python tools/try_image.py /var/tmp/root --extra keras --share /etc/pip.conf

`debootstrap` lays a minimal Debian out, the distribution's Python stands for the image's, and every line of
the Dockerfile is done in it by chroot: what is copied is the commit without what .dockerignore names, each
RUN runs as the user and in the folder that the lines above it set. At the end the command of CMD is started,
and its JupyterLab has to answer. Not tried is what a container adds, its namespaces and its network. It needs
a network and 12 GB; the folder must not exist, and is left there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Debian keeps pip out of its Python; the image has one of its own.
PYTHON = "python3 python3-pip python3-venv python-is-python3 ca-certificates"
ANSWER_SECONDS = 120


def instructions(text: str) -> list[tuple[str, str]]:
    """The lines of a Dockerfile: each instruction with what follows it, continued lines joined.

    Examples
    --------
    >>> instructions("FROM x\\n# a word\\nRUN a \\\\\\n    && b\\n")
    [('FROM', 'x'), ('RUN', 'a      && b')]
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    parts = [line.split(maxsplit=1) for line in joined.splitlines()]
    return [(name, rest.strip()) for name, rest in parts]


@dataclass
class Image:
    """A root that the instructions are done in, and what they have set."""

    root: Path
    arguments: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    folder: str = "/"
    command: list[str] = field(default_factory=list)

    def run(self, command: str) -> subprocess.Popen[bytes]:
        """Start a shell command as the user, in the folder."""
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        env = {"PATH": "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", "LANG": "C.UTF-8", **pip}
        env |= {"PIP_BREAK_SYSTEM_PACKAGES": "1", **self.arguments}
        env["HOME"] = "/root" if self.user == "root" else f"/home/{self.user}"
        inner = f"cd {shlex.quote(self.folder)} && {command}"
        return subprocess.Popen(
            ["chroot", f"--userspec={self.user}:{self.user}", str(self.root), "/bin/sh", "-c", inner],
            env=env,
            start_new_session=True,  # so that what it starts can be ended with it
        )

    def do(self, name: str, rest: str) -> None:
        """One instruction.

        Raises
        ------
        SystemExit
            If it fails, or is one that this does not know.
        """
        if name == "ARG":
            key, _, value = rest.partition("=")
            self.arguments.setdefault(key, value)
        elif name == "COPY" and not rest.startswith("--from="):
            self.copy_checkout(rest.split()[1])
        elif name == "RUN":
            began = time.perf_counter()
            status = self.run(rest).wait()
            print(f"{time.perf_counter() - began:6.0f} s  RUN {rest[:90]}", flush=True)
            if status:
                raise SystemExit(f"FAILED with exit status {status}: RUN {rest}")
        elif name == "USER":
            self.user = rest
        elif name == "WORKDIR":
            self.folder = rest
            made = self.root / rest.lstrip("/")
            made.mkdir(parents=True, exist_ok=True)
            # As Docker does where the folder is in a user's home that exists.
            subprocess.run(["chroot", str(self.root), "chown", f"{self.user}:{self.user}", rest], check=True)
        elif name == "CMD":
            self.command = json.loads(rest)
        elif name not in (
            "FROM",
            "EXPOSE",
            "COPY",
        ):  # all stages share the one root, so nothing comes from another
            raise SystemExit(f"This does not know the instruction {name} {rest}.")

    def copy_checkout(self, to: str) -> None:
        """The files of the commit that .dockerignore lets in."""
        ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
        left_out = [f":(exclude){name.rstrip('/')}" for name in ignored if not name.startswith(("#", "!"))]
        target = self.root / to.lstrip("/")
        target.mkdir(parents=True)
        command = ["git", "archive", "HEAD", "--", ".", *left_out]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "-C", str(target)], stdin=archive.stdout, check=True)
        if archive.returncode:
            raise SystemExit("The commit could not be copied.")


@contextlib.contextmanager
def mounted(root: Path, places: list[Path], read_only: bool = False) -> Iterator[None]:
    """A root that sees paths of this machine."""
    done: list[Path] = []
    try:
        for place in places:
            target = root / str(place).lstrip("/")
            if place.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            subprocess.run(["mount", "--bind", str(place), str(target)], check=True)
            done.append(target)
            if read_only:
                subprocess.run(["mount", "-o", "remount,bind,ro", str(target)], check=True)
        yield
    finally:
        for target in reversed(done):
            subprocess.run(["umount", "-l", str(target)], check=False)


def answers(image: Image) -> str:
    """The address at which the image's command answers.

    Raises
    ------
    SystemExit
        If it does not within two minutes.
    """
    port = re.search(r"--port (\d+)", image.command[-1])
    address = f"http://127.0.0.1:{port[1] if port else 8888}/api"
    running = image.run(shlex.join(image.command))
    try:
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(address, timeout=5) as reply:
                    return f"{address} answers {reply.status}: {reply.read().decode()[:80]}"
            except (urllib.error.URLError, OSError):
                if running.poll() is not None:
                    raise SystemExit(f"CMD ended with status {running.returncode}.") from None
                time.sleep(1)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
    raise SystemExit(f"CMD did not answer at {address} within {ANSWER_SECONDS} s.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--extra", help="as docker build --build-arg EXTRA=")
    parser.add_argument("--suite", default="bookworm", help="of Debian")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    parser.add_argument("--share", type=Path, action="append", default=[], help="a path the root may read")
    options = parser.parse_args()
    if options.root.exists():
        parser.error(f"{options.root} exists")
    laid = ["debootstrap", "--variant=minbase", options.suite, str(options.root), options.mirror]
    subprocess.run(laid, check=True, stdout=subprocess.DEVNULL)
    for name in ("resolv.conf", "hosts"):
        (options.root / "etc" / name).write_bytes(Path("/etc", name).read_bytes())
    image = Image(options.root.resolve(), {"EXTRA": options.extra} if options.extra else {})
    with contextlib.ExitStack() as stack:
        stack.enter_context(mounted(image.root, [Path("/proc"), Path("/dev")]))
        image.do(
            "RUN", f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {PYTHON} >/dev/null"
        )
        # Only now: what installs packages writes where certificates and settings lie.
        stack.enter_context(mounted(image.root, options.share, read_only=True))
        for name, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            image.do(name, rest)
        print(answers(image))
        if image.user == "root":
            raise SystemExit("FAILED: the learner is root.")
    print("Every step of the Dockerfile went through.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
