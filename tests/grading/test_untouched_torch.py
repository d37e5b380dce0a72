"""What an answer lets PyTorch call at every turn ends with the answer's call."""

from __future__ import annotations

import pytest
import torch
from torch.nn.modules import module as hooks
from torch.optim import optimizer as optimizers
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from tlcourse.grading.sandbox.untouched import remember


class LyingFunctions(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return True if func is torch.equal else func(*args, **(kwargs or {}))


class LyingSums(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        seen = func(*args, **(kwargs or {}))
        return seen + 1 if func is torch.ops.aten.sum.default else seen


def _left(layer, *_):
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()


def _step(layer):
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    before = layer.weight.detach().clone()
    try:
        layer(torch.ones(1, 2)).sum().backward()
    except RuntimeError:  # a lie that has no gradient
        return None
    optimizer.step()
    return bool((layer.weight == before).any())


WAYS = {
    "a mode of functions": lambda: LyingFunctions().__enter__(),
    "two modes": lambda: (LyingFunctions().__enter__(), LyingFunctions().__enter__()),
    "a mode of operations": lambda: LyingSums().__enter__(),
    "a hook of all modules": lambda: hooks.register_module_forward_hook(lambda *_: torch.zeros(1, 2)),
    "a hook before all modules": lambda: hooks.register_module_forward_pre_hook(_left),
    "a hook of all optimizers": lambda: optimizers.register_optimizer_step_pre_hook(
        lambda optimizer, *_: optimizer.param_groups[0].update(lr=0.0)
    ),
    "a hook of new layers": lambda: hooks.register_module_parameter_registration_hook(
        lambda module, name, parameter: torch.nn.Parameter(parameter, requires_grad=False)
    ),
}


def _told():
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 2)
    return (
        torch.equal(torch.zeros(1), torch.ones(1)),
        float(torch.ones(3).sum()),
        layer(torch.ones(1, 2)).flatten().tolist(),
        _step(layer),
    )


@pytest.mark.parametrize("change", WAYS.values(), ids=WAYS)
def test_what_pytorch_calls_besides_is_put_back_each_time(change):
    before = _told()
    restore = remember().restore
    for _ in range(3):
        change()
        assert _told() != before
        restore()
        assert _told() == before


def test_hooks_and_modes_that_were_there_stay():
    handle = hooks.register_module_forward_hook(lambda *_: torch.full((1, 2), 7.0))
    with LyingFunctions():
        before = _told()
        restore = remember().restore
        hooks._global_forward_hooks.clear()
        LyingSums().__enter__()
        assert _told() != before
        restore()
        assert _told() == before
    handle.remove()
    assert _told()[2] != [7.0, 7.0]
