"""Making a process ready for its one framework, before that is imported.

Most of these settings cannot be changed afterwards. And once TensorFlow is loaded, loading ``triton``
(torchvision, timm and ``torch.optim`` do) ends the process without a Python error. So one process serves one
framework: :func:`prepare` refuses the second one, and the guard below keeps an accidental import of the other
framework from killing the kernel.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.frameworks.allocator import tune_allocator
from tlcourse.frameworks.threads import default_threads
from tlcourse.frameworks.which import TITLES, choose, chosen, resolve_framework

__all__ = ["prepare"]


def prepare(framework: str) -> None:
    """Make the process ready for `framework`, once, before it is imported.

    :func:`tlcourse.start` calls this, and so does everything that imports a framework. It sets environment
    variables (TensorFlow's log level, oneDNN off so that numbers do not depend on it, the Keras backend,
    cuBLAS's repeatable workspace), the allocator, and the guard that keeps TensorFlow and triton apart.

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
    if chosen() == framework:
        return
    os.environ.setdefault("OMP_NUM_THREADS", str(default_threads()))
    choose(framework)
    # cuBLAS gives the same numbers twice only with a fixed workspace, which it reads when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    tune_allocator(framework)
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


def _check_clash(framework: str) -> None:
    """Raise if this process cannot safely serve `framework` any more."""
    before = chosen()
    if before not in (None, framework):
        raise _restart(
            f"This kernel was started for {TITLES[str(before)]}; it cannot switch to {TITLES[framework]}.",
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


def _restart(problem: str, framework: str) -> CourseError:
    return CourseError(
        problem,
        "Restart the kernel (Kernel > Restart Kernel) and run the notebook from its first cell, "
        f"tlcourse.start(..., framework={framework!r}). One kernel runs one framework: loading both ends it.",
    )


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
