"""Answers to "Where few are ill", in PyTorch: right ones and wrong ones."""

# %% [right] odds
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return odds / (1 + odds)


# %% [right] both classes reweighted
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    ill, healthy = p * here / trained, (1 - p) * (1 - here) / (1 - trained)
    return ill / (ill + healthy)


# %% [right] logits moved before the softmax
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.inference_mode():
        logits = model(images)
    weights = torch.tensor([(1 - here) / (1 - trained), here / trained])
    return (logits + weights.log()).softmax(-1)[:, 1].tolist()


# %% [wrong] not corrected: "still believes"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    return p


# %% [wrong] shares exchanged: "went up"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * (trained / (1 - trained)) / (here / (1 - here))
    return odds / (1 + odds)


# %% [wrong] the probability multiplied: "Multiply the odds"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    return p * here / trained


# %% [wrong] one half taken for granted: "half were ill"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * here / (1 - here)
    return odds / (1 + odds)


# %% [wrong] shares in place of odds: "Odds go with odds"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * here / trained
    return odds / (1 + odds)


# %% [wrong] the other class: "probabilities of class 0"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return 1 / (1 + odds)


# %% [wrong] training mode: "in training mode"
import torch


def probabilities_here(model, images, trained, here):
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return odds / (1 + odds)


# %% [wrong] not a probability for each scan: "One probability for each"
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return torch.stack([1 / (1 + odds), odds / (1 + odds)], dim=1)


# %% [wrong] odds returned
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    return p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))


# %% [wrong] the mean of two
import torch


def probabilities_here(model, images, trained, here):
    model.eval()
    with torch.no_grad():
        p = model(images).softmax(dim=1)[:, 1]
    return (p + here) / 2
