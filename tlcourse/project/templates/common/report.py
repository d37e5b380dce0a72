"""Read the test images, once, and write report.html and model_card.md.

    python report.py

Do this when everything else is decided. If you go back after reading the report,
change something and read it again, the test images have helped you to choose, and
their score is too good. test_readings.json counts how often they were read.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

import check
import images
import measures
import model
import page
import record
import settings
import split
from settings import HERE, Problem


def test_logits(folder, made, network, about, rows, pixels):
    """The model's outputs for the test images; kept, so that they are read once."""
    file = folder / "test_logits.npz"
    key = f"{made['fingerprint']} {made['chosen_stage']}"  # other costs change no output
    if file.exists():
        kept = np.load(file)
        if str(kept["key"]) == key:
            return kept["logits"]
    logits = model.logits(network, pixels, about)
    np.savez(file, key=np.array(key), logits=logits)
    readings = HERE / "test_readings.json"
    lines = json.loads(readings.read_text(encoding="utf-8")) if readings.exists() else []
    when = time.strftime("%Y-%m-%d %H:%M:%S")
    lines.append({"when": when, "run": folder.name, "fingerprint": made["fingerprint"]})
    record.write_json(readings, lines)
    return logits


def scores_of(labels, guesses, probabilities, groups, about, rule):
    """Name, value and interval of each score."""
    classes = about["classes"]
    found = [
        ("Accuracy", lambda p: measures.accuracy(labels[p], guesses[p])),
        (
            "Balanced accuracy",
            lambda p: measures.balanced_accuracy(labels[p], guesses[p]),
        ),
    ]
    if len(classes) == 2:
        number = classes.index(about["positive"])
        yes, score = labels == number, probabilities[:, number]

        def area(p):
            both = yes[p].any() and not yes[p].all()
            return measures.auc(yes[p], score[p]) if both else None

        def cost(p):
            costs = rule["cost_missed"], rule["cost_false_alarm"]
            return measures.cost(yes[p], score[p], about["threshold"], *costs)

        found += [("AUC", area), ("Cost of an image", cost)]
    everything = np.arange(len(labels))
    fewest = min(len(set(groups[labels == number])) for number in range(len(classes)))
    independent = {"Accuracy": len(set(groups)), "Cost of an image": None}
    return [
        (name, f(everything), measures.interval(groups, f, independent.get(name, fewest)))
        for name, f in found
    ]


def per_class(labels, guesses, groups, classes):
    rows = []
    for number, name in enumerate(classes):

        def found(p, number=number):
            inside = labels[p] == number
            return np.mean(guesses[p][inside] == number) if inside.any() else None

        def right(p, number=number):
            said = guesses[p] == number
            return np.mean(labels[p][said] == number) if said.any() else None

        everything = np.arange(len(labels))
        rows.append([name, int(np.sum(labels == number))])
        for score, of in ((found, labels), (right, guesses)):
            independent = len(set(groups[of == number]))
            rows[-1].append(
                text_of(score(everything), measures.interval(groups, score, independent))
            )
    return rows


def text_of(value, ends):
    if value is None:
        return "never said"
    return f"{value:.2f} ({ends[0]:.2f} to {ends[1]:.2f})"


def confusion_table(labels, guesses, classes):
    counts = measures.confusion(labels, guesses, len(classes))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def style(row, column):
        return f"background: rgb(var(--cell) / {0.45 * shares[row, column]:.2f})"

    rows = [[name, *counts[i]] for i, name in enumerate(classes)]
    caption = "Rows: what it is. Columns: what the model says. Number of test images."
    return page.table(["", *classes], rows, caption, style)


def worst_errors(labels, guesses, probabilities, rows, pixels, classes, most=12):
    """The images of which the model was most sure, and wrong."""
    wrong = np.flatnonzero(guesses != labels)
    if not len(wrong):
        return "<p>No test image was classified wrongly.</p>"
    surest = wrong[np.argsort(-probabilities[wrong, guesses[wrong]], kind="stable")][:most]
    figures = []
    for i in surest:
        true, said = classes[labels[i]], classes[guesses[i]]
        alt = f"An image of the class {true} that the model called {said}."
        caption = (
            f"<b>{page.escape(said)}</b> {probabilities[i, guesses[i]]:.2f}, "
            f"is {page.escape(true)}<br><span class='soft'>{page.escape(rows[i]['file'])}</span>"
        )
        image = page.thumbnail(pixels[i], alt)
        figures.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
    text = f"<p>{len(wrong)} of {len(labels)} test images are classified wrongly. "
    text += "Here are those the model was most sure about. Check their labels first.</p>"
    return f'{text}<div class="errors">{"".join(figures)}</div>'


def curves(history):
    values = [row[name] for row in history for name in ("loss", "validation_loss")]
    top = max(values) * 1.05
    border = sum(row["stage"] == "head" for row in history)

    def inside(x, y):
        at = range(1, len(history) + 1)
        train = [(x(i), y(row["loss"])) for i, row in zip(at, history, strict=True)]
        held = [(x(i), y(row["validation_loss"])) for i, row in zip(at, history, strict=True)]
        drawn = page.line(train, "one dash") + page.line(held, "two")
        if 0 < border < len(history):
            across = x(border + 0.5)
            drawn += (
                f'<line class="grid dash" x1="{across}" x2="{across}" y1="{y(0)}" y2="{y(top)}"/>'
            )
        return drawn

    description = (
        f"Training loss from {history[0]['loss']:.2f} to {history[-1]['loss']:.2f}, validation "
        f"loss from {history[0]['validation_loss']:.2f} to {history[-1]['validation_loss']:.2f}."
    )
    image = page.chart(
        "Loss by epoch",
        description,
        (1, max(len(history), 2)),
        (0, top),
        "epoch",
        "loss",
        inside,
    )
    legend = "Dashed, blue: training, with augmentation and dropout. Solid, orange: validation."
    stage = " The vertical line is where the last blocks joined." if border < len(history) else ""
    return f"{image}<p class='soft'>{legend}{stage}</p>"


def calibration(labels, logits, weights, temperature):
    before, after = (measures.softmax(logits, t) for t in (1.0, temperature))
    rows = measures.reliability(labels, after, weights)
    errors = [measures.calibration_error(labels, p, weights) for p in (before, after)]

    def inside(x, y):
        drawn = f'<path class="grid dash" d="M{x(0)} {y(0)} L{x(1)} {y(1)}"/>'
        return drawn + page.line([(x(sure), y(right)) for sure, right, _, _ in rows], "one")

    description = "; ".join(f"sure {s:.2f}, right {r:.2f}" for s, r, _, _ in rows)
    image = page.chart(
        "Confidence and share that is right",
        description,
        (0, 1),
        (0, 1),
        "how sure the model is",
        "share that is right",
        inside,
        (1, 1),
    )
    text = (
        f"<p>On the dashed line, the model is as sure as it should be. The temperature fitted on "
        f"validation is {temperature:.2f}; the gap is {errors[0]:.3f} without it and "
        f"{errors[1]:.3f} with it.</p>"
    )
    if not np.allclose(weights, 1):
        text += "<p class='soft'>Each class counts the same here, as in training.</p>"
    if len(labels) < 100:
        text += f"<p class='soft'>{len(labels)} images are few for this: expect jumps.</p>"
    return f"{image}{text}"


def notes(rows, about, guess_score, scores, readings):
    """What a reader must know before the scores."""
    lines = []
    groups = len({row["group"] for row in rows})
    if groups < 30:
        lines.append(f"The test set has {groups} independent groups: the intervals are rough.")
    if scores[1][2][0] <= guess_score:
        lines.append("The interval of balanced accuracy reaches down to guessing.")
    lines += [f"A shortcut may be at work: {what}." for what in check.found()["shortcuts"]]
    models = len({reading["fingerprint"] for reading in readings})
    if models > 1:
        lines.append(
            f"The test images have been read for {models} models. If you chose among "
            "these by their test scores, the scores are too good."
        )
    return "".join(f'<p class="note">{page.escape(line)}</p>' for line in lines)


def write_report(folder, made, about, rows, pixels, logits):
    classes = about["classes"]
    labels = np.array([classes.index(row["class"]) for row in rows])
    groups = np.array([row["group"] for row in rows])
    probabilities = measures.softmax(logits, about["temperature"])
    guesses = measures.decide(probabilities, about)
    rule = made["config"]["decision"]
    scores = scores_of(labels, guesses, probabilities, groups, about, rule)
    usual = np.bincount(labels).max() / len(labels)
    baselines = {"Accuracy": usual, "Balanced accuracy": 1 / len(classes), "AUC": 0.5}
    lines = []
    for name, value, ends in scores:
        always = f"{baselines[name]:.2f}" if name in baselines else ""
        lines.append([name, f"{value:.3f}", f"{ends[0]:.3f} to {ends[1]:.3f}", always])
    weights = np.array(made["class_weights"])
    readings = record.read_json(HERE / "test_readings.json")
    parts = [
        f"<p>{len(rows)} test images in {len(set(groups))} groups, read "
        f"{page.escape(readings[-1]['when'])}. The model has never seen them.</p>",
        notes(rows, about, 1 / len(classes), scores, readings),
        "<h2>Scores</h2>",
        page.table(
            ["", "on test", "95 % interval", "without looking"],
            lines,
            "Intervals by bootstrap over groups. Without looking: always the same answer.",
        ),
    ]
    if len(classes) == 2:
        parts.append(
            f"<p>An image is called {page.escape(about['positive'])} if its probability is at "
            f"least {about['threshold']:.2f}. Chosen on validation images: a miss costs "
            f"{rule['cost_missed']:g}, a false alarm {rule['cost_false_alarm']:g}.</p>"
        )
    head = ["class", "images", "found (recall)", "right when said (precision)"]
    parts += [
        "<h2>Each class</h2>",
        page.table(head, per_class(labels, guesses, groups, classes)),
        "<h2>Confusion</h2>",
        confusion_table(labels, guesses, classes),
        "<h2>The worst errors</h2>",
        worst_errors(labels, guesses, probabilities, rows, pixels, classes),
        "<h2>Calibration</h2>",
        calibration(labels, logits, weights, about["temperature"]),
        "<h2>Training</h2>",
        curves(made["history"]),
        f"<p>Kept: the stage <b>{page.escape(made['chosen_stage'])}</b>, validation loss "
        f"{made['validation_loss']:.3f}. {page.escape(made['config']['model']['backbone'])}, "
        f"{about['size']} pixels, {settings.duration(made['seconds'])}.</p>",
    ]
    record.write(folder / "report.html", page.page("How good is the model?", "\n".join(parts)))
    return scores


CARD = """# Model card

## What it is
- Task: one of {count} classes for an image: {classes}
- Network: {backbone}, pretrained weights: {weights}, then trained on our images
  (stage kept: {stage})
- Input: {size} x {size} pixels, RGB, fit "{fit}"; the file `{file}` knows how
- Trained {when}, in {seconds}

## Data
{counts}
- Files left out: {left_out}. Pairs of near copies, each kept in one split: {copies}.
- Independent groups: {groups}. Split by: {by}.
- Files with GPS: {gps}. Files with a person's name: {names}.
- Where do the images come from, and who took them? TO FILL IN
- Licence of the images, and the consent of the people in them: TO FILL IN

## Scores on the test set
Number of times that the test images were read: {readings}.

{scores}

## Intended use
- For whom, and for which decision? TO FILL IN
- Who looks at its answers before something happens? TO FILL IN

## Limits
- It names one of its classes for every image, also for one that shows none of them.
- It knows only what the training images showed. Other cameras, light, places or people may
  lower the scores.
- Probabilities are calibrated on {validation} validation images.
- TO FILL IN

## Licence
- Of the pretrained weights: {licence}
- Of this model: TO FILL IN
"""


def write_card(folder, made, about, rows, scores):
    """A model card to be completed. One that you have completed is not overwritten."""
    file = folder / "model_card.md"
    if file.exists() and made["model"]["sha256"] in file.read_text(encoding="utf-8"):
        return
    counts = ["| class | training | validation | test |", "|---|---|---|---|"]
    for name in about["classes"]:
        numbers = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        counts.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    found, config = check.found(), made["config"]
    text = CARD.format(
        count=len(about["classes"]),
        classes=", ".join(about["classes"]),
        backbone=about["backbone"],
        weights=config["model"]["weights"],
        licence="Apache-2.0 (Google; trained on ImageNet)"
        if "efficientnet_lite0" in config["model"]["weights"]
        else "TO FILL IN",
        stage=made["chosen_stage"],
        size=about["size"],
        fit=about["fit"],
        file=made["model"]["file"],
        when=made["when"],
        seconds=settings.duration(made["seconds"]),
        counts="\n".join(counts) + "\n",
        left_out=len(found["left_out"]),
        copies=len(found["near_copies"]),
        groups=len({row["group"] for row in rows}),
        by=config["groups"]["by"],
        gps=found["files_with"].get("gps", 0),
        names=found["files_with"].get("names", 0),
        readings=len(record.read_json(HERE / "test_readings.json")),
        scores="\n".join(
            f"- {name}: {value:.3f} (95 % interval {ends[0]:.3f} to {ends[1]:.3f})"
            for name, value, ends in scores
        ),
        validation=len(split.of(rows, "validation")),
    )
    if file.exists():
        file.replace(folder / "model_card.old.md")
    record.write(file, f"{text}\nSHA-256 of the model: {made['model']['sha256']}\n")


def main():
    parser = argparse.ArgumentParser(description="Evaluate on the test images, once.")
    parser.add_argument("--run", default=HERE / "run", help="the run's folder")
    folder = Path(parser.parse_args().run)
    if not (folder / record.RECORD).exists():
        raise Problem(f"{folder} holds no finished run.", "Run python train.py to its end.")
    made = record.read_json(folder / record.RECORD)
    network, about = model.load(folder / model.FILE)
    if images.hash_of(folder / model.FILE) != made["model"]["sha256"]:
        do = "Run python train.py: it writes both again."
        raise Problem("The model and the record are not of one run.", do)
    rows = split.of(made["split"], "test")
    where = settings.path(made["config"]["data"]["folder"])
    pixels = images.prepared(rows, where, about["size"], about["fit"], HERE / "cache")
    logits = test_logits(folder, made, network, about, rows, pixels)
    scores = write_report(folder, made, about, rows, pixels, logits)
    write_card(folder, made, about, made["split"], scores)
    for name, value, ends in scores:
        print(f"{name}: {value:.3f} (95 % interval {ends[0]:.3f} to {ends[1]:.3f})")
    print(f"The report: {folder / 'report.html'}. The model card: {folder / 'model_card.md'}.")


if __name__ == "__main__":
    settings.run(main)
