"""PyTorch's optimizers over what is trainable in a model; see `tlcourse.training.optimizers`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.training.rates import LearningRate, rate_of_each
from tlcourse.training.recipe import Recipe

__all__ = ["make_optimizer"]


def make_optimizer(model: torch.nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimizer, over what is trainable and over nothing else; an object is used as it is.

    Raises
    ------
    UnknownNameError
        For a name other than adam and sgd.
    CourseError
        For an object made for other parameters than are trainable now.

    Examples
    --------
    >>> type(make_optimizer(torch.nn.Linear(2, 1), Recipe(steps=1))).__name__
    'AdamW'
    """
    if isinstance(recipe.optimizer, torch.optim.Optimizer):
        check_held(model, recipe.optimizer, recipe.loss)
        return recipe.optimizer
    trainable, rate, decay = rate_groups(model, recipe.lr), recipe.rate, recipe.weight_decay
    if recipe.optimizer == "adam":
        # AdamW with no decay is Adam. Keras' epsilon, so that both frameworks take the same steps.
        return torch.optim.AdamW(trainable, lr=rate, weight_decay=decay, eps=1e-7)
    if recipe.optimizer == "sgd":
        return DecoupledSGD(trainable, lr=rate, momentum=0.9, decay=decay)
    raise UnknownNameError("optimizer", recipe.optimizer, ("adam", "sgd"))


def rate_groups(model: torch.nn.Module, lr: LearningRate) -> list[Any]:
    """What trains, as an optimizer takes it: parameters, or groups of them, each with its rate.

    Examples
    --------
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    >>> [(len(group["params"]), group["lr"]) for group in rate_groups(model, {"0": 1e-4, "1": 1e-3})]
    [(2, 0.0001), (2, 0.001)]
    """
    if not isinstance(lr, Mapping):
        return [p for p in model.parameters() if p.requires_grad]
    parameters = dict(model.named_parameters())
    of_rate: dict[float, list[torch.nn.Parameter]] = {}
    for name, rate in rate_of_each(model, lr).items():
        of_rate.setdefault(rate, []).append(parameters[name])
    return [{"params": members, "lr": rate} for rate, members in of_rate.items()]


class DecoupledSGD(torch.optim.SGD):
    """SGD with momentum whose weight decay stays out of the momentum, as in Keras.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 1.
    """

    def __init__(self, params: Any, lr: float, momentum: float, decay: float) -> None:
        super().__init__(params, lr=lr, momentum=momentum)
        self.decay = decay

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Shrink the weights by lr * decay, then take SGD's step."""
        if self.decay:
            for group in self.param_groups:
                for p in group["params"]:
                    p.mul_(1 - group["lr"] * self.decay)
        return super().step(closure)


def check_held(model: torch.nn.Module, optimizer: torch.optim.Optimizer, loss: Any = None) -> None:
    """Refuse an optimizer that does not hold all that trains, or that belongs to a different model.

    A loss with parameters of its own may be trained along.

    Raises
    ------
    CourseError
        It names the parameters.
    """
    parameters = {id(p): p for group in optimizer.param_groups for p in group["params"]}
    trainable = [name for name, p in model.named_parameters() if p.requires_grad]
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in parameters]
    again = (
        "Make it after freezing and unfreezing: torch.optim.Adam(p for p in model.parameters() "
        "if p.requires_grad)."
    )
    if len(missing) == len(trainable):
        raise CourseError("The optimizer holds none of the model's trainable parameters.", again)
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise CourseError(
            f"The optimizer does not hold {', '.join(missing[:3])}{more}, so training would leave them as"
            " they are, though they are unfrozen.",
            f"{again} Or freeze what is to stay.",
        )
    own = {id(p) for p in model.parameters()}
    if isinstance(loss, torch.nn.Module):
        own |= {id(p) for p in loss.parameters()}
    strange = [p for one, p in parameters.items() if one not in own]
    if strange:
        raise CourseError(
            f"The optimizer holds {len(strange)} parameters that this model does not have, the first of "
            f"shape {tuple(strange[0].shape)}.",
            f"It was made for a different model, or before a part was replaced. {again}",
        )
