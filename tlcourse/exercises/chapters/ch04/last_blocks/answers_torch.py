"""Answers to "Open the last n blocks", in PyTorch: right ones and wrong ones."""


# %% [right] flags by name
def unfreeze_last(model, blocks, n):
    open_ = set(blocks[len(blocks) - n :])
    model.eval()
    for name, p in model.named_parameters():
        block, part = name.split(".")[:2]
        p.requires_grad = block == "classifier" or (block in open_ and part != "norm")


# %% [right] dropout works, BatchNorm stays
from torch import nn


def unfreeze_last(model, blocks, n):
    model.train()
    for p in model.parameters():
        p.requires_grad = False
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    for name in reversed(blocks):
        if n == 0:
            break
        n -= 1
        model.get_submodule(name).conv.weight.requires_grad = True
    for p in model.get_submodule("classifier").parameters():
        p.requires_grad = True


# %% [right] everything open, then closed from the front
from torch import nn


def unfreeze_last(model, blocks, n):
    model.requires_grad_(True).eval()
    for name in blocks[: len(blocks) - n]:
        model.get_submodule(name).requires_grad_(False)
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.requires_grad_(False)


# %% [wrong] minus zero: "because -0 is 0"
from torch import nn


def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[-n:]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)


# %% [wrong] counted from the input: "you counted from the input"
from torch import nn


def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[:n]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)


# %% [wrong] left open: "the call before had opened it"
from torch import nn


def unfreeze_last(model, blocks, n):
    model.eval()
    if n > 1:
        model.requires_grad_(False)
    for name in blocks[len(blocks) - n :]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)


# %% [wrong] BatchNorm opened: "unless you close those again"
def unfreeze_last(model, blocks, n):
    model.requires_grad_(False).eval()
    for name in blocks[len(blocks) - n :]:
        model.get_submodule(name).requires_grad_(True).train()
    model.classifier.requires_grad_(True)


# %% [wrong] the head was frozen: "the head does not train"
from torch import nn


def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[len(blocks) - n :]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))


# %% [wrong] one too many
from torch import nn


def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[len(blocks) - n - 1 :]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)


# %% [wrong] only one block
def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    if n:
        model.get_submodule(blocks[-n]).conv.requires_grad_(True)
    model.classifier.requires_grad_(True)


# %% [wrong] modes not set
from torch import nn


def unfreeze_last(model, blocks, n):
    model.train().requires_grad_(False)
    for name in blocks[len(blocks) - n :]:
        model.get_submodule(name).conv.requires_grad_(True)
    model.classifier.requires_grad_(True)
