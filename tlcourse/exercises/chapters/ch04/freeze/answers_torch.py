"""Answers to "Freeze, and mean it", in PyTorch: right ones and wrong ones."""


# %% [right] block by block, layer by layer
def freeze(model, frozen):
    for name, block in model.named_children():
        block.train(name not in frozen)
        for p in block.parameters():
            p.requires_grad = name not in frozen


# %% [right] all modules
from torch import nn


def is_in(name, frozen):
    return any(name == f or name.startswith(f + ".") for f in frozen)


def freeze(model, frozen):
    for name, module in model.named_modules():
        module.training = not is_in(name, frozen)
    for name, p in model.named_parameters():
        p.requires_grad_(not is_in(name, frozen))
    return model


# %% [right] apply
def freeze(model, frozen):
    def close(module):
        module.eval()
        for p in module.parameters():
            p.requires_grad = False

    model.train().requires_grad_()
    [model.get_submodule(name).apply(close) for name in frozen]


# %% [wrong] BatchNorm statistics moved: "No gradient moves these"
def freeze(model, frozen):
    model.requires_grad_(True)
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
    model.train()


# %% [wrong] weights moved: "weights of frozen blocks"
def freeze(model, frozen):
    model.train()
    for name in frozen:
        model.get_submodule(name).eval()


# %% [wrong] BatchNorm left trainable: "weights like others"
from torch import nn


def freeze(model, frozen):
    model.requires_grad_(True)
    model.train()
    for name in frozen:
        block = model.get_submodule(name)
        block.eval()
        for layer in block:
            if isinstance(layer, nn.Conv2d):
                layer.requires_grad_(False)


# %% [wrong] dropout switched off: "dropout was switched off"
def freeze(model, frozen):
    model.requires_grad_(True)
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
    model.eval()


# %% [wrong] the head was frozen: "the head had not moved"
def freeze(model, frozen):
    model.requires_grad_(False)
    model.eval()


# %% [wrong] nothing is opened again: "this one has to open them again"
def freeze(model, frozen):
    model.train()
    for name in frozen:
        model.get_submodule(name).requires_grad_(False).eval()


# %% [wrong] freezes what is not in the list
def freeze(model, frozen):
    for name, block in model.named_children():
        block.requires_grad_(name in frozen).train(name in frozen)


# %% [wrong] an attribute that does not exist
def freeze(model, frozen):
    for name in frozen:
        model.get_submodule(name).trainable = False


# %% [wrong] a copy is frozen
import copy


def freeze(model, frozen):
    new = copy.deepcopy(model)
    for name in frozen:
        new.get_submodule(name).requires_grad_(False).eval()
    return new
