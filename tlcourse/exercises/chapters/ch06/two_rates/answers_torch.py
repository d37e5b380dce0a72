"""Answers to "One step, two rates", in PyTorch: right ones and wrong ones."""

# %% [right] two optimizers
import torch


def step(model, images, labels, body_lr, head_lr):
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    head = list(model.classifier.parameters())
    known = {id(p) for p in head}
    torch.optim.SGD([p for p in model.parameters() if id(p) not in known], lr=body_lr).step()
    torch.optim.SGD(head, lr=head_lr).step()


# %% [right] by hand
import torch


def step(model, images, labels, body_lr, head_lr):
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    with torch.no_grad():
        for name, p in model.named_parameters():
            p -= (head_lr if "classifier" in name else body_lr) * p.grad
    return loss.item()


# %% [right] torch.autograd
import torch


def step(model, images, labels, body_lr, head_lr):
    names, ps = zip(*model.named_parameters())
    gs = torch.autograd.grad(torch.nn.CrossEntropyLoss()(model(images), labels), ps)
    for name, p, g in zip(names, ps, gs):
        p.data.add_(g, alpha=-(head_lr if name.startswith("classifier") else body_lr))
    return model


# %% [wrong] one rate for all: "Both have the same rate"
import torch


def step(model, images, labels, body_lr, head_lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=head_lr)
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()


# %% [wrong] swapped: "have changed places"
import torch


def step(model, images, labels, body_lr, head_lr):
    head = list(model.classifier.parameters())
    body = [p for name, p in model.named_parameters() if not name.startswith("classifier")]
    optimizer = torch.optim.SGD([{"params": body, "lr": head_lr}, {"params": head, "lr": body_lr}])
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()


# %% [wrong] body left out: "it has a small rate, not none"
import torch


def step(model, images, labels, body_lr, head_lr):
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=head_lr)
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()


# %% [wrong] nothing done
def step(model, images, labels, body_lr, head_lr):
    return model


# %% [wrong] the head's bias at the other rate
import torch


def step(model, images, labels, body_lr, head_lr):
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    for name, p in model.named_parameters():
        p.data -= (head_lr if name == "classifier.weight" else body_lr) * p.grad


# %% [wrong] part left out: "Part of it did not move"
import torch


def step(model, images, labels, body_lr, head_lr):
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    body = {"params": model.stem.parameters(), "lr": body_lr}
    torch.optim.SGD([body, {"params": model.classifier.parameters(), "lr": head_lr}]).step()


# %% [wrong] two steps
import torch


def step(model, images, labels, body_lr, head_lr):
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    body = [*model.stem.parameters(), *model.block1.parameters()]
    head = {"params": model.classifier.parameters(), "lr": head_lr}
    optimizer = torch.optim.SGD([{"params": body, "lr": body_lr}, head])
    optimizer.step()
    optimizer.step()


# %% [wrong] Adam
import torch


def step(model, images, labels, body_lr, head_lr):
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    body = [*model.stem.parameters(), *model.block1.parameters()]
    head = {"params": model.classifier.parameters(), "lr": head_lr}
    torch.optim.Adam([{"params": body, "lr": body_lr}, head]).step()
