"""Find the broken cells: from images to a saved, evaluated model.

    python solar_torch.py solar_cells    train on this folder
    python solar_torch.py cell.png       judge an image afterwards

The folder holds train, val and test, with a folder per class in
each. A second argument is a file of weights: without it, timm
fetches them. A folder of your own images works as well.
"""

import copy
import json
import math
import sys
from pathlib import Path

import timm
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from sklearn.metrics import (
    classification_report,
    confusion_matrix,
    roc_auc_score,
)
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

SAVED = "solar.safetensors"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


# --- 1 Choose a pretrained model
NETWORK, SIZE = "tf_efficientnet_lite0", 128  # any of timm's


def pretrained(weights=None):
    overlay = {"file": weights} if weights else None
    return timm.create_model(
        NETWORK, pretrained=True, pretrained_cfg_overlay=overlay
    )


# --- 2 Build the base model
def transform(base, augment=False):
    """From an image to what this network was trained with."""
    card = timm.data.resolve_model_data_config(base)
    steps = [v2.ToImage(), v2.Resize((SIZE, SIZE))]
    if augment:  # only what leaves the label true
        steps += [
            v2.RandomHorizontalFlip(),
            v2.RandomVerticalFlip(),
        ]
    steps += [v2.ToDtype(torch.float32, scale=True)]
    steps += [v2.Normalize(card["mean"], card["std"])]
    return v2.Compose(steps)


# --- 3 Freeze, and later unfreeze the last blocks
def freeze(base):
    base.requires_grad_(False)


def unfreeze_last(base):
    for part in (*base.blocks[-2:], base.conv_head):
        part.requires_grad_(True)
        yield from part.parameters()


# --- 4 Add a task head
def adapt(base, names):
    base.reset_classifier(0)  # the old head goes
    linear = nn.Linear(base.num_features, len(names))
    model = nn.Sequential()
    model.base = base
    model.head = nn.Sequential(nn.Dropout(0.2), linear)
    return model.to(DEVICE)


# --- 5 Train, and stop early
loss_of = nn.CrossEntropyLoss()  # of logits: no softmax


@torch.inference_mode()
def logits_of(model, batches):
    model.eval()
    pairs = [(model(x.to(DEVICE)).cpu(), y) for x, y in batches]
    return [torch.cat(part) for part in zip(*pairs)]


def fit(model, groups, train, val, epochs=12, patience=3):
    optimizer = torch.optim.AdamW(groups)
    best, waited = float("inf"), 0
    kept = copy.deepcopy(model.state_dict())
    for _ in range(epochs):
        model.eval()  # BatchNorm of the base stays as it came
        model.head.train()  # its dropout works
        losses = []
        for x, y in train:
            optimizer.zero_grad()
            loss = loss_of(model(x.to(DEVICE)), y.to(DEVICE))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        logits, y = logits_of(model, val)
        loss = loss_of(logits, y).item()
        share = (logits.argmax(1) == y).float().mean()
        print(f"loss {sum(losses) / len(losses):.3f}", end=", ")
        print(f"validation loss {loss:.3f}, accuracy {share:.3f}")
        waited += 1
        if loss < best:
            best, waited = loss, 0
            kept = copy.deepcopy(model.state_dict())
        if waited == patience:
            break
    model.load_state_dict(kept)  # the best epoch
    return best


# --- 6 Evaluate, keep what helped, save
def train(folder, weights=None):
    torch.manual_seed(0)
    base = pretrained(weights)
    data = ImageFolder(f"{folder}/train", transform(base, True))
    batches = DataLoader(data, batch_size=32, shuffle=True)
    val = ImageFolder(f"{folder}/val", transform(base))
    val = DataLoader(val, batch_size=64)
    names = data.classes

    print(f"guessing costs {math.log(len(names)):.3f}")
    model = adapt(base, names)
    freeze(base)
    head = {"params": list(model.head.parameters()), "lr": 3e-3}
    frozen = fit(model, [head], batches, val)
    before = copy.deepcopy(model.state_dict())
    last = {"params": unfreeze_last(base), "lr": 1e-4}  # slower
    tuned = fit(model, [{**head, "lr": 1e-3}, last], batches, val)
    print(f"frozen {frozen:.3f}, fine-tuned {tuned:.3f}")
    if tuned >= frozen:
        model.load_state_dict(before)  # not kept

    test = ImageFolder(f"{folder}/test", transform(base))
    logits, y = logits_of(model, DataLoader(test, batch_size=64))
    guesses = logits.argmax(1)
    print(classification_report(y, guesses, target_names=names))
    print(confusion_matrix(y, guesses))  # rows: true classes
    if len(names) == 2:
        shares = logits.softmax(1)[:, 1]
        print(f"AUC {roc_auc_score(y, shares):.3f}")
    about = {"classes": json.dumps(names)}
    save_file(model.state_dict(), SAVED, about)


# --- Use it
def predict(file):
    with safe_open(SAVED, "pt") as saved:
        names = json.loads(saved.metadata()["classes"])
    base = timm.create_model(NETWORK)  # SAVED has the weights
    image = transform(base)(Image.open(file).convert("RGB"))
    model = adapt(base, names)
    model.load_state_dict(load_file(SAVED))
    model.eval()
    with torch.inference_mode():
        shares = model(image[None].to(DEVICE)).softmax(1)[0]
    for name, share in zip(names, shares):
        print(f"{share:.2f}  {name}")


# --- Start it
if __name__ == "__main__":
    where, *weights = sys.argv[1:]
    if Path(where).is_dir():
        train(where, *weights)
    else:
        predict(where)
