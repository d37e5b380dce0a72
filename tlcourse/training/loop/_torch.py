"""The training loop in PyTorch: short enough to read in a lesson.

Examples
--------
>>> import numpy as np, torch
>>> from tlcourse.training import fit, predict
>>> rng = np.random.default_rng(0)
>>> labels = rng.integers(0, 2, 64)
>>> images = (labels[:, None, None, None] * 150 + rng.integers(0, 100, (64, 4, 4, 3))).astype(np.uint8)
>>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2))
>>> history = fit(model, (images, labels), epochs=10, lr=0.01, preprocess=lambda x: x / np.float32(127) - 1)
>>> history.steps
40
>>> history.last("accuracy") > 0.9
True
>>> predict(model, images, preprocess=lambda x: x / np.float32(127) - 1).shape
(64, 2)
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from tlcourse.frameworks.modes import evaluating
from tlcourse.training.examples import Examples
from tlcourse.training.history import History
from tlcourse.training.log import Clock, Log
from tlcourse.training.loop.inputs_torch import check_logits, make_lazy_weights, to_input
from tlcourse.training.optimizers._torch import make_optimizer
from tlcourse.training.progress import bar as progress_bar
from tlcourse.training.rates import factor_at
from tlcourse.training.recipe import Recipe
from tlcourse.training.trouble import not_finite, nothing_trainable

__all__ = ["fit", "forward"]


def fit(model: torch.nn.Module, train: Examples, val: Examples | None, recipe: Recipe) -> History:
    """Train ``model`` in place; see `tlcourse.training.fit`."""
    clock = Clock()
    device = _device_of_trainable(model)
    make_lazy_weights(model, train, recipe.preprocess)
    optimizer = make_optimizer(model, recipe)
    set_rates = _scheduled(optimizer, recipe)
    loss_of = recipe.loss or cross_entropy
    # Channels last in memory (shapes stay as they are): a third less time for a step on a CPU.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plan, log, best_weights, done = recipe.plan(len(train.labels)), Log(recipe.patience), None, 0

    # Dropout draws from torch's generator: seeded here, and put back as it was found.
    with torch.random.fork_rng(), progress_bar(plan.steps, "training", show=recipe.progress) as bar:
        torch.manual_seed(recipe.seed)
        model.train()
        for step, rows in enumerate(plan):
            x = to_input(train.inputs[rows], device, recipe.preprocess, recipe.augment, plan.generator(step))
            logits = model(x)
            if step == 0:
                check_logits(logits, train)
            y = _labels(train, rows, logits)
            loss = loss_of(logits, y)
            if not torch.isfinite(loss):
                model.eval()
                raise not_finite(loss.item(), step + 1, recipe.rate)
            optimizer.zero_grad()
            loss.backward()
            set_rates(step, plan.steps)
            optimizer.step()

            done = step + 1
            log.step(loss.item(), count_right(logits, y), y.numel())
            bar.update()
            if recipe.after_step is not None:
                recipe.after_step(done, model)
            if done % plan.per_epoch and done < plan.steps:
                continue

            # The end of an epoch: validate, and stop if it no longer gets better.
            scores = None if val is None else evaluate(model, val, loss_of, recipe)
            if scores is not None:
                bar.set_postfix_str(f"val accuracy {scores[1]:.2f}")
            if log.end_epoch(scores) and recipe.patience is not None:
                best_weights = copy.deepcopy(model.state_dict())
            if log.out_of_patience:
                break

    if best_weights is not None:
        model.load_state_dict(best_weights)
    model.eval()
    return log.close(clock, done, plan.steps)


def evaluate(
    model: torch.nn.Module, data: Examples, loss_of: Callable, recipe: Recipe
) -> tuple[float, float]:
    """Mean loss and accuracy in inference mode."""
    batch_size = max(recipe.batch_size, 64)
    total, right, seen = 0.0, 0, 0
    with evaluating(model) as device, torch.inference_mode():
        for start in range(0, len(data.labels), batch_size):
            rows = slice(start, start + batch_size)
            logits = model(to_input(data.inputs[rows], device, recipe.preprocess))
            y = _labels(data, rows, logits)
            total += float(loss_of(logits, y)) * y.numel()
            right += count_right(logits, y)
            seen += y.numel()
    return total / seen, right / seen


def forward(
    model: torch.nn.Module, images: np.ndarray, *, batch_size: int, preprocess: Any, bar: bool, title: str
) -> np.ndarray:
    """The model's outputs for uint8 images, float32 (N, ...), in inference mode."""
    answers = []
    with (
        evaluating(model) as device,
        torch.inference_mode(),
        progress_bar(len(images), title, show=bar, unit="image") as shown,
    ):
        for start in range(0, len(images), batch_size):
            batch = images[start : start + batch_size]
            answers.append(model(to_input(batch, device, preprocess)).float().cpu().numpy())
            shown.update(len(batch))
    return np.concatenate(answers)


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean over all labels: logits (N, C) and labels (N,), or (N, L, C) and (N, L).

    Examples
    --------
    >>> cross_entropy(torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)).exp().round().item()
    4.0
    """
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten())


def _device_of_trainable(model: torch.nn.Module) -> torch.device:
    trainable = next((p for p in model.parameters() if p.requires_grad), None)
    if trainable is None:
        raise nothing_trainable("torch")
    return trainable.device


def _scheduled(optimizer: torch.optim.Optimizer, recipe: Recipe) -> Callable[[int, int], None]:
    """A function of (step, number of steps) that sets the learning rates by the schedule, if there is one."""
    rates = [group["lr"] for group in optimizer.param_groups]

    def set_rates(step: int, steps: int) -> None:
        if recipe.schedule is not None:
            factor = factor_at(recipe.schedule, step, steps)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor

    return set_rates


def _labels(data: Examples, rows: Any, logits: torch.Tensor) -> torch.Tensor:
    """The labels of some rows, int64 (N,) or (N, L), where the logits are."""
    return torch.from_numpy(data.labels[rows]).to(logits.device)


def count_right(logits: torch.Tensor, labels: torch.Tensor) -> int:
    """How many labels have the largest logit."""
    return int((logits.argmax(-1) == labels).sum())
