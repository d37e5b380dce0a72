"""The ways a training run goes wrong, worded once for both frameworks."""

from __future__ import annotations

from tlcourse.errors import CourseError, ShapeError

__all__ = ["not_finite", "nothing_trainable", "wrong_output"]


def nothing_trainable(framework: str) -> CourseError:
    """Every parameter is frozen."""
    how = "requires_grad" if framework == "torch" else "trainable"
    return CourseError(
        f"Nothing in this model is trainable: {how} is False everywhere.",
        "Unfreeze at least the head: tlcourse.freezing.unfreeze(model, ['classifier']).",
    )


def not_finite(loss: float, step: int, lr: float) -> CourseError:
    """The loss overflowed."""
    return CourseError(
        f"The loss became {loss} at step {step}.",
        f"The learning rate ({lr:g}) is probably too high: try a tenth of it, with the model loaded afresh. "
        "If it stays, look for NaN in the inputs.",
    )


def wrong_output(shape: object, label_axes: int = 1) -> ShapeError:
    """The model is not a classifier or, for labels (N, L), not a language model."""
    if label_axes == 2:
        return ShapeError(
            f"The model's output has shape {shape}; logits for each position, (N, L, V), are needed.",
            "Labels (N, L) are for a language model, as tlcourse.language.load_gpt gives. A classifier"
            " takes one label per text, (N,).",
        )
    return ShapeError(
        f"The model's output has shape {shape}; a row of logits per image, (N, C), is needed.",
        "Give it a classifier's head: models.load(..., num_classes=C).",
    )
