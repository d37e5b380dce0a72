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
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.models.layers._torch import is_lazy
from tlcourse.training.batches import Examples, Plan, as_batch, check_outputs, is_tokens
from tlcourse.training.head import Head, head_start
from tlcourse.training.history import History
from tlcourse.training.progress import bar as progress_bar
from tlcourse.training.rates import LearningRate, Schedule, factor_at, highest, rate_of_each
from tlcourse.training.trouble import not_finite, nothing_trainable, wrong_output


def fit(
    model: torch.nn.Module,
    train: Examples,
    val: Examples | None,
    *,
    steps: int | None,
    epochs: int | None,
    batch_size: int,
    lr: LearningRate,
    schedule: Schedule | None,
    optimizer: Any,
    weight_decay: float,
    preprocess: Any,
    patience: int | None,
    seed: int,
    progress: bool,
    loss: Callable | None,
    augment: Any,
    after_step: Callable[[int, Any], None] | None = None,
) -> History:
    """Train ``model`` in place; see `tlcourse.training.fit` for the arguments."""
    started, started_cpu = time.perf_counter(), time.process_time()
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise nothing_trainable("torch")
    make_lazy_weights(model, train, preprocess)
    if isinstance(optimizer, torch.optim.Optimizer):
        check_held(model, optimizer, loss)
    optimizer = make_optimizer(optimizer, rate_groups(model, lr), highest(lr), weight_decay)
    rates = [group["lr"] for group in optimizer.param_groups]
    loss_of = loss or cross_entropy
    device = trainable[0].device
    # Channels last in memory (shapes stay as they are): a third less time for a step on a CPU.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plan = Plan(len(train.labels), batch_size, steps=steps, epochs=epochs, seed=seed)
    history: dict[str, list[float]] = {"loss": [], "accuracy": []}
    best_loss, best_epoch, best_weights, stopped = float("inf"), None, None, None
    done = seen = right = 0
    total = 0.0

    # Dropout draws from torch's generator: seeded here, and put back as it was found.
    with torch.random.fork_rng(), progress_bar(plan.steps, "training", show=progress) as bar:
        torch.manual_seed(seed)
        model.train()
        for rows in plan:
            rng = np.random.default_rng([seed, done, 1])
            x = to_input(train.inputs[rows], device, preprocess, augment, rng)
            logits = model(x)
            if done == 0:
                check_logits(logits, train)
            y = labels_of(train, rows, logits)
            value = loss_of(logits, y)
            if not torch.isfinite(value):
                model.eval()
                raise not_finite(value.item(), done + 1, highest(lr))
            optimizer.zero_grad()
            value.backward()
            if schedule is not None:
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * factor_at(schedule, done, plan.steps)
            optimizer.step()

            done += 1
            seen += y.numel()
            total += value.item() * y.numel()
            right += int((logits.argmax(-1) == y).sum())
            bar.update()
            if after_step is not None:
                after_step(done, model)
            if done % plan.per_epoch and done < plan.steps:
                continue

            # The end of an epoch: note how it went, validate, and stop if it no longer gets better.
            history["loss"].append(total / seen)
            history["accuracy"].append(right / seen)
            seen, right, total = 0, 0, 0.0
            if val is None:
                continue
            val_loss, val_accuracy = evaluate(model, val, loss_of, preprocess, max(batch_size, 64))
            history.setdefault("val_loss", []).append(val_loss)
            history.setdefault("val_accuracy", []).append(val_accuracy)
            bar.set_postfix_str(f"val accuracy {val_accuracy:.2f}")
            epoch = len(history["loss"])
            if val_loss < best_loss:
                best_loss, best_epoch = val_loss, epoch
                if patience is not None:
                    best_weights = copy.deepcopy(model.state_dict())
            elif patience is not None and epoch - (best_epoch or 0) >= patience:
                stopped = epoch if done < plan.steps else None
                break
            model.train()

    if best_weights is not None:
        model.load_state_dict(best_weights)
    model.eval()
    return History(
        history,
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - started_cpu,
        steps=done,
        stopped_epoch=stopped,
        best_epoch=best_epoch,
    )


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
    return [{"params": held, "lr": rate} for rate, held in of_rate.items()]


def make_lazy_weights(model: torch.nn.Module, train: Examples, preprocess: Any) -> None:
    """Let lazy layers make their weights, by two of the images; nothing happens without such layers."""
    if not any(is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers())):
        return
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    was_training = [m for m in model.modules() if m.training]
    model.eval()
    try:
        with torch.no_grad():
            model(to_input(train.inputs[:2], device, preprocess))
    except Exception as error:
        raise CourseError(
            f"The lazy layers of the {type(model).__name__} have no weights yet, and its first batch stops "
            f"with {type(error).__name__}: {error}.",
            "Call the model on one batch by itself first, model(x).",
        ) from error
    finally:
        for module in was_training:
            module.training = True


def check_held(model: torch.nn.Module, optimizer: torch.optim.Optimizer, loss: Any = None) -> None:
    """Refuse an optimizer that would leave trainable parameters as they are, or that is of another model.

    A loss with parameters of its own may be trained along.

    Raises
    ------
    CourseError
        It names the parameters.
    """
    held = {id(p): p for group in optimizer.param_groups for p in group["params"]}
    trainable = [name for name, p in model.named_parameters() if p.requires_grad]
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in held]
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
    strange = [p for one, p in held.items() if one not in own]
    if strange:
        raise CourseError(
            f"The optimizer holds {len(strange)} parameters that this model does not have, the first of "
            f"shape {tuple(strange[0].shape)}.",
            f"It was made for another model, or before a part was replaced. {again}",
        )


def make_optimizer(
    optimizer: str | torch.optim.Optimizer,
    trainable: list[Any],
    lr: float,
    weight_decay: float,
) -> torch.optim.Optimizer:
    """An optimizer over what is trainable, and over nothing else; an optimizer object is used as it is.

    Raises
    ------
    UnknownNameError
        For a name other than adam and sgd.

    Examples
    --------
    >>> weight = torch.nn.Parameter(torch.zeros(3))
    >>> type(make_optimizer("adam", [weight], 1e-3, 0.0)).__name__
    'AdamW'
    """
    if isinstance(optimizer, torch.optim.Optimizer):
        return optimizer
    if optimizer == "adam":
        # AdamW with no decay is Adam. Keras' epsilon, so that both frameworks take the same steps.
        return torch.optim.AdamW(trainable, lr=lr, weight_decay=weight_decay, eps=1e-7)
    if optimizer == "sgd":
        return DecoupledSGD(trainable, lr=lr, momentum=0.9, decay=weight_decay)
    raise UnknownNameError("optimizer", optimizer, ("adam", "sgd"))


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


def evaluate(
    model: torch.nn.Module, data: Examples, loss_of: Callable, preprocess: Any, batch_size: int
) -> tuple[float, float]:
    """Mean loss and accuracy in inference mode."""
    device = next(model.parameters()).device
    total, right, seen = 0.0, 0, 0
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(data.labels), batch_size):
            rows = slice(start, start + batch_size)
            logits = model(to_input(data.inputs[rows], device, preprocess))
            y = labels_of(data, rows, logits)
            total += float(loss_of(logits, y)) * y.numel()
            right += int((logits.argmax(-1) == y).sum())
            seen += y.numel()
    return total / seen, right / seen


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean over all labels: logits (N, C) and labels (N,), or (N, L, C) and (N, L).

    Examples
    --------
    >>> cross_entropy(torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)).exp().round().item()
    4.0
    """
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten())


def labels_of(data: Examples, rows: Any, logits: torch.Tensor) -> torch.Tensor:
    """The labels of some rows, int64 (N,) or (N, L)."""
    return torch.from_numpy(data.labels[rows]).to(logits.device)


def forward(
    model: torch.nn.Module, images: np.ndarray, *, batch_size: int, preprocess: Any, bar: bool, title: str
) -> np.ndarray:
    """What the model says of uint8 images, float32 (N, ...), in inference mode."""
    was_training = [m for m in model.modules() if m.training]
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    answers = []
    model.eval()
    try:
        with torch.inference_mode(), progress_bar(len(images), title, show=bar, unit="image") as shown:
            for batch in _slices(images, batch_size):
                answers.append(model(to_input(batch, device, preprocess)).float().cpu().numpy())
                shown.update(len(batch))
    finally:
        # Module by module: model.train() would also wake the ones that were asleep.
        for module in was_training:
            module.training = True
    return np.concatenate(answers)


def fit_head(
    features: np.ndarray,
    labels: np.ndarray,
    num_classes: int,
    *,
    steps: int,
    batch_size: int,
    lr: float,
    weight_decay: float,
    optimizer: str,
    seed: int,
) -> Head:
    """Train a linear head; see `tlcourse.training.fit_head`.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]] * 8, np.float32)
    >>> head = fit_head(x, np.array([0, 1] * 8), 2, steps=50, batch_size=8, lr=0.1, weight_decay=0.0,
    ...                 optimizer="adam", seed=0)
    >>> head.predict(x).argmax(1)[:4].tolist()
    [0, 1, 0, 1]
    """
    started, started_cpu = time.perf_counter(), time.process_time()
    weights = torch.nn.Parameter(torch.from_numpy(head_start(features.shape[1], num_classes, seed)))
    bias = torch.nn.Parameter(torch.zeros(num_classes))
    update = make_optimizer(optimizer, [weights, bias], lr, weight_decay)
    x, y = torch.from_numpy(features), torch.from_numpy(labels)
    total, right, seen = 0.0, 0, 0
    for step, rows in enumerate(Plan(len(labels), batch_size, steps=steps, epochs=None, seed=seed), 1):
        logits = x[rows] @ weights + bias
        value = F.cross_entropy(logits, y[rows])
        if not torch.isfinite(value):
            raise not_finite(value.item(), step, lr)
        update.zero_grad()
        value.backward()
        update.step()
        total += value.item() * len(rows)
        right += int((logits.argmax(1) == y[rows]).sum())
        seen += len(rows)
    history = History(
        {"loss": [total / seen], "accuracy": [right / seen]},
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - started_cpu,
        steps=steps,
    )
    return Head(weights.detach().numpy(), bias.detach().numpy(), "torch", history)


def to_input(
    images: np.ndarray,
    device: torch.device,
    preprocess: Any,
    augment: Any = None,
    rng: np.random.Generator | None = None,
) -> torch.Tensor:
    """What the model reads: a uint8 batch (N, H, W, 3) as (N, 3, H, W), or tokens int64 (N, L)."""
    if is_tokens(images):
        # Whole: which token fills a text up, if any, is the model's to know.
        return torch.from_numpy(images.astype(np.int64)).to(device)
    x = as_batch(images, "torch", preprocess, augment, rng)
    if not isinstance(x, torch.Tensor):
        # A learner's own function works on numpy's channels-last layout; torch wants them second.
        x = torch.from_numpy(np.ascontiguousarray(np.asarray(x, np.float32).transpose(0, 3, 1, 2)))
    return x.to(device, memory_format=torch.channels_last)


def check_logits(logits: torch.Tensor, train: Examples) -> None:
    """Refuse an output that is not (N, C), or a C that the labels do not fit; (N, L, C) for (N, L)."""
    if not isinstance(logits, torch.Tensor) or logits.ndim != train.labels.ndim + 1:
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise wrong_output(shape, train.labels.ndim)
    check_outputs(logits.shape[-1], train, "train")


def _slices(images: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(images), batch_size):
        yield images[start : start + batch_size]
