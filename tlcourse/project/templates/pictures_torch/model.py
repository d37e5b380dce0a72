"""The network: a pretrained base of timm and a new head, and the file they are kept in."""

import json
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import safetensors.torch
import timm
import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from settings import Problem, path

FILE = "model.safetensors"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def pretrained(backbone, weights):
    """A network of timm with its weights: from a file, from the network, or random."""
    overlay = None
    if weights not in ("download", "none"):
        overlay = {"file": str(path(weights))}
    try:
        return timm.create_model(
            backbone, pretrained=weights != "none", pretrained_cfg_overlay=overlay
        )
    except RuntimeError as error:
        problem = f"timm cannot make {backbone!r}: {str(error).splitlines()[0]}"
        do = "Take a name from timm.list_models(pretrained=True), and weights that fit it."
        raise Problem(problem, do) from None
    except OSError as error:  # no network, or no such file
        problem = (
            f"The weights of {backbone} could not be fetched or read: {str(error).splitlines()[0]}"
        )
        do = "Go online once, or set model.weights to a file."
        raise Problem(problem, do) from None


def build(backbone, weights, classes, dropout):
    """The base without its old head, and a new head with an output for each class."""
    base = pretrained(backbone, weights)
    card = timm.data.resolve_model_data_config(base)  # how its pixels are scaled
    base.reset_classifier(0)
    linear = nn.Linear(base.num_features, len(classes))
    nn.init.zeros_(linear.weight)  # training starts from guessing: each class is as likely
    nn.init.zeros_(linear.bias)
    head = nn.Sequential(nn.Dropout(dropout), linear)
    network = nn.Sequential(OrderedDict(base=base, head=head)).to(DEVICE)
    return network, {"mean": list(card["mean"]), "std": list(card["std"])}


def new(config, classes):
    """A network to train, and what must be known to use it."""
    dropout = config["training"]["dropout"]
    network, scale = build(**config["model"], classes=classes, dropout=dropout)
    return network, {**config["data"], **scale, "backbone": config["model"]["backbone"]}


def training_mode(network):
    network.eval()  # BatchNorm's statistics stay as they came with the base
    network.head.train()  # its dropout works


def forward(network, pixels, about):
    return network(scaled(pixels, about))


def freeze(network):
    network.base.requires_grad_(False)


def open_last(network, count):
    """The last blocks of the base learn from now on. Returns their parameters."""
    base = network.base
    if hasattr(base, "blocks"):  # EfficientNet, MobileNet, ViT
        blocks = list(base.blocks)
    elif hasattr(base, "stages"):  # ConvNeXt, RegNet
        blocks = list(base.stages)
    elif hasattr(base, "layer4"):  # ResNet
        blocks = [base.layer1, base.layer2, base.layer3, base.layer4]
    else:
        do = "Print the network and name its blocks in open_last, in model.py."
        raise Problem(f"The blocks of {type(base).__name__} are not known here.", do)
    after = [getattr(base, name, None) for name in ("conv_head", "norm")]
    opened = []
    for part in [*blocks[-count:], *filter(None, after)]:
        part.requires_grad_(True)
        opened += list(part.parameters())
    return opened


def scaled(pixels, about):
    """From bytes (N, size, size, 3) to what this base was trained with (N, 3, size, size)."""
    x = torch.as_tensor(pixels).to(DEVICE).permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(about["mean"], device=DEVICE).view(1, 3, 1, 1)
    std = torch.tensor(about["std"], device=DEVICE).view(1, 3, 1, 1)
    return (x - mean) / std


@torch.inference_mode()
def logits(network, pixels, about, batch=64):
    """The network in use: float array (N, classes) for uint8 pixels."""
    network.eval()
    parts = []
    for begin in range(0, len(pixels), batch):
        some = np.array(pixels[begin : begin + batch])
        parts.append(network(scaled(some, about)).float().cpu().numpy())
    return np.concatenate(parts)


def save(network, about, file):
    """Weights, names of the classes and preparation: one file, all of it or nothing."""
    half = Path(f"{file}.half")
    tensors = {name: t.contiguous().cpu() for name, t in network.state_dict().items()}
    half.write_bytes(safetensors.torch.save(tensors, {"about": json.dumps(about)}))
    os.replace(half, file)


def load(file):
    """The network and what it needs to know, from the file alone."""
    try:
        with safe_open(file, "pt") as opened:
            about = json.loads(opened.metadata()["about"])
        tensors = safetensors.torch.load_file(file)
    except FileNotFoundError:
        raise Problem(f"There is no model {file}.", "Run python train.py first.") from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        do = "Run python train.py: it writes the model again."
        raise Problem(f"{file} is no model of this project, or is damaged.", do) from None
    network, _ = build(about["backbone"], "none", about["classes"], dropout=0.0)
    network.load_state_dict(tensors)
    return network.eval(), about
