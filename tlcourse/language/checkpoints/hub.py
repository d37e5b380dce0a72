"""The Hugging Face Hub: its cache on this machine first, then the network."""

from __future__ import annotations

import socket
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tlcourse.errors import NetworkError

__all__ = ["from_hub"]

#: What is asked of the Hub: large models keep their weights in parts, and some files say what pads a text.
_PATTERNS = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "model.safetensors.index.json",
    "model-*-of-*.safetensors",
    "tokenizer_config.json",
    "special_tokens_map.json",
)


def from_hub(name: str, revision: str, download: bool) -> Path:
    """The folder with a checkpoint's files, downloaded where the cache does not have them.

    Raises
    ------
    NetworkError
        When they are not in the cache and may not or cannot be downloaded; it says how to bring them by hand.
    """
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    options: dict[str, Any] = {"revision": revision, "allow_patterns": list(_PATTERNS)}
    by_hand = (
        f"Where there is a network, run `hf download {name} --include '*.json' 'model*.safetensors' "
        f"--revision {revision} --local-dir FOLDER`, bring FOLDER here, and give its path as the name."
    )
    try:
        return Path(snapshot_download(name, local_files_only=True, **options))
    except LocalEntryNotFoundError:
        if not download:
            raise NetworkError(f"The checkpoint {name} is not on this machine.", by_hand) from None
    if not _reachable(constants.ENDPOINT):
        raise NetworkError(
            f"The checkpoint {name} is not on this machine, and the Hub cannot be reached.", by_hand
        )
    try:
        return Path(snapshot_download(name, **options))
    except HfHubHTTPError as error:
        raise NetworkError(
            f"The Hugging Face Hub refuses {name} at {revision[:8]}…: {str(error).splitlines()[0]}",
            "Check the name and the revision; some models ask you to accept their licence first.",
        ) from None
    except Exception as error:  # whatever the network library raises without a network
        raise NetworkError(
            f"The checkpoint {name} is not on this machine, and the Hub does not answer "
            f"({type(error).__name__}).",
            by_hand,
        ) from None


def _reachable(address: str) -> bool:
    """Whether the host answers; asked first, since the library tries for half a minute."""
    url = urllib.parse.urlsplit(address)
    if urllib.request.getproxies():
        return True  # behind a proxy only the library's own request can tell
    try:
        socket.create_connection((url.hostname or "", url.port or 443), timeout=5).close()
    except OSError:
        return False
    return True
