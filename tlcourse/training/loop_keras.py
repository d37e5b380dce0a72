"""Training in Keras: ``compile`` and ``model.fit``, fed with the course's own batches.

Examples
--------
>>> import keras, numpy as np
>>> from tlcourse.training import fit, predict
>>> rng = np.random.default_rng(0)
>>> labels = rng.integers(0, 2, 64)
>>> images = (labels[:, None, None, None] * 150 + rng.integers(0, 100, (64, 4, 4, 3))).astype(np.uint8)
>>> model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
>>> history = fit(model, (images, labels), epochs=10, lr=0.01, preprocess=lambda x: x / np.float32(127) - 1)
>>> history.steps
40
>>> history.last("accuracy") > 0.9
True
>>> predict(model, images, preprocess=lambda x: x / np.float32(127) - 1).shape
(64, 2)
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Both before TensorFlow is imported: otherwise its log lines end up in the notebook.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np

from tlcourse.errors import CourseError, ShapeError, UnknownNameError
from tlcourse.models.layers._keras import named_variables
from tlcourse.training.batches import Examples, Plan, as_batch, check_outputs, is_tokens
from tlcourse.training.head import Head, head_start
from tlcourse.training.history import History
from tlcourse.training.layerwise_keras import LayerwiseAdam, LayerwiseSGD
from tlcourse.training.progress import bar as progress_bar
from tlcourse.training.rates import LearningRate, Schedule, factor_at, highest, rate_of_each
from tlcourse.training.trouble import not_finite, nothing_trainable, wrong_output


def fit(
    model: keras.Model,
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
    loss: Any,
    augment: Any,
    after_step: Callable[[int, Any], None] | None = None,
) -> History:
    """Train ``model`` in place; see `tlcourse.training.fit` for the arguments."""
    started, started_cpu = time.perf_counter(), time.process_time()
    check_model(model, train, preprocess)
    plan = Plan(len(train.labels), batch_size, steps=steps, epochs=epochs, seed=seed)

    raised: list[Exception] = []

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        try:
            yield from training_batches(train, plan, preprocess, augment)
        except Exception as error:
            # TensorFlow would wrap it in pages of its own; kept, it is raised again as it was.
            raised.append(error)
            raise

    seed_dropout(model, seed)
    model.compile(
        optimizer=make_optimizer(optimizer, lr, weight_decay, model),
        # The models give logits, as in PyTorch; Keras' default would take them for probabilities.
        loss=loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        # XLA compiles for longer than a short run on a CPU takes.
        jit_compile=False,
    )
    build_optimizer(model)
    callbacks: list[keras.callbacks.Callback] = []
    stopping = None
    if patience is not None:
        stopping = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
        callbacks.append(stopping)
    if schedule is not None:
        callbacks.append(Scheduled(schedule, plan.steps, model.optimizer))
    if after_step is not None:
        callbacks.append(AfterStep(after_step))
    with progress_bar(plan.steps, "training", show=progress) as bar:
        guard = Guard(plan.steps, highest(lr), bar)
        try:
            fitted = model.fit(
                batches(),
                steps_per_epoch=plan.per_epoch,
                shuffle=False,
                epochs=plan.epochs,
                validation_data=None if val is None else Batches(val, preprocess, max(batch_size, 64)),
                callbacks=[*callbacks, guard],
                verbose=0,
            )
        except Exception:
            if raised:
                raise raised[0] from None
            raise
    history = columns(fitted)
    val_loss = history.get("val_loss")
    return History(
        history,
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - started_cpu,
        steps=guard.done,
        stopped_epoch=len(history["loss"]) if stopping is not None and guard.done < plan.steps else None,
        best_epoch=int(np.argmin(val_loss)) + 1 if val_loss else None,
    )


def training_batches(
    data: Examples, plan: Plan, preprocess: Any, augment: Any = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of a plan as the model reads them (see `to_input`), with int64 labels (N,) or (N, L)."""
    for step, rows in enumerate(plan):
        rng = np.random.default_rng([plan.seed, step, 1])
        yield to_input(data.inputs[rows], preprocess, augment, rng), data.labels[rows]


class Guard(keras.callbacks.Callback):
    """Counts the steps, moves the bar, stops at the last step and refuses a loss that is not finite."""

    def __init__(self, steps: int, lr: float, bar: Any) -> None:
        super().__init__()
        self.steps, self.lr, self.bar, self.done = steps, lr, bar, 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """After each step. Keras reports the mean over the epoch: NaN once one of its losses was."""
        self.done += 1
        self.bar.update()
        value = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(value):
            raise not_finite(value, self.done, self.lr)
        if self.done == self.steps:
            # A number of steps need not fill the last epoch.
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """After each epoch."""
        if logs and "val_accuracy" in logs:
            self.bar.set_postfix_str(f"val accuracy {logs['val_accuracy']:.2f}")


class AfterStep(keras.callbacks.Callback):
    """Calls a function with the number of steps done and the model, after each step."""

    def __init__(self, function: Callable[[int, Any], None]) -> None:
        super().__init__()
        self.function, self.done = function, 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """After each step."""
        self.done += 1
        self.function(self.done, self.model)


class Scheduled(keras.callbacks.Callback):
    """Before each step, multiplies the optimizer's rate by what the schedule says."""

    def __init__(self, schedule: Schedule, steps: int, optimizer: keras.optimizers.Optimizer) -> None:
        super().__init__()
        if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            raise CourseError(
                "The optimizer has a schedule of its own, and schedule= was given as well.",
                "Keep one of them: keras.optimizers.Adam(1e-3) with schedule=, or leave schedule out.",
            )
        self.schedule, self.steps, self.done = schedule, steps, 0
        self.rate = float(optimizer.learning_rate)

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Set the rate of this step."""
        self.model.optimizer.learning_rate = self.rate * factor_at(self.schedule, self.done, self.steps)
        self.done += 1


class Batches(keras.utils.PyDataset):
    """Examples in their own order, preprocessed batch by batch, for validation."""

    def __init__(self, data: Examples, preprocess: Any, batch_size: int) -> None:
        super().__init__()
        self.data, self.preprocess, self.batch_size = data, preprocess, batch_size

    def __len__(self) -> int:
        return -(-len(self.data.labels) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return to_input(self.data.inputs[rows], self.preprocess), self.data.labels[rows]


def make_optimizer(
    optimizer: Any, lr: LearningRate, weight_decay: float, model: keras.Model | None = None
) -> keras.optimizers.Optimizer:
    """A Keras optimizer by name; an optimizer object is used as it is.

    Rates for groups of layers need the model.

    Raises
    ------
    UnknownNameError
        For a name other than adam and sgd.

    Examples
    --------
    >>> type(make_optimizer("sgd", 0.1, 0.0)).__name__
    'SGD'
    """
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return optimizer
    decay = weight_decay or None
    if isinstance(lr, Mapping) and optimizer in ("adam", "sgd"):
        factors = factors_of(model, lr)
        if optimizer == "adam":
            return LayerwiseAdam(highest(lr), epsilon=1e-7, weight_decay=decay, factors=factors)
        return LayerwiseSGD(highest(lr), momentum=0.9, weight_decay=decay, factors=factors)
    if optimizer == "adam":
        return keras.optimizers.Adam(lr, epsilon=1e-7, weight_decay=decay)
    if optimizer == "sgd":
        return keras.optimizers.SGD(lr, momentum=0.9, weight_decay=decay)
    raise UnknownNameError("optimizer", optimizer, ("adam", "sgd"))


def factors_of(model: Any, lr: Mapping[str, float]) -> dict[str, float]:
    """A variable's path to its rate as a share of the highest."""
    paths = {name: variable.path for name, _, variable in named_variables(model)}
    return {paths[name]: rate / highest(lr) for name, rate in rate_of_each(model, lr).items()}


def build_optimizer(model: keras.Model) -> None:
    """Make the optimizer's variables before the first step.

    A step that makes variables is traced twice by TensorFlow, which for EfficientNet takes as long again as
    some ten steps of training.

    Raises
    ------
    CourseError
        For an optimizer object that has been used on other variables.
    """
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
        return
    known = {id(v) for v in optimizer._trainable_variables}
    missing = [v.path for v in model.trainable_variables if id(v) not in known]
    strange = known - {id(v) for v in model.variables}
    if missing or strange:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        left_out = f": it does not train {', '.join(missing[:3])}{more}" if missing else ""
        raise CourseError(
            f"The optimizer was used before, on other variables than are trainable now{left_out}.",
            "Make a new one after freezing and unfreezing: optimizer=keras.optimizers.Adam(1e-3).",
        )


def forward(
    model: keras.Model, images: np.ndarray, *, batch_size: int, preprocess: Any, bar: bool, title: str
) -> np.ndarray:
    """What the model says of uint8 images, float32 (N, ...), in inference mode."""
    batch_size = min(batch_size, len(images))
    answers = []
    with progress_bar(len(images), title, show=bar, unit="image") as shown:
        for start in range(0, len(images), batch_size):
            batch = images[start : start + batch_size]
            # The last batch is filled up and cut again: a new shape would be traced anew, for seconds.
            missing = batch_size - len(batch)
            full = np.concatenate([batch, images[:missing]]) if missing else batch
            x = to_input(full, preprocess)
            if start == 0:
                check_input(model, x)
            answers.append(np.asarray(model.predict_on_batch(x), np.float32)[: len(batch)])
            shown.update(len(batch))
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
    model = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(num_classes)])
    model.set_weights([head_start(features.shape[1], num_classes, seed), np.zeros(num_classes, np.float32)])
    model.compile(
        optimizer=make_optimizer(optimizer, lr, weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        jit_compile=False,
    )
    build_optimizer(model)
    rows = np.concatenate(list(Plan(len(labels), batch_size, steps=steps, epochs=None, seed=seed)))
    with progress_bar(steps, "head", show=False) as bar:
        fitted = model.fit(
            features[rows],
            labels[rows],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[Guard(steps, lr, bar)],
        )
    weights, bias = model.get_weights()
    history = History(
        columns(fitted),
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - started_cpu,
        steps=steps,
    )
    return Head(weights, bias, "keras", history)


def columns(fitted: keras.callbacks.History) -> dict[str, list[float]]:
    """Keras' history as plain numbers, the loss first, as the PyTorch loop keeps it."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return {name: [float(v) for v in fitted.history[name]] for name in names if name in fitted.history}


def to_input(
    images: np.ndarray, preprocess: Any, augment: Any = None, rng: np.random.Generator | None = None
) -> np.ndarray:
    """What the model reads: a uint8 batch (N, H, W, 3) as float32 of that layout, or tokens int32 (N, L)."""
    if is_tokens(images):
        return images.astype(np.int32)
    return np.asarray(as_batch(images, "keras", preprocess, augment, rng), np.float32)


def check_model(model: keras.Model, train: Examples, preprocess: Any) -> None:
    """Refuse a model with nothing to train, or that the images or the labels do not fit."""
    x = to_input(train.inputs[:1], preprocess)
    check_input(model, x)
    # A subclassed model does not know what it gives before it was called; it makes its weights then.
    shape = getattr(model, "output_shape", None) if model.built else None
    if shape is None:
        shape = _shape_of(_called(model, x))
    if not model.trainable_variables:
        raise nothing_trainable("keras")
    if not isinstance(shape, tuple) or len(shape) != train.labels.ndim + 1:
        raise wrong_output(shape, train.labels.ndim)
    check_outputs(shape[-1], train, "train")


def _called(model: keras.Model, x: np.ndarray) -> Any:
    """What the model gives for these; an error of its own is told as one."""
    try:
        return model(x)
    except Exception as error:
        said = next((line for line in str(error).splitlines()[1:] if line.strip()), str(error))
        said = " ".join(re.sub(r"\x1b\[\d*m", "", said).split())[:200].rstrip(".")
        raise CourseError(
            f"The {type(model).__name__} stops with {type(error).__name__} at a batch of shape {x.shape}: "
            f"{said}.",
            "Call it on such a batch by itself first, model(x): it must give a row of logits for each image.",
        ) from error


def _shape_of(output: Any) -> Any:
    """The shape of a tensor; of anything else, its type's name."""
    shape = getattr(output, "shape", None)
    return type(output).__name__ if shape is None else tuple(shape)


def check_input(model: keras.Model, x: np.ndarray) -> None:
    """Refuse images of another size than a functional model was built for."""
    wanted = getattr(model, "input_shape", None) if model.built else None
    if not isinstance(wanted, tuple) or len(wanted) != x.ndim:
        return
    if any(w is not None and w != g for w, g in zip(wanted[1:], x.shape[1:], strict=True)):
        raise ShapeError(
            f"The model was built for images of shape {wanted[1:]}, and these have {x.shape[1:]}.",
            f"Pass size={wanted[1]}, or load the model with input_size={x.shape[1]}.",
        )


def seed_dropout(model: keras.Model, seed: int) -> None:
    """Begin each dropout layer's stream at the seed, so that a run can be repeated within one process."""
    for number, layer in enumerate(model._flatten_layers()):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([seed, number], dtype=np.asarray(generator.state).dtype))
