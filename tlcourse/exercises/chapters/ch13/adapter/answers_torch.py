"""Answers to "Adapters for a new market", in PyTorch: right ones and wrong ones."""

# %% [right] a class around the network, no biases
import torch
from torch import nn


class Adapted(nn.Module):
    def __init__(self, network, narrow):
        super().__init__()
        self.network = network.requires_grad_(False)
        network.last.requires_grad_(True)
        wide = network.first.out_features
        self.down = nn.ParameterList([nn.Parameter(torch.randn(wide, narrow) * 0.1) for _ in range(2)])
        self.up = nn.ParameterList([nn.Parameter(torch.zeros(narrow, wide)) for _ in range(2)])

    def forward(self, x):
        for i, layer in enumerate((self.network.first, self.network.second)):
            x = layer(x).relu()
            x = x + (x @ self.down[i]).relu() @ self.up[i]
        return self.network.last(x)


def with_adapters(network, narrow):
    return Adapted(network, narrow)


# %% [right] hooks in the network itself
import torch
from torch import nn


def with_adapters(network, narrow):
    network.requires_grad_(False)
    network.last.requires_grad_(True)
    for name, wide in (("relu", network.first.out_features), ("relu_2", network.second.out_features)):
        down, up = nn.Linear(wide, narrow, bias=False), nn.Linear(narrow, wide)
        nn.init.zeros_(up.weight)
        nn.init.zeros_(up.bias)
        relu = getattr(network, name)
        relu.adapter = nn.Sequential(down, nn.GELU(), up)
        relu.register_forward_hook(lambda module, inputs, output: output + module.adapter(output))
    return network


# %% [right] copies of the layers
import copy
from torch import nn


class Beside(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def with_adapters(network, narrow):
    layers = []
    for name in ("first", "second"):
        old = copy.deepcopy(getattr(network, name))
        for p in old.parameters():
            p.requires_grad = False
        wide = old.out_features
        beside = Beside(nn.Linear(wide, narrow), nn.Tanh(), nn.Linear(narrow, wide, bias=False))
        beside[2].weight.data.zero_()
        layers += [old, nn.ReLU(), beside]
    return nn.Sequential(*layers, copy.deepcopy(network.last))


# %% [wrong] random at the start: "begin with zeros"
from torch import nn


class Adapter(nn.Module):
    def __init__(self, wide, narrow):
        super().__init__()
        self.down, self.up = nn.Linear(wide, narrow), nn.Linear(narrow, wide)

    def forward(self, x):
        return x + self.up(self.down(x).relu())


def with_adapters(network, narrow):
    network.first.requires_grad_(False)
    network.second.requires_grad_(False)
    wide = network.first.out_features
    return nn.Sequential(
        network.first,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.second,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.last,
    )


# %% [wrong] adapters stuck: "did not learn"
from torch import nn


class Adapter(nn.Module):
    def __init__(self, wide, narrow):
        super().__init__()
        self.down, self.up = nn.Linear(wide, narrow), nn.Linear(narrow, wide)
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, x):
        return x + self.up(self.down(x).relu())


def with_adapters(network, narrow):
    network.first.requires_grad_(False)
    network.second.requires_grad_(False)
    wide = network.first.out_features
    return nn.Sequential(
        network.first,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.second,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.last,
    )


# %% [wrong] nothing frozen: "old hidden layers among them"
from torch import nn


class Adapter(nn.Module):
    def __init__(self, wide, narrow):
        super().__init__()
        self.down, self.up = nn.Linear(wide, narrow), nn.Linear(narrow, wide)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        return x + self.up(self.down(x).relu())


def with_adapters(network, narrow):
    wide = network.first.out_features
    return nn.Sequential(
        network.first,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.second,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.last,
    )


# %% [wrong] no adapters: "no adapters that could learn"
def with_adapters(network, narrow):
    network.requires_grad_(False)
    network.last.requires_grad_(True)
    return network


# %% [wrong] last layer frozen: "Train both"
from torch import nn


class Adapter(nn.Module):
    def __init__(self, wide, narrow):
        super().__init__()
        self.down, self.up = nn.Linear(wide, narrow), nn.Linear(narrow, wide)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        return x + self.up(self.down(x).relu())


def with_adapters(network, narrow):
    network.requires_grad_(False)
    wide = network.first.out_features
    return nn.Sequential(
        network.first,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.second,
        nn.ReLU(),
        Adapter(wide, narrow),
        network.last,
    )


# %% [wrong] nothing passes: "adds"
from torch import nn


def with_adapters(network, narrow):
    network.requires_grad_(False)
    network.last.requires_grad_(True)
    wide = network.first.out_features

    def adapter():
        up = nn.Linear(narrow, wide)
        nn.init.zeros_(up.weight)
        nn.init.zeros_(up.bias)
        return nn.Sequential(nn.Linear(wide, narrow), nn.ReLU(), up)

    return nn.Sequential(
        network.first, nn.ReLU(), adapter(), network.second, nn.ReLU(), adapter(), network.last
    )


# %% [wrong] no network: "should give a network"
def with_adapters(network, narrow):
    return list(network.children())


# %% [wrong] another number of them: "have others"
from torch import nn


class Adapter(nn.Module):
    def __init__(self, wide, narrow):
        super().__init__()
        self.down, self.up = nn.Linear(wide, narrow), nn.Linear(narrow, wide)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        return x + self.up(self.down(x).relu())


def with_adapters(network, narrow):
    network.first.requires_grad_(False)
    network.second.requires_grad_(False)
    wide = network.first.out_features
    return nn.Sequential(
        network.first, nn.ReLU(), network.second, nn.ReLU(), Adapter(wide, narrow), network.last
    )


# %% [wrong] everything frozen
def with_adapters(network, narrow):
    return network.requires_grad_(False)


# %% [wrong] a new last layer
from torch import nn


def with_adapters(network, narrow):
    network.requires_grad_(False)
    network.last = nn.Linear(network.second.out_features, 1)
    return network
