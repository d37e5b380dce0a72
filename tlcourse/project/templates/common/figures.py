"""The figures of the report: confusion, errors, calibration and curves, as HTML."""

import numpy as np

import measures
import page
import task


def confusion(labels, guesses, classes):
    """A table of counts, darker where a larger share of the row is."""
    counts = measures.confusion(labels, guesses, len(classes))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def style(row, column):
        return f"background: rgb(var(--cell) / {0.45 * shares[row, column]:.2f})"

    rows = [[name, *counts[i]] for i, name in enumerate(classes)]
    caption = f"Rows: what it is. Columns: what the model says. Number of test {task.MANY}."
    return page.table(["it is", *classes], rows, caption, style)


def curves(history):
    """Both losses by epoch."""
    train, held = ([row[name] for row in history] for name in ("loss", "validation_loss"))
    highest = max(*train, *held)
    steps = (step * 10.0**power for power in range(-3, 9) for step in (1, 2, 2.5, 5))
    top = next(4 * step for step in steps if 4 * step >= highest)  # round numbers at the axis
    border = sum(row["stage"] == "head" for row in history)

    def inside(x, y):
        drawn = ""
        for losses, style in ((train, "one dash"), (held, "two")):
            drawn += page.line([(x(i), y(loss)) for i, loss in enumerate(losses, 1)], style)
        if 0 < border < len(history):
            drawn += page.rule(x(border + 0.5), y(0), y(top))
        return drawn

    description = (
        f"Training loss from {train[0]:.2f} to {train[-1]:.2f}, "
        f"validation loss from {held[0]:.2f} to {held[-1]:.2f}."
    )
    last = max(len(history), 2)
    ticks = sorted({1, (1 + last) // 2, last})
    drawing = page.chart(
        "Loss by epoch", description, page.Axis("epoch", ticks), page.Axis("loss", top=top), inside
    )
    legend = "Dashed: training, with augmentation and dropout. Solid: validation."
    stage = " The vertical line is where the last blocks joined." if border < len(history) else ""
    return f"{drawing}<p class='soft'>{legend}{stage}</p>"


def calibration(labels, logits, weights, temperature):
    """How sure the model is, and how often it is right."""
    before, after = (measures.softmax(logits, t) for t in (1.0, temperature))
    rows = measures.reliability(labels, after, weights)
    errors = [measures.calibration_error(labels, p, weights) for p in (before, after)]

    def inside(x, y):
        diagonal = f'<path class="grid dash" d="M{x(0)} {y(0)} L{x(1)} {y(1)}"/>'
        return diagonal + page.line([(x(sure), y(right)) for sure, right, _, _ in rows], "one")

    description = "; ".join(f"sure {sure:.2f}, right {right:.2f}" for sure, right, _, _ in rows)
    drawing = page.chart(
        "Confidence and share that is right",
        description,
        page.Axis("how sure the model is", [0.0, 0.5, 1.0]),
        page.Axis("share that is right"),
        inside,
    )
    text = (
        "<p>On the dashed line, the model is as sure as it should be. The temperature fitted on "
        f"validation is {temperature:.2f}. The mean gap is {errors[0]:.3f} without it and "
        f"{errors[1]:.3f} with it.</p>"
    )
    if not np.allclose(weights, 1):
        text += "<p class='soft'>Each class counts the same here, as in training.</p>"
    if len(labels) < 100:
        text += (
            f"<p class='soft'>This needs more test {task.MANY} than there are "
            f"({len(labels)}): expect jumps.</p>"
        )
    return f"{drawing}{text}"
