"""Answers to "Open a block in mid-training", in PyTorch: right ones and wrong ones."""

# %% [right] a new optimizer with two groups
import torch


def open_block(model, optimizer, name, lr):
    block = getattr(model, name)
    for p in block.parameters():
        p.requires_grad = True
    groups = [
        {"params": model.classifier.parameters(), "lr": optimizer.param_groups[0]["lr"]},
        {"params": block.parameters(), "lr": lr},
    ]
    return torch.optim.SGD(groups, lr=lr, momentum=0.9)


# %% [right] in place, nothing returned
def open_block(model, optimizer, name, lr):
    params = [p for n, p in model.named_parameters() if n.startswith(name + ".")]
    for p in params:
        p.requires_grad_()
    optimizer.add_param_group(dict(params=params, lr=lr))


# %% [right] the rate last
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name)
    block.requires_grad_(True)
    optimizer.add_param_group({"params": block.parameters()})
    optimizer.param_groups[-1]["lr"] = lr
    return optimizer


# %% [right] one group for each array
def open_block(model, optimizer, name, lr):
    for parameter in model.get_submodule(name).parameters():
        parameter.requires_grad = True
        optimizer.add_param_group({"params": [parameter], "lr": lr})
    return optimizer


# %% [right] Adam with two groups
import torch


def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    head_lr = optimizer.param_groups[0]["lr"]
    return torch.optim.Adam(
        [{"params": block.parameters(), "lr": lr}, {"params": model.classifier.parameters(), "lr": head_lr}]
    )


# %% [right] Nesterov's momentum, weight decay
import torch


def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    head = {"params": model.classifier.parameters(), "lr": optimizer.param_groups[0]["lr"]}
    body = {"params": block.parameters(), "lr": lr}
    return torch.optim.SGD([head, body], momentum=0.9, nesterov=True, weight_decay=1e-2)


# %% [wrong] not told to the optimizer: "is trainable now, but"
def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    return optimizer


# %% [wrong] another rate: "and you were given"
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": list(block.parameters())})
    return optimizer


# %% [wrong] the head was left out: "The head no longer trains"
import torch


def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    return torch.optim.SGD(block.parameters(), lr=lr, momentum=0.9)


# %% [wrong] too much was opened: "trains as well"
def open_block(model, optimizer, name, lr):
    model.requires_grad_(True)
    head = {id(p) for p in model.classifier.parameters()}
    rest = [p for p in model.parameters() if id(p) not in head]
    optimizer.add_param_group({"params": rest, "lr": lr})
    return optimizer


# %% [wrong] the head's rate changed: "It had a rate of its own"
import torch


def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr, momentum=0.9)


# %% [wrong] still frozen: "it is still frozen"
def open_block(model, optimizer, name, lr):
    optimizer.add_param_group({"params": list(model.get_submodule(name).parameters()), "lr": lr})
    return optimizer


# %% [wrong] the step is changed on the way, and the optimizer says otherwise
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    for p in block.parameters():
        p.register_hook(lambda g: 5 * g)
    optimizer.add_param_group({"params": list(block.parameters()), "lr": lr})
    return optimizer


# %% [wrong] nothing done
def open_block(model, optimizer, name, lr):
    print(name)


# %% [wrong] the groups instead of the optimizer
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": list(block.parameters()), "lr": lr})
    return optimizer.param_groups


# %% [wrong] the head added twice
def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": [p for p in model.parameters() if p.requires_grad], "lr": lr})
    return optimizer


# %% [wrong] rates multiplied
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group(
        {"params": list(block.parameters()), "lr": lr * optimizer.param_groups[0]["lr"]}
    )
    return optimizer


# %% [wrong] a name that is not there
def open_block(model, optimizer, name, lr):
    model.get_submodule("head." + name)
