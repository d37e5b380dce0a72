"""One network that many rows of a sweep train, from the same starts, in either framework.

A row of a sweep starts from given weights, trains a while and is judged. PyTorch could make a new network for
each row. Keras would trace its training step anew each time, for some ten seconds, which is longer than most
rows train. So a worker process keeps the networks that it traced, and a row puts its own weights into them.

Steps, batches, starts and updates are those of `tlcourse.training.fit`; the tests hold it to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.training.rates import LearningRate, Schedule, highest

__all__ = ["BATCH", "Trainer", "get"]

BATCH = 16

Augment = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@cache
def get(
    framework: str,
    classes: int,
    name: str = "efficientnet_lite0",
    size: int = 64,
    cut: str | None = None,
) -> Trainer:
    """The trainer of this process for a network with that many classes, at that size, cut there or whole.

    Raises
    ------
    UnknownNameError
        For an unknown framework or model.
    """
    if framework not in ("torch", "keras"):
        raise UnknownNameError("framework", framework, ("torch", "keras"))
    return Trainer(framework, classes, name, size, cut)


class Trainer:
    """A network that is started, trained in one or more stages, and asked, again and again.

    Parameters
    ----------
    framework : {"torch", "keras"}
    classes : int
    name : str
        Of a model card.
    size : int
        Side of the images, in pixels.
    cut : str, optional
        The network ends after this block, as `tlcourse.models.cut_at` does it; by default it is whole. What
        `start` takes is then weights of the network without its head, a file of them included.

    Examples
    --------
    In a sweep's function::

        trainer = get(framework, classes=9)
        trainer.start("imagenet", seed)
        seconds = trainer.train(train, steps=60, lr=3e-4, seed=seed, keep_batch_norm=True)
        return {"val_accuracy": trainer.accuracy(val), "train_cpu_seconds": seconds}
    """

    def __init__(self, framework: str, classes: int, name: str, size: int, cut: str | None = None) -> None:
        self.framework, self.classes, self.name, self.size = framework, classes, name, size
        self.cut = cut
        self.model: Any = None
        self._traced: dict[tuple[Any, ...], Any] = {}
        self._body: Any = None

    def _load(self, weights: str | Path | None, seed: int) -> Any:
        from tlcourse import models

        model = models.load(
            self.name,
            self.framework,
            weights=weights,
            num_classes=self.classes if self.cut is None else 0,
            input_size=self.size,
            seed=seed,
        )
        if self.cut is None:
            return model
        return models.cut_at(model, self.cut, num_classes=self.classes, seed=seed)

    def start(self, weights: str | Path | None, seed: int) -> None:
        """Published weights ("imagenet") or random ones (None), and a fresh head; the seed draws the rest."""
        start = self._load(weights, seed)
        if self.framework == "torch" or self.model is None:
            self.model = start
        else:
            self.model.set_weights(start.get_weights())

    def train(
        self,
        data: Any,
        *,
        steps: int,
        lr: LearningRate,
        seed: int,
        batch_size: int = BATCH,
        frozen: Iterable[str] = (),
        keep_batch_norm: bool = False,
        weight_decay: float = 0.0,
        optimizer: str = "adam",
        schedule: Schedule | None = None,
        augment: Augment | None = None,
        after_step: Callable[[int, Any], None] | None = None,
    ) -> float:
        """Train for ``steps`` steps; returns their CPU seconds (without tracing in Keras).

        Parameters
        ----------
        data : Dataset
            Images of the trainer's size.
        steps, lr, seed, batch_size, weight_decay, optimizer, schedule, augment, after_step
            As for `tlcourse.training.fit`.
        frozen : iterable of str
            Layers or groups of them that do not move, as for `tlcourse.freezing.freeze`.
        keep_batch_norm : bool
            BatchNorm layers stay as they are, wherever they are.

        Raises
        ------
        CourseError
            Without a start, or if nothing is left to train.
        """
        if self.model is None:
            raise _no_network()
        from tlcourse import freezing
        from tlcourse.models.layers import find, layers_of

        still = set(find(layers_of(self.model), list(frozen))) if frozen else set()
        if keep_batch_norm:
            still |= set(freezing.batch_norm_layers(self.model))
        settings: dict[str, Any] = {"steps": steps, "lr": lr, "seed": seed, "batch_size": batch_size}
        settings |= {"weight_decay": weight_decay, "optimizer": optimizer}
        settings |= {"schedule": schedule, "augment": augment, "after_step": after_step}
        train = self._train_torch if self.framework == "torch" else self._train_keras
        return train(data, still, settings)

    def _train_torch(self, data: Any, still: set[str], settings: dict[str, Any]) -> float:
        from tlcourse import freezing, training

        freezing.unfreeze(self.model)
        if still:
            freezing.freeze(self.model, sorted(still))
        return training.fit(self.model, data, progress=False, **settings).cpu_seconds

    def _train_keras(self, data: Any, still: set[str], settings: dict[str, Any]) -> float:
        from tlcourse.training.loop.callbacks_keras import AfterStep, Guard, Scheduled
        from tlcourse.training.progress import bar as progress_bar

        rate, schedule, steps = highest(settings["lr"]), settings["schedule"], settings["steps"]
        model = self._ready(still, settings)
        model.set_weights(self.model.get_weights())
        for variable in model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        model.optimizer.learning_rate = rate
        callbacks: list[Any] = [] if schedule is None else [Scheduled(schedule, steps, model.optimizer)]
        if settings["after_step"] is not None:
            callbacks.append(AfterStep(settings["after_step"]))
        with progress_bar(steps, "training", show=False) as bar:
            started = time.process_time()
            self._steps(model, data, settings, [*callbacks, Guard(steps, rate, bar)])
            seconds = time.process_time() - started
        self.model.set_weights(model.get_weights())
        return seconds

    def _ready(self, still: set[str], settings: Mapping[str, Any]) -> Any:
        """A network whose training step, with these layers frozen and these rates, is traced already."""
        import keras

        from tlcourse import freezing
        from tlcourse.training.optimizers._keras import make_optimizer
        from tlcourse.training.recipe import Recipe

        lr, batch_size = settings["lr"], settings["batch_size"]
        weight_decay, optimizer = settings["weight_decay"], settings["optimizer"]
        shares = tuple(sorted((g, r / highest(lr)) for g, r in lr.items())) if isinstance(lr, Mapping) else ()
        key = (frozenset(still), shares, batch_size, weight_decay, optimizer)
        if key in self._traced:
            return self._traced[key]
        model = self._load(None, seed=0)
        if still:
            freezing.freeze(model, sorted(still))
        recipe = Recipe(steps=1, lr=lr, weight_decay=weight_decay, optimizer=optimizer)
        model.compile(
            optimizer=make_optimizer(model, recipe),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )
        noise = np.random.default_rng(0).integers(0, 256, (batch_size, self.size, self.size, 3), np.uint8)
        labels = np.arange(batch_size) % self.classes
        once = {"steps": 1, "seed": 0, "batch_size": batch_size, "augment": None}
        self._steps(model, (noise, labels), once, [])
        self._traced[key] = model
        return model

    def _steps(self, model: Any, data: Any, settings: Mapping[str, Any], callbacks: list[Any]) -> None:
        """The steps of ``tlcourse.training.fit`` in Keras, without compiling anew."""
        from tlcourse.training.batches import Plan
        from tlcourse.training.examples import examples_of
        from tlcourse.training.loop.inputs_keras import training_batches

        examples, steps = examples_of(data, "train"), settings["steps"]
        plan = Plan(
            len(examples.labels), settings["batch_size"], steps=steps, epochs=None, seed=settings["seed"]
        )
        model.fit(
            training_batches(examples, plan, self.name, settings["augment"]),
            steps_per_epoch=steps,
            epochs=1,
            shuffle=False,
            verbose=0,
            callbacks=callbacks,
        )

    def predict(self, data: Any) -> np.ndarray:
        """The probability of each class for each image, float32 (N, C)."""
        from tlcourse import training

        return training.predict(self.model, data, preprocess=self.name, progress=False)

    def features(self, data: Any) -> np.ndarray:
        """What the head reads, float32 (N, D), by the network as it is now.

        Raises
        ------
        CourseError
            Without a start.
        """
        if self.model is None:
            raise _no_network()
        from tlcourse import models, training

        # In Keras it shares the network's layers, so it is made, and traced, once.
        if self.framework == "torch" or self._body is None:
            self._body = models.cut_head(self.model)
        return training.cache_features(self._body, data, preprocess=self.name, progress=False)

    def accuracy(self, data: Any) -> float:
        """The share of images whose most probable class is right, 0 to 1."""
        return float((self.predict(data).argmax(1) == data.labels).mean())


def _no_network() -> CourseError:
    return CourseError("The trainer has no network yet.", 'Call start("imagenet", seed) first.')
