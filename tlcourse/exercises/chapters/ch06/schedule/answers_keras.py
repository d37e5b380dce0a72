"""Answers to "Warm-up and cosine", in Keras: right ones and wrong ones."""

# %% [right] a class of its own
import math

import keras


class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, steps, warmup):
        self.rate, self.steps, self.warmup = rate, steps, warmup

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        p = (step - self.warmup) / (self.steps - self.warmup)
        down = 0.5 * (1 + keras.ops.cos(math.pi * p))
        return self.rate * keras.ops.where(p < 0, (step + 1) / self.warmup, down)


def schedule(rate, steps, warmup):
    return WarmupCosine(rate, steps, warmup)


# %% [right] a line before Keras's cosine
import keras


class WarmedUp(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, warmup, after):
        self.rate, self.warmup, self.after = rate, warmup, after

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        share = 1 / self.warmup + (1 - 1 / self.warmup) * step / self.warmup
        return keras.ops.where(step < self.warmup, self.rate * share, self.after(step - self.warmup))


def schedule(rate, steps, warmup):
    after = keras.optimizers.schedules.CosineDecay(rate, decay_steps=steps - warmup)
    return WarmedUp(rate, warmup, after)


# %% [right] numbers from a table
import keras
import numpy as np


class Table(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rates):
        self.rates = rates

    def __call__(self, step):
        return keras.ops.take(keras.ops.convert_to_tensor(self.rates), step)


def schedule(rate, steps, warmup):
    up = np.linspace(1 / warmup, 1, warmup)
    down = np.cos(np.pi / 2 * np.arange(steps - warmup) / (steps - warmup)) ** 2
    return Table((rate * np.concatenate([up, down])).astype("float32"))


# %% [wrong] begins at 0: "computes a gradient and does nothing with it"
import keras


def schedule(rate, steps, warmup):
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0, decay_steps=steps - warmup, warmup_target=rate, warmup_steps=warmup
    )


# %% [wrong] too long: "only those after the warm-up are left"
import keras


def schedule(rate, steps, warmup):
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=rate / warmup, decay_steps=steps, warmup_target=rate, warmup_steps=warmup
    )


# %% [wrong] no warm-up: "They do not rise"
import keras


def schedule(rate, steps, warmup):
    return keras.optimizers.schedules.CosineDecay(rate, decay_steps=steps)


# %% [wrong] counted from the start: "drops where the warm-up ends"
import math

import keras


class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, steps, warmup):
        self.rate, self.steps, self.warmup = rate, steps, warmup

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        down = 0.5 * (1 + keras.ops.cos(math.pi * step / self.steps))
        return self.rate * keras.ops.where(step < self.warmup, (step + 1) / self.warmup, down)


def schedule(rate, steps, warmup):
    return WarmupCosine(rate, steps, warmup)


# %% [wrong] never falls: "It should fall"
import keras


def schedule(rate, steps, warmup):
    return keras.optimizers.schedules.PolynomialDecay(rate / warmup, warmup, end_learning_rate=rate)


# %% [wrong] a line: "a straight line"
import keras


class WarmedUp(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, warmup, after):
        self.rate, self.warmup, self.after = rate, warmup, after

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        share = (step + 1) / self.warmup
        return keras.ops.where(step < self.warmup, self.rate * share, self.after(step - self.warmup))


def schedule(rate, steps, warmup):
    after = keras.optimizers.schedules.PolynomialDecay(rate, steps - warmup, end_learning_rate=0.0)
    return WarmedUp(rate, warmup, after)


# %% [wrong] a list of rates
def schedule(rate, steps, warmup):
    return [rate * min(1.0, (step + 1) / warmup) for step in range(steps)]


# %% [wrong] nothing changes: "nothing changes it"
import keras


def schedule(rate, steps, warmup):
    return keras.optimizers.schedules.ExponentialDecay(rate, decay_steps=steps, decay_rate=1.0)


# %% [wrong] a callback
import keras


def schedule(rate, steps, warmup):
    return keras.callbacks.LearningRateScheduler(lambda epoch: rate)
