"""Published weights: found in the usual cache of their library, checked, or downloaded into it.

Each library's own function downloads: ``torch.hub.download_url_to_file`` and ``keras.utils.get_file``. Added
is what a learner needs around them: an answer in two seconds where there is no network, a check of a file
that is in the cache already, no file left where a download broke, and one error that says what to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tlcourse.data.download import reachable
from tlcourse.errors import WeightsError
from tlcourse.models.cards._pretrained import WeightFile

__all__ = ["cache_folder", "locate"]

CONNECT_SECONDS = 2.0


def cache_folder(framework: str) -> Path:
    """Where the library keeps published weights.

    Parameters
    ----------
    framework : {"torch", "keras"}

    Returns
    -------
    Path
        PyTorch: ``checkpoints`` in ``torch.hub``'s folder (``~/.cache/torch/hub``; ``TORCH_HOME`` moves it).
        Keras: ``~/.keras/models`` (``KERAS_HOME`` moves it).

    Examples
    --------
    >>> cache_folder("keras").name
    'models'
    """
    if framework == "keras":
        home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
        return Path(home) / "models"
    if "torch" in sys.modules:  # torch.hub.set_dir may have moved it
        import torch

        return Path(torch.hub.get_dir()) / "checkpoints"
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(os.path.expanduser(home)) / "hub" / "checkpoints"


def locate(file: WeightFile, framework: str, progress: bool = True) -> Path:
    """The path of a published file: from the cache, or downloaded into it.

    Parameters
    ----------
    file : WeightFile
    framework : {"torch", "keras"}
        Whose cache, and whose function to download.
    progress : bool
        Show the library's progress bar. (Keras always shows its own.)

    Returns
    -------
    Path
        Its hash is right.

    Raises
    ------
    WeightsError
        If it is not there and cannot be downloaded (in about two seconds where there is no network), or if
        the file in the cache is damaged. No partial file is left.
    """
    path = cache_folder(framework) / file.name
    if path.exists():
        if not _right(path, file):
            raise WeightsError(
                f"The weight file {path} is damaged or not the published one: its {file.algorithm.upper()} "
                f"is not {file.digest}.",
                f"Delete it, and call load again with a network ({file.megabytes} from {file.url}), or bring "
                "another copy.",
            )
        return path
    why = reachable(file.url, CONNECT_SECONDS)
    if why is not None:
        raise WeightsError(
            f"The weights {file.name} ({file.megabytes}) are not on this machine, and the network does not "
            f"answer ({why}).",
            _by_hand(file, path),
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=path.parent) as folder:
            download = _download_torch if framework == "torch" else _download_keras
            downloaded = download(file, Path(folder), progress)
            if not _right(downloaded, file):
                raise WeightsError(_not_published(file), _by_hand(file, path))
            shutil.move(downloaded, path)  # in the same folder: all of it or nothing
    except WeightsError:
        raise
    except (RuntimeError, ValueError) as error:
        # The libraries' own words for a wrong hash, which a download that was cut short has too.
        if "hash" in str(error):
            raise WeightsError(_not_published(file), _by_hand(file, path)) from None
        raise _broken(file, path, error) from None
    except Exception as error:  # keras.utils.get_file raises a bare Exception for a URL that fails
        raise _broken(file, path, error) from None
    return path


def _download_torch(file: WeightFile, folder: Path, progress: bool) -> Path:
    from torch.hub import download_url_to_file

    target = folder / file.name
    # It checks the beginning of the SHA-256, which the file's name holds.
    download_url_to_file(file.url, str(target), hash_prefix=file.digest, progress=progress)
    return target


def _download_keras(file: WeightFile, folder: Path, progress: bool) -> Path:
    from keras.utils import get_file

    target = get_file(
        file.name,
        file.url,
        cache_dir=str(folder.parent),
        cache_subdir=folder.name,
        file_hash=file.digest,
        hash_algorithm=file.algorithm,
    )
    return Path(target)


def _right(path: Path, file: WeightFile) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, file.algorithm).hexdigest().startswith(file.digest)
    except OSError:
        return False


def _by_hand(file: WeightFile, path: Path) -> str:
    return (
        f"Call load again with a network; or download {file.url} on another machine and copy it to "
        f"{path.parent}; or keep it where you like and pass weights=path to load."
    )


def _not_published(file: WeightFile) -> str:
    return (
        f"What {file.url} sent is not the published {file.name} ({file.megabytes}): its "
        f"{file.algorithm.upper()} is not {file.digest}. Nothing of it was kept."
    )


def _broken(file: WeightFile, path: Path, error: Exception) -> WeightsError:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return WeightsError(
        f"The download of {file.name} ({file.megabytes}) broke: {reason}. Nothing of it was kept.",
        _by_hand(file, path),
    )
