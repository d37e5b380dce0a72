"""The process: which framework, which device, how many threads, which seed.

:func:`start` is the first cell of every notebook. What it sets, it sets **before** the framework is
imported, because most of these settings cannot be changed afterwards.

Two facts about running both frameworks on one machine decide the shape of this module:

* Once TensorFlow is loaded, loading ``triton`` (torchvision, timm and ``torch.optim`` do) ends the process
  without a Python error. So one process serves one framework: :func:`start` refuses the second one, and the
  guards below keep an accidental import of the other framework from killing the kernel.
* On a CPU under glibc both frameworks lose much of their time to the allocator: see :func:`tune_allocator`.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.machinery
import importlib.util
import os
import platform
import random
import re
import sys
import warnings
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .errors import CourseError, DeviceError, ShapeError, UnknownNameError

__all__ = [
    "FRAMEWORKS",
    "Session",
    "current_chapter",
    "current_framework",
    "pick",
    "prepare",
    "resolve_framework",
    "seed_everything",
    "set_threads",
    "start",
    "tune_allocator",
]

FRAMEWORKS = ("torch", "keras")
DEVICES = ("cuda", "mps", "cpu")
_TITLES = {"torch": "PyTorch", "keras": "Keras"}


@dataclass(frozen=True)
class Session:
    """What :func:`start` set up; prints as one line: ``PyTorch 2.8.0 on cpu, 2 threads, seed 0``."""

    chapter: str
    framework: str
    seed: int
    version: str
    device: str
    threads: int

    def __repr__(self) -> str:
        threads = f"{self.threads} thread{'' if self.threads == 1 else 's'}"
        return f"{self.version} on {self.device}, {threads}, seed {self.seed}"


@dataclass
class _Process:
    """What this process has been set up for."""

    prepared: str | None = None
    session: Session | None = None
    threads: int = 0
    allocator: bool | None = None


_process = _Process()


# --------------------------------------------------------------------------- the framework


def resolve_framework(framework: str | None = None) -> str:
    """The framework named, or the one :func:`start` chose.

    Raises
    ------
    UnknownNameError
        If `framework` is neither "torch" nor "keras".
    CourseError
        If it is None and :func:`start` was not called.

    Examples
    --------
    >>> resolve_framework("torch")
    'torch'
    """
    if framework is None:
        return current_framework()
    if framework not in FRAMEWORKS:
        raise UnknownNameError("framework", framework, FRAMEWORKS)
    return framework


def current_framework() -> str:
    """The framework of this process, "torch" or "keras", as :func:`start` was told.

    Raises
    ------
    CourseError
        If :func:`start` was not called.
    """
    if _process.session is not None:
        return _process.session.framework
    if _process.prepared is not None:
        return _process.prepared
    raise CourseError(
        "No framework has been chosen: tlcourse.start was not called.",
        'Run the notebook\'s first cell, or call tlcourse.start("my-notebook", framework="torch") '
        '(or "keras").',
    )


def current_chapter() -> str | None:
    """The chapter that :func:`start` was given, or None before it.

    Examples
    --------
    >>> current_chapter() is None or isinstance(current_chapter(), str)
    True
    """
    return _process.session.chapter if _process.session else None


def _restart(problem: str, framework: str) -> CourseError:
    return CourseError(
        problem,
        "Restart the kernel (Kernel > Restart Kernel) and run the notebook from its first cell, "
        f"tlcourse.start(..., framework={framework!r}). One kernel runs one framework: loading both ends it.",
    )


def _check_clash(framework: str) -> None:
    """Raise if this process cannot safely serve `framework` any more."""
    if _process.prepared not in (None, framework):
        raise _restart(
            f"This kernel was started for {_TITLES[str(_process.prepared)]}; it cannot switch to "
            f"{_TITLES[framework]}.",
            framework,
        )
    if framework == "torch" and "tensorflow" in sys.modules and "triton" not in sys.modules:
        raise _restart("TensorFlow is already loaded in this kernel: PyTorch cannot be used here.", framework)
    if framework == "keras":
        backend = os.environ.get("KERAS_BACKEND", "tensorflow")
        if "keras" in sys.modules:
            config = getattr(sys.modules["keras"], "config", None)
            backend = config.backend() if config else backend
        if backend != "tensorflow":
            raise CourseError(
                f"Keras is set to run on {backend!r} (the environment variable KERAS_BACKEND, or an earlier "
                "import of keras); this course runs it on TensorFlow.",
                "Remove KERAS_BACKEND from the environment, restart the kernel and start again.",
            )
        if "torch" in sys.modules and "tensorflow" not in sys.modules:
            raise _restart("PyTorch is already loaded in this kernel: Keras cannot be used here.", framework)


class _TritonBlocked:
    """Loader that refuses triton in a process which will hold TensorFlow.

    PyTorch treats triton as optional on the CPU, so after this ImportError ``torch.optim``, torchvision and
    timm import and work; without it they end the process with a segmentation fault.
    """

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        raise ImportError(
            "triton is kept out of a process that runs Keras on TensorFlow: the two together end it.",
            name="triton",
        )

    def exec_module(self, module: ModuleType) -> None:  # never reached: create_module raised
        raise ImportError("triton is blocked", name="triton")


class _TritonGuard:
    """Finder that answers for triton alone."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name == "triton":
            return importlib.machinery.ModuleSpec(name, _TritonBlocked())  # type: ignore[arg-type]
        return None


def prepare(framework: str) -> None:
    """Make the process ready for `framework`, once, before it is imported.

    :func:`start` calls this, and so does everything that imports a framework. It sets environment variables
    (TensorFlow's log level, oneDNN off so that numbers do not depend on it, the Keras backend, cuBLAS's
    repeatable workspace), the allocator, and the guard that keeps TensorFlow and triton apart.

    Parameters
    ----------
    framework : {"torch", "keras"}

    Raises
    ------
    UnknownNameError
        For any other name.
    CourseError
        If the other framework is already loaded: the kernel must be restarted.
    """
    resolve_framework(framework)
    _check_clash(framework)
    if _process.prepared == framework:
        return
    os.environ.setdefault("OMP_NUM_THREADS", str(default_threads()))
    _process.prepared = framework
    # cuBLAS gives the same numbers twice only with a fixed workspace, which it reads when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    tune_allocator()
    if framework == "torch":
        # A machine without a network must not wait for timm to ask for weights (47 s): we never need it to.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        importlib.import_module("torch")
        if importlib.util.find_spec("triton"):
            # Loaded now, triton survives a later import of TensorFlow; the other way round kills the kernel.
            with contextlib.suppress(ImportError):  # a broken triton is not ours to mend
                importlib.import_module("triton")
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        if "triton" not in sys.modules:
            sys.meta_path.insert(0, _TritonGuard)  # type: ignore[arg-type]
        _set_up_gpus(importlib.import_module("tensorflow"))
        importlib.import_module("keras")


def _set_up_gpus(tf: Any) -> None:
    """Hide the GPUs if TLCOURSE_DEVICE says cpu; else let TensorFlow take their memory as needed."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return
    try:  # pragma: no cover - needs a GPU
        if os.environ.get("TLCOURSE_DEVICE", "").lower() == "cpu":
            tf.config.set_visible_devices([], "GPU")
            return
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:  # pragma: no cover - the GPU is in use already: too late to change
        pass


# --------------------------------------------------------------------------- memory and threads


def tune_allocator() -> bool:
    """Tell glibc to keep freed memory, so that CPU code stops page-faulting. Once per process.

    By default glibc hands every large freed block back to the kernel, and each new activation tensor is
    paged in again. Measured with EfficientNet-Lite0 on two cores: PyTorch at 128 px did 93 images a second,
    against 268 with these settings (1.4 million page faults against none); a training step of Keras at 64 px
    took 0.31 to 0.34 s, against 0.16 s. TensorFlow computes in threads of its own, which get memory pools
    ("arenas") of their own, so for it there is one more setting: a single pool. The price is that the process
    keeps its peak memory. To compare, set the environment variable ``TLCOURSE_ALLOCATOR=default`` before
    starting; ``tlcourse bench`` prints both.

    Returns
    -------
    bool
        True if the settings hold; False on other C libraries (macOS, Windows, musl) or when switched off.

    Examples
    --------
    >>> tune_allocator() in (True, False)
    True
    """
    if _process.allocator is None:
        _process.allocator = _set_mallopt()
    return _process.allocator


def _set_mallopt() -> bool:
    if os.environ.get("TLCOURSE_ALLOCATOR") == "default":
        return False
    if not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc":
        return False
    # The M_… constants of <malloc.h>.
    mmap_threshold, trim_threshold, top_pad, arena_max = -3, -1, -2, -8
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    settings = [(mmap_threshold, 1 << 30), (trim_threshold, 2**31 - 1), (top_pad, 1 << 28)]
    if _process.prepared == "keras":
        settings.append((arena_max, 1))
    results = [mallopt(ctypes.c_int(name), ctypes.c_int(value)) for name, value in settings]
    return all(result == 1 for result in results)


def default_threads() -> int:
    """The number of threads to use: the environment's TLCOURSE_THREADS, else the cores this process may use.

    Raises
    ------
    CourseError
        If TLCOURSE_THREADS is not a positive whole number.
    """
    wanted = os.environ.get("TLCOURSE_THREADS")
    if wanted:
        if not wanted.strip().isdigit() or int(wanted) < 1:
            raise CourseError(
                f"The environment variable TLCOURSE_THREADS is {wanted!r}.",
                "Set it to a whole number of at least 1, or remove it.",
            )
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_threads(n: int | None = None) -> int:
    """Use `n` threads for the current framework's computations.

    Processes that run side by side must share the cores between them: two processes with two threads each
    on two cores run at a tenth of the speed, because waiting threads spin.

    Parameters
    ----------
    n : int, optional
        Default: the environment variable TLCOURSE_THREADS, else the number of cores.

    Returns
    -------
    int
        The number of threads in use. TensorFlow fixes it at its first operation; a later, different wish
        warns and returns the number that stays.

    Raises
    ------
    ShapeError
        If `n` is not a positive whole number.
    """
    if n is None:
        n = default_threads()
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ShapeError(f"The number of threads is {n!r}.", "Give a whole number of at least 1.")
    if current_framework() == "torch":
        import torch

        torch.set_num_threads(n)
        _process.threads = n
    else:
        import tensorflow as tf

        try:
            tf.config.threading.set_intra_op_parallelism_threads(n)
            tf.config.threading.set_inter_op_parallelism_threads(n)
            _process.threads = n
        except RuntimeError:
            stays = _process.threads or tf.config.threading.get_intra_op_parallelism_threads() or n
            if stays != n:
                warnings.warn(
                    f"TensorFlow has started with {stays} threads and cannot change to {n}; restart the "
                    "kernel to change it.",
                    stacklevel=2,
                )
            _process.threads = stays
    return _process.threads


# --------------------------------------------------------------------------- device and seed


def pick(name: str | None = None, framework: str | None = None) -> Any:
    """Choose the device: `name`, else the environment variable TLCOURSE_DEVICE, else the best there is.

    Parameters
    ----------
    name : {"cuda", "mps", "cpu"}, optional
        "cuda:1" picks the second GPU.
    framework : {"torch", "keras"}, optional
        Default: the current one.

    Returns
    -------
    torch.device or str
        For PyTorch a ``torch.device``; for Keras TensorFlow's name of it, "/GPU:0" or "/CPU:0", for
        ``with tf.device(...)``. Keras itself uses a GPU whenever there is one.

    Raises
    ------
    DeviceError
        If this machine does not have that device.
    UnknownNameError
        If there is no such kind of device.
    """
    framework = resolve_framework(framework)
    prepare(framework)
    wanted = name or os.environ.get("TLCOURSE_DEVICE") or None
    available = _available(framework)
    if wanted is None:
        best = next(kind for kind in DEVICES if available.get(kind))
        wanted = best
    match = re.fullmatch(r"(cuda|mps|cpu)(?::(\d+))?", str(wanted).lower())
    if match is None:
        raise UnknownNameError("device", wanted, DEVICES)
    kind, index = match[1], int(match[2] or 0)
    if index >= available.get(kind, 0):
        have = ", ".join(f"{k} ({n})" if n > 1 else k for k, n in available.items() if n)
        origin = "" if name else " (from the environment variable TLCOURSE_DEVICE)"
        raise DeviceError(
            f"The device {wanted!r}{origin} is not there: {_TITLES[framework]} finds {have} on this machine.",
            "Leave the device out to use the best one, or ask for one of those."
            + (" For a GPU, install the framework's GPU build and its driver." if kind != "cpu" else ""),
        )
    if framework == "torch":
        import torch

        return torch.device(f"{kind}:{index}" if match[2] else kind)
    return f"/{'CPU' if kind == 'cpu' else 'GPU'}:{index}"


def _available(framework: str) -> dict[str, int]:
    """How many devices of each kind the framework can use here."""
    if framework == "torch":
        import torch

        gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        return {"cuda": gpus, "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    import tensorflow as tf

    gpus = len(tf.config.get_visible_devices("GPU"))
    on_mac = sys.platform == "darwin"
    return {"cuda": 0 if on_mac else gpus, "mps": gpus if on_mac else 0, "cpu": 1}


def seed_everything(seed: int) -> None:
    """Seed Python's `random`, numpy and the current framework, and ask GPUs for repeatable algorithms.

    The same seed on the same machine, versions and number of threads repeats a run exactly. Between machines
    and between frameworks, the order in which sums are taken differs, so numbers agree closely and not to
    the last digit.

    Parameters
    ----------
    seed : int
        0 to 2**32 - 1.

    Raises
    ------
    ShapeError
        If the seed is not such a number.
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ShapeError(f"The seed is {seed!r}.", "Give a whole number from 0 to 4294967295.")
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    if current_framework() == "torch":
        import torch

        torch.manual_seed(seed)  # seeds every CUDA and MPS device too
        if torch.cuda.is_available():  # pragma: no cover - needs a GPU
            # The CPU's kernels are repeatable as they are. cuDNN's are only when told so, and its search for
            # the fastest one (benchmark) may choose differently next time.
            torch.backends.cudnn.benchmark = False
            torch.backends.cudnn.deterministic = True
            torch.use_deterministic_algorithms(True, warn_only=True)
    else:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        if tf.config.list_physical_devices("GPU"):  # pragma: no cover - needs a GPU
            tf.config.experimental.enable_op_determinism()


def start(chapter: str, framework: str, seed: int = 0) -> Session:
    """Begin a notebook: choose the framework, set allocator, threads, device and seeds.

    Run it first. It may be run again with the same framework (it seeds again).

    Parameters
    ----------
    chapter : str
        The notebook's name, such as "01-why-transfer-learning"; checks and records use it.
    framework : {"torch", "keras"}
    seed : int
        See :func:`seed_everything`.

    Returns
    -------
    Session
        Prints as one line, such as ``PyTorch 2.8.0 on cpu, 2 threads, seed 0``.

    Raises
    ------
    UnknownNameError
        For an unknown framework.
    CourseError
        If the other framework is already loaded: restart the kernel.
    DeviceError
        If TLCOURSE_DEVICE names a device that is not there.
    """
    prepare(framework)
    threads = set_threads()
    device = pick(framework=framework)
    before = _process.session
    _process.session = Session(chapter, framework, seed, _version(framework), _plain(device), threads)
    try:
        seed_everything(seed)
    except CourseError:
        _process.session = before
        raise
    return _process.session


def _plain(device: Any) -> str:
    text = str(device)
    return {"/CPU:0": "cpu", "/GPU:0": "gpu"}.get(text, text)


def _version(framework: str) -> str:
    """The framework's name and version, such as "Keras 3.11.0 (TensorFlow 2.20.0)"."""
    if framework == "torch":
        return f"PyTorch {sys.modules['torch'].__version__.split('+')[0]}"
    return f"Keras {sys.modules['keras'].__version__} (TensorFlow {sys.modules['tensorflow'].__version__})"
