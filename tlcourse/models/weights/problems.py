"""What can be wrong with a weight file before its tensors are looked at."""

from __future__ import annotations

from pathlib import Path

from tlcourse.errors import WeightsError

__all__ = ["damaged", "existing"]


def existing(path: str | Path) -> Path:
    """The path of a weight file, if there is one.

    Raises
    ------
    WeightsError
        If there is none, or a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise WeightsError(f"The weight file {path} is a folder.", "Give the path of the file in it.")
    if not path.is_file():
        near = ", ".join(sorted(p.name for p in path.parent.glob(f"*{path.suffix or '.*'}"))[:5])
        raise WeightsError(
            f"There is no weight file {path}.",
            f"Check the path; in that folder there {'is: ' + near if near else 'is no such file'}.",
        )
    return path


def damaged(path: Path, error: Exception) -> WeightsError:
    """The error for a file that cannot be read."""
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return WeightsError(
        f"The weight file {path} is damaged, or is not a weight file: {reason}",
        "Copy or save it again. PyTorch writes one with torch.save(model.state_dict(), 'name.pth'), Keras "
        "with model.save_weights('name.weights.h5').",
    )
