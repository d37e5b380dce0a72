"""Chapter 15: a network for solar cells as a file in another runtime, with fewer bits, pixels or channels.

EfficientNet-Lite0 at :data:`SIZE` pixels gets a linear head on frozen features; then all of it is trained for
:data:`STEPS` steps of :data:`BATCH` cells. ``small-files`` exports it with its preprocessing inside, in each
of :data:`WAYS`, and asks the file, in its runtime, about test cells; ``small-files-keras`` does so with
LiteRT. ``small-pruned`` sets weights to zero or takes channels out. In ``small-students`` the large network
teaches a small one. (Images of 96 and of 160 pixels are compared by ``solar-fed``, of chapter 3.)
``small-costs`` and ``small-costs-keras`` measure files in fresh processes; their times are never compared.

All accuracies are balanced, on test cells of modules that training did not see; another division each seed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import camera, linear, trainer, vision

__all__ = [
    "BATCH",
    "CALIBRATION",
    "FILES",
    "PRUNED",
    "SEEDS",
    "SIZE",
    "STEPS",
    "STUDENTS",
    "STUDENT_SIZE",
    "STUDENT_STEPS",
    "SWEEPS",
    "TEACHER",
    "TEMPERATURE",
    "WAYS",
    "costs_of",
    "judge_file",
    "judge_pruned",
    "judge_student",
]

SEEDS = (0, 1, 2, 3, 4)
TASK = "solar-cells"
SIZE = 96
"""Side of the images, in pixels."""
STEPS, BATCH, RATE = 60, 16, 1e-4
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
"""scikit-learn's C of the head."""
CALIBRATION = 48
"""Calibration images, of the training set."""
WAYS = (
    "float32",
    "float16",
    "dynamic int8",
    "static int8",
    "static int8, one range",
    "static int8, 4 images",
    "static int8, photographs",
    "static int8, noise",
    "static int8, head as well",
    "static int8, all bits",
)
"""In ``static int8`` weights use 7 of the 8 bits and the head keeps its 32, but for ``all bits`` and ``head
as well``, which are ONNX Runtime's defaults. ``one range``: for all channels of a layer. ``photographs``,
``noise``: what calibrates."""
KERAS_WAYS = ("float32", "dynamic int8", "static int8")


def _parts(size: int, seed: int) -> dict[str, Any]:
    parts = {split: camera.part(TASK, split, size, seed) for split in ("train", "val", "test")}
    train = parts["train"]  # judged on as many of each class, so learned from as many
    parts["train"] = train.per_class(min(train.counts().values()), seed=seed)
    return parts


def _mirror(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    turned = rng.random(len(images)) < 0.5
    return np.where(turned[:, None, None, None], images[:, :, ::-1], images)


def _head(framework: str, name: str, size: int, parts: dict[str, Any]) -> tuple[Any, list[np.ndarray]]:
    """The best linear head on frozen features, and the features of train, val and test."""
    from tlcourse import models, training

    if name == "efficientnet_lite0":
        network = vision.backbone(framework, size)
    else:
        network = models.load(name, framework, num_classes=0, input_size=size)
    x = [training.cache_features(network, part, progress=False) for part in parts.values()]
    known, val = ((x[number], parts[split].labels) for number, split in enumerate(("train", "val")))
    return linear.best(known, val, STRENGTHS).head, x


def _as_layer(head: Any) -> tuple[np.ndarray, np.ndarray]:
    """The scaler and the logistic regression of two classes as one layer: weights (D, 2) and biases (2,)."""
    scaler, model = head[0], head[1]
    weight = model.coef_ / scaler.scale_
    bias = model.intercept_ - weight @ scaler.mean_
    return (
        np.concatenate([-weight, weight]).T.astype(np.float32) / 2,
        np.concatenate([-bias, bias]).astype(np.float32) / 2,
    )


@lru_cache(maxsize=1)
def tuned(framework: str, seed: int) -> Any:
    """The trained network of a seed, made once for all rows that follow each other."""
    parts = _parts(SIZE, seed)
    weight, bias = _as_layer(_head(framework, "efficientnet_lite0", SIZE, parts)[0])
    network = trainer.get(framework, 2, size=SIZE)
    network.start("imagenet", seed)
    layer = network.model.classifier if framework == "torch" else network.model.get_layer("classifier")
    if framework == "torch":
        state = {"weight": weight.T, "bias": bias}
        layer.load_state_dict({key: layer.weight.new_tensor(value) for key, value in state.items()})
    else:
        layer.set_weights([weight, bias])
    network.train(
        parts["train"],
        steps=STEPS,
        lr=RATE,
        seed=seed,
        batch_size=BATCH,
        keep_batch_norm=True,
        augment=_mirror,
    )
    return network.model


def _balanced(probabilities: np.ndarray, labels: np.ndarray) -> float:
    from sklearn.metrics import balanced_accuracy_score

    return float(balanced_accuracy_score(labels, probabilities.argmax(1)))


# ------------------------------------------------------------------------------------------------- files


def _calibration(way: str, seed: int) -> npt.NDArray[np.uint8] | None:
    if not way.startswith("static"):
        return None
    rng = np.random.default_rng([seed, 37])
    if way.endswith("noise"):
        return rng.integers(0, 256, (CALIBRATION, SIZE, SIZE, 3), np.uint8)
    source = (
        camera.part("photos", "train", SIZE, 0)
        if way.endswith("photographs")
        else _parts(SIZE, seed)["train"]
    )
    rows = rng.permutation(len(source.labels))[: 4 if way.endswith("4 images") else CALIBRATION]
    return np.asarray(source.images[np.sort(rows)])


@lru_cache(maxsize=1)
def _onnx(seed: int) -> bytes:
    return _exported("torch", tuned("torch", seed), SIZE)


def _exported(framework: str, model: Any, size: int, **how: Any) -> bytes:
    from tlcourse import deployment

    with tempfile.TemporaryDirectory() as folder:
        ending = ".onnx" if framework == "torch" else ".tflite"
        return deployment.export(model, Path(folder, f"network{ending}"), size=size, **how).read_bytes()


def _file(framework: str, way: str, seed: int) -> bytes:
    """The tuned network as a file."""
    numbers, _, detail = way.partition(", ")
    how: dict[str, Any] = {"calibration": _calibration(way, seed), "per_channel": detail != "one range"}
    if framework == "keras":
        return _exported("keras", tuned("keras", seed), SIZE, numbers=numbers, **how)
    # PyTorch's exporter takes ten seconds, and all ways begin with the same file.
    if way == "float32":
        return _onnx(seed)
    from tlcourse.deployment import _torch

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "float32.onnx")
        path.write_bytes(_onnx(seed))
        how |= {"full_range": detail == "all bits", "all_layers": detail == "head as well"}
        return _torch.smaller(path, numbers, **how)


def judge_file(framework: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``small-files``.

    Parameters
    ----------
    framework : {"torch", "keras"}
        Whose file: .onnx or .tflite.
    way : str
        One of :data:`WAYS`.
    seed : int
        Of the cells' division by modules, the batches and the calibration images.

    Returns
    -------
    dict
        ``file_bytes``; ``balanced`` accuracy of the file in its runtime; ``lost`` against the network in its
        framework; ``same``, the share of test cells to which both give the same answer; ``largest``
        difference of a probability.
    """
    from tlcourse import deployment
    from tlcourse.deployment import scaling
    from tlcourse.probabilities import softmax

    test = _parts(SIZE, seed)["test"]
    before = softmax(scaling.logits(tuned(framework, seed), test.images))
    file = _file(framework, way, seed)
    after = deployment.Runtime(file)(test.images)
    score = _balanced(after, test.labels)
    return {
        "file_bytes": len(file),
        "balanced": score,
        "lost": _balanced(before, test.labels) - score,
        "same": float((before.argmax(1) == after.argmax(1)).mean()),
        "largest": float(np.abs(before - after).max()),
    }


# ------------------------------------------------------------------------------------------------ pruning

PRUNED = ("nothing", "half zeros", "80 % zeros", "quarter out", "quarter out, trained on")
"""Of the weights of all convolutions, or of the inner channels of each block."""


def judge_pruned(framework: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``small-pruned``: ``balanced``, ``bytes``, ``zipped`` bytes and ``multiply_adds``."""
    from tlcourse.models import costs
    from tlcourse.sweeps.shared.compact import _torch as compact

    model, parts = tuned(framework, seed), _parts(SIZE, seed)
    if "zeros" in way:
        model = compact.zeroed(model, 0.5 if way.startswith("half") else 0.8)
    elif "quarter" in way:
        model = compact.narrowed(model, 0.25)
    if way.endswith("trained on"):
        train = parts["train"]
        compact.trained_on(
            model, train.images, train.labels, steps=STEPS, batch=BATCH, rate=RATE, seed=seed + 1000
        )
    plain, zipped = compact.stored(model)
    return {
        "balanced": _balanced(compact.logits(model, parts["test"].images), parts["test"].labels),
        "bytes": plain,
        "zipped": zipped,
        "multiply_adds": costs.multiply_adds(model, SIZE),
    }


# ----------------------------------------------------------------------------------------------- students

STUDENTS = ("labels", "teacher", "squeezenet")
"""A small network that learns from labels alone, or from a teacher as well; SqueezeNet, pretrained and
frozen, with a new head."""
STUDENT_SIZE, STUDENT_STEPS, STUDENT_RATE = 48, 240, 1e-3
TEMPERATURE, TEACHER = 4.0, 0.9
"""Of the softened probabilities, and the teacher's share of the loss; both fixed beforehand."""


def judge_student(framework: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``small-students``: ``balanced`` accuracy on test cells, and the ``teacher``'s."""
    from tlcourse import models
    from tlcourse.sweeps.shared.compact import _torch as compact

    large = _parts(SIZE, seed)
    teacher = tuned(framework, seed)
    of_teacher = _balanced(compact.logits(teacher, large["test"].images), large["test"].labels)
    if way == "squeezenet":
        head, x = _head(framework, "squeezenet", SIZE, large)
        return {"balanced": linear.balanced(head, x[2], large["test"].labels), "teacher": of_teacher}
    told = None
    if way == "teacher":
        images = large["train"].images
        told = np.stack([compact.logits(teacher, x) for x in (images, images[:, :, ::-1])])
    small = _parts(STUDENT_SIZE, seed)
    student = models.load("small_cnn", framework, num_classes=2, seed=seed)
    compact.distilled(
        student,
        small["train"].images,
        small["train"].labels,
        told,
        steps=STUDENT_STEPS,
        batch=BATCH,
        rate=STUDENT_RATE,
        temperature=TEMPERATURE,
        weight=TEACHER,
        seed=seed,
    )
    said = compact.logits(student, small["test"].images)
    return {"balanced": _balanced(said, small["test"].labels), "teacher": of_teacher}


# -------------------------------------------------------------------------------------------------- costs

FILES = (
    "Lite0, float32",
    "Lite0, float16",
    "Lite0, dynamic int8",
    "Lite0, static int8",
    "Lite0, 80 % zeros",
    "Lite0, quarter out",
    "Lite0 at 160 px, float32",
    "Lite0 at 160 px, static int8",
    "SqueezeNet, float32",
    "small CNN at 48 px, float32",
    "Lite3 at 280 px, published int8",
)
"""``Lite0`` is EfficientNet-Lite0 at 96 pixels. The last one needs the pack ``efficientnet_lite3_int8``."""
KERAS_FILES = (*FILES[:4], *FILES[6:8], FILES[10])
COST_SEEDS = (0, 1, 2)


@lru_cache(maxsize=2)
def _network_for(framework: str, name: str, size: int, pruned: str) -> Any:
    from tlcourse import models

    net = models.load(name, framework, num_classes=2, input_size=size, seed=0)
    if pruned:
        from tlcourse.sweeps.shared.compact import _torch as compact

        net = compact.zeroed(net, 0.8) if "zeros" in pruned else compact.narrowed(net, 0.25)
    return net


@lru_cache(maxsize=2)
def _costed(framework: str, file: str) -> tuple[bytes, int]:
    """A file, and the side of its images."""
    if file.startswith("Lite3"):
        from tlcourse import packs

        return packs.find(packs.pack("efficientnet_lite3_int8")).read_bytes(), 280
    network, _, numbers = file.partition(", ")
    size = int(network.split(" ")[-2]) if network.endswith("px") else SIZE
    name = {"Lite0": "efficientnet_lite0", "SqueezeNet": "squeezenet"}.get(network.split(" ")[0], "small_cnn")
    pruned = numbers if numbers.endswith(("zeros", "out")) else ""
    how: dict[str, Any] = {"numbers": "float32" if pruned else numbers}
    if numbers == "static int8":
        how["calibration"] = camera.part("photos", "train", size, 0).images[:8]
    return _exported(framework, _network_for(framework, name, size, pruned), size, **how), size


def costs_of(framework: str, file: str, threads: int, seed: int) -> dict[str, float]:
    """One row of ``small-costs``: `tlcourse.deployment.measure` of a file, on photographs.

    Weights do not matter here: the networks have ImageNet's and a random head.
    """
    from tlcourse import deployment

    content, size = _costed(framework, file)
    images = camera.part("photos", "test", size, 0).images
    # Another seed measures again.
    costs = deployment.measure(content, np.roll(images, seed, axis=0), threads=threads)
    return {key: float(value) for key, value in costs._asdict().items()}


# ------------------------------------------------------------------------------------------------- sweeps


def _grid(name: str, ways: tuple[Any, ...], seeds: tuple[int, ...]) -> list[Settings]:
    return [{name: way, "seed": seed} for seed in seeds for way in ways]


def _costs_grid(files: tuple[str, ...]) -> list[Settings]:
    return [
        {"file": file, "threads": threads, "seed": seed}
        for file in files
        for threads in (1, 2)
        for seed in COST_SEEDS
    ]


def _score(settings: Settings) -> float | None:
    """How far a score may move when only the rounding does, or the processor's way to add bytes."""
    return None if "all bits" in str(settings.get("way")) else 0.06


def _bytes(settings: Settings) -> float:
    return 200_000.0


_MODULE = "tlcourse.sweeps.topics.small_devices"
_FILE = {"file_bytes": _bytes, "balanced": _score, "lost": _score, "same": _score, "largest": None}
_COSTS = {"file_bytes": _bytes, **dict.fromkeys(("ms", "ms_low", "ms_high", "cpu_ms", "memory_mb"))}


def _sweep(
    name: str,
    run: str,
    grid: Callable[[], list[Settings]],
    metrics: Any,
    framework: str,
    cost: float,
    title: str,
) -> Sweep:
    return Sweep(
        name,
        f"{_MODULE}:{run}",
        grid,
        metrics,
        frameworks=(framework,),
        cost=lambda settings: cost,
        title=f"Chapter 15: {title}",
    )


SWEEPS: tuple[Sweep, ...] = (
    _sweep(
        "small-files",
        "judge_file",
        partial(_grid, "way", WAYS, SEEDS),
        _FILE,
        "torch",
        8.0,
        "the network for solar cells as an ONNX file, in fewer bits",
    ),
    _sweep(
        "small-files-keras",
        "judge_file",
        partial(_grid, "way", KERAS_WAYS, SEEDS[:2]),
        _FILE,
        "keras",
        30.0,
        "the same as a LiteRT file",
    ),
    _sweep(
        "small-pruned",
        "judge_pruned",
        partial(_grid, "way", PRUNED, SEEDS),
        {"balanced": _score, "bytes": 0, "zipped": _bytes, "multiply_adds": 0},
        "torch",
        8.0,
        "weights set to zero, channels taken out",
    ),
    _sweep(
        "small-students",
        "judge_student",
        partial(_grid, "way", STUDENTS, SEEDS),
        {"balanced": lambda settings: 0.1, "teacher": _score},
        "torch",
        15.0,
        "a small network that a large one teaches",
    ),
    _sweep(
        "small-costs",
        "costs_of",
        partial(_costs_grid, FILES),
        _COSTS,
        "torch",
        4.0,
        "what ONNX files cost, in fresh processes",
    ),
    _sweep(
        "small-costs-keras",
        "costs_of",
        partial(_costs_grid, KERAS_FILES),
        _COSTS,
        "keras",
        4.0,
        "what LiteRT files cost, in fresh processes",
    ),
)
