"""The file of a trained network: all of it or nothing, and all that is needed to use it."""

import json
import os
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError, safe_open

from settings import Problem


def save(network, about, file):
    """The weights, and what a user of them needs to know, in one file."""
    half = Path(f"{file}.half")
    tensors = {name: t.contiguous().cpu() for name, t in network.state_dict().items()}
    half.write_bytes(safetensors.torch.save(tensors, {"about": json.dumps(about)}))
    os.replace(half, file)


def read(file, needed):
    """The weights and what the file says about them; `needed` is what it must say."""
    try:
        with safe_open(file, "pt") as opened:
            about = json.loads(opened.metadata()["about"])
        if missing := set(needed) - set(about):
            raise KeyError(*missing)
        return safetensors.torch.load_file(file), about
    except FileNotFoundError:
        raise Problem(f"There is no model {file}.", "Run python train.py first.") from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        do = "Run python train.py: it writes the model again."
        raise Problem(f"{file} is no model of this project, or is damaged.", do) from None
