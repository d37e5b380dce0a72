"""Answers to "The most confident mistakes", in PyTorch: right ones and wrong ones."""

# %% [right] a loss that counts right ones out
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    was = model.training
    confidence, said = model.eval()(images).softmax(-1).max(-1)
    model.train(was)
    confidence[said == labels] = -1
    return confidence.topk(n).indices


# %% [right] a sorted list
import torch


def worst(model, images, labels, n):
    model.eval()
    found = []
    with torch.inference_mode():
        for row, (image, label) in enumerate(zip(images, labels, strict=True)):
            p = torch.softmax(model(image[None])[0], dim=0)
            if p.argmax() != label:
                found.append((-float(p.max()), row))
    return [row for _, row in sorted(found)[:n]]


# %% [wrong] in training mode: "Look at it in evaluation mode"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    confidence, said = model(images).softmax(-1).max(-1)
    confidence[said == labels] = -1
    return confidence.topk(n).indices


# %% [wrong] another order: "the most confident mistake comes first"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    confidence, said = model.eval()(images).softmax(-1).max(-1)
    confidence[said == labels] = -1
    return confidence.argsort()[-n:]


# %% [wrong] the least confident: "least confident"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    confidence, said = model.eval()(images).softmax(-1).max(-1)
    confidence[said == labels] = 2
    return confidence.argsort()[:n]


# %% [wrong] sorted by the true class: "probability of the true class"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    p = model.eval()(images).softmax(-1)
    true = p[torch.arange(len(labels)), labels]
    true[p.argmax(1) == labels] = 2
    return true.argsort()[:n]


# %% [wrong] not sorted: "in the order of the images"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    return (model.eval()(images).argmax(1) != labels).nonzero()[:n, 0]


# %% [wrong] right ones among them: "is no mistake"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    return model.eval()(images).softmax(-1).amax(-1).topk(n).indices


# %% [wrong] confidences in place of rows: "Row numbers are whole numbers"
import torch


@torch.no_grad()
def worst(model, images, labels, n):
    confidence, said = model.eval()(images).softmax(-1).max(-1)
    return confidence[said != labels].topk(n).values
