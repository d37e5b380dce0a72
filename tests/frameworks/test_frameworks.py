"""Starting a notebook: what must hold before a framework is loaded, and what must not kill the kernel."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tlcourse import frameworks
from tlcourse.errors import CourseError, UnknownNameError


def run(code: str, **env: str) -> str:
    """Run code in a fresh process; its output. Fails on any other exit status than 0, a crash included."""
    clean = {k: v for k, v in os.environ.items() if k not in ("KERAS_BACKEND", "TLCOURSE_DEVICE")}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **env}, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    out = run(
        # The budget is 0.3 s; the bench measures it. This only catches a blunder.
        "import sys, time; begin = time.perf_counter(); import tlcourse\n"
        "assert time.perf_counter() - begin < 3\n"
        "heavy = {'torch', 'tensorflow', 'keras', 'numpy', 'pandas', 'sklearn', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "print('fine')"
    )
    assert "fine" in out


def test_before_start_the_framework_is_asked_for() -> None:
    out = run(
        "import tlcourse\n"
        "try: tlcourse.devices.current_framework()\n"
        "except tlcourse.errors.CourseError as error: print(error)\n"
        "print(tlcourse.devices.current_chapter())"
    )
    assert "first cell" in out
    assert "None" in out


def test_an_unknown_framework() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'torch'"):
        frameworks.start("test", "pytorch")


@pytest.mark.parametrize("value", ["0", "two", "-1", "1.5"])
def test_threads_in_the_environment_are_checked(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TLCOURSE_THREADS", value)
    with pytest.raises(CourseError, match="TLCOURSE_THREADS"):
        frameworks.default_threads()


def test_the_allocator_can_be_left_alone_to_compare() -> None:
    code = "from tlcourse import frameworks; print(frameworks.tune_allocator(), frameworks.tune_allocator())"
    assert run(code, TLCOURSE_ALLOCATOR="default").strip() == "False False"
    if sys.platform.startswith("linux"):
        assert run(code).strip() in ("True True", "False False")  # False on musl


@pytest.mark.turns(2, "tlcourse/frameworks", "tests/frameworks")
def test_a_torch_kernel_survives_keras() -> None:
    """The second framework is refused by name; and importing TensorFlow by hand does not end the process."""
    out = run(
        "import tlcourse\n"
        "print(tlcourse.start('a', 'torch', seed=3))\n"
        "try: tlcourse.start('a', 'keras')\n"
        "except tlcourse.errors.CourseError as error: print(error)\n"
        "import tensorflow\n"
        "import torch, torchvision\n"
        "torch.optim.Adam([torch.zeros(2, requires_grad=True)])\n"
        "print('alive')",
        TF_CPP_MIN_LOG_LEVEL="3",
    )
    assert "PyTorch" in out
    assert "on cpu" in out or "on cuda" in out or "on mps" in out
    assert "seed 3" in out
    assert "Restart the kernel" in out
    assert "alive" in out


@pytest.mark.turns(2, "tlcourse/frameworks", "tests/frameworks")
def test_a_keras_kernel_survives_torch() -> None:
    """Without the guard against triton this process ends with a segmentation fault."""
    out = run(
        "import tlcourse\n"
        "print(tlcourse.start('a', 'keras', seed=3))\n"
        "try: tlcourse.start('a', 'torch')\n"
        "except tlcourse.errors.CourseError as error: print(error)\n"
        "import torch, torchvision\n"
        "torch.optim.Adam([torch.zeros(2, requires_grad=True)])\n"
        "print('alive')"
    )
    assert out.startswith("Keras"), "TensorFlow's log lines must not reach a notebook: " + out[:500]
    assert "Restart the kernel" in out
    assert "alive" in out


def test_a_kernel_that_already_holds_the_other_framework() -> None:
    begin = "import sys, types, tlcourse\n"
    end = "except tlcourse.errors.CourseError as error: print(error)"
    out = run(
        begin + "sys.modules['tensorflow'] = types.ModuleType('t')\ntry: tlcourse.start('a', 'torch')\n" + end
    )
    assert "TensorFlow is already loaded" in out
    assert "Restart the kernel" in out
    out = run(
        begin + "sys.modules['torch'] = types.ModuleType('t')\ntry: tlcourse.start('a', 'keras')\n" + end
    )
    assert "PyTorch is already loaded" in out
    out = run(begin + "try: tlcourse.start('a', 'keras')\n" + end, KERAS_BACKEND="torch")
    assert "KERAS_BACKEND" in out


def test_a_child_gets_the_same_allocator_settings() -> None:
    """What mallopt is told here, the environment tells a process that we start; glibc reads it itself."""
    settings = frameworks.child_environment()
    assert settings["MALLOC_TRIM_THRESHOLD_"] == "2147483647"
    assert settings["MALLOC_MMAP_THRESHOLD_"] == str(2**30)
    assert settings["MALLOC_ARENA_MAX"] == "1"


def test_what_is_not_a_model() -> None:
    with pytest.raises(CourseError, match="A str is not a model of PyTorch or Keras"):
        frameworks.framework_of("efficientnet_lite0")
    with pytest.raises(CourseError, match="A NoneType is not a model"):
        frameworks.side("tlcourse.models", None)


@pytest.mark.turns(2, "tlcourse/frameworks", "tests/frameworks")
def test_a_keras_model_on_torch_is_a_keras_model() -> None:
    out = run(
        "import keras, torch\n"
        "from tlcourse.frameworks import framework_of\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "assert isinstance(model, torch.nn.Module)\n"
        "print(framework_of(model), framework_of(torch.nn.Linear(2, 1)))",
        KERAS_BACKEND="torch",
    )
    assert out.split()[-2:] == ["keras", "torch"]
