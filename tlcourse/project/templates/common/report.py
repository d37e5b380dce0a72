"""Read the test data, once, and write report.html and model_card.md.

    python report.py

Do this when everything else is decided. If you go back after reading the report,
change something and read it again, the test has helped you to choose, and
its score is too good. test_readings.json counts how often they were read.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import baseline
import dividing
import figures
import measures
import model
import model_card
import page
import record
import scores
import settings
import split
import task
import worst
from settings import HERE, Problem


def test_logits(folder, made, network, about, rows, inputs):
    """The model's outputs for the test; kept, so that they are read once."""
    file = folder / "test_logits.npz"
    key = f"{made['fingerprint']} {made['chosen_stage']}"  # other costs change no output
    if file.exists():
        kept = np.load(file)
        if str(kept["key"]) == key:
            return kept["logits"]
    logits = model.logits(network, inputs, about)
    np.savez(file, key=np.array(key), logits=logits)
    readings = HERE / "test_readings.json"
    lines = record.read_json(readings) if readings.exists() else []
    when = time.strftime("%Y-%m-%d %H:%M:%S")
    lines.append({"when": when, "run": folder.name, "fingerprint": made["fingerprint"]})
    record.write_json(readings, lines)
    return logits


def warnings(rows, least, guessing, readings):
    """What a reader must know before the scores."""
    lines = []
    groups = len({row["group"] for row in rows})
    if groups < 30:
        lines.append(f"The intervals are rough: the test set has only {groups} independent groups.")
    if least <= guessing:
        lines.append("The interval of the balanced accuracy reaches down to guessing.")
    lines += [f"A shortcut may be at work: {what}." for what in dividing.found()["shortcuts"]]
    models = len({reading["fingerprint"] for reading in readings})
    if models > 1:
        lines.append(
            f"The test {task.MANY} have been read for {models} models. If you chose among "
            "these by their test scores, the scores are too good."
        )
    return "".join(f'<p class="note">{page.escape(line)}</p>' for line in lines)


def score_table(ours, theirs, guessing):
    lines = []
    for (name, value, ends), (_, other, other_ends) in zip(ours, theirs, strict=True):
        cells = [scores.with_interval(value, ends, 3), scores.with_interval(other, other_ends, 3)]
        lines.append([name, *cells, f"{guessing[name]:.3f}"])
    head = ["score", "the network", baseline.SHORT, "guessing"]
    caption = (
        f"In brackets: 95 % intervals, by bootstrap over groups. {baseline.SHORT.capitalize()}: a "
        f"{baseline.NAME}, on the same split. Guessing: always the same answer."
    )
    return page.table(head, lines, caption)


def threshold_text(about, rule):
    return (
        f"<p>The model says {page.escape(about['positive'])} if its probability is at least "
        f"{about['threshold']:.2f}. This was chosen on validation {task.MANY}: a miss costs "
        f"{rule['cost_missed']:g}, a false alarm {rule['cost_false_alarm']:g}.</p>"
    )


def write_report(folder, made, about, rows, inputs, logits):
    """Write report.html. Returns the lines of the scores and whether the network is worth it."""
    classes, config = about["classes"], made["config"]
    rule = config["decision"]
    labels = measures.numbers(rows, classes)
    groups = np.array([row["group"] for row in rows])
    probabilities = measures.softmax(logits, about["temperature"])
    guesses = measures.decide(probabilities, about)
    simple_chances, simple_guesses = baseline.predictions(made["split"], about, config)
    ours = scores.of(labels, guesses, probabilities, groups, about, rule)
    theirs = scores.of(labels, simple_guesses, simple_chances, groups, about, rule)
    guessing = scores.guessing(labels, about, rule)
    worth = scores.worth(labels, guesses, simple_guesses, groups)
    weights = np.array(made["class_weights"])
    readings = record.read_json(HERE / "test_readings.json")
    least = next(ends[0] for name, _, ends in ours if name == scores.MAIN)
    head = ["class", task.MANY, "recall", "precision"]
    meaning = (
        "Recall: how much of the class was found. Precision: how often the model is right when it "
        "names the class."
    )
    body = [
        f"<p>Test {task.MANY}: {len(rows)}, in {len(set(groups))} groups, read "
        f"{page.escape(readings[-1]['when'])}. The model has never seen them.</p>",
        warnings(rows, least, guessing[scores.MAIN], readings),
        "<h2>Scores</h2>",
        score_table(ours, theirs, guessing),
        f"<p><b>{page.escape(worth)}</b></p>",
        threshold_text(about, rule) if len(classes) == 2 else "",
        "<h2>Each class</h2>",
        page.table(head, scores.per_class(labels, guesses, groups, classes), meaning),
        "<h2>Confusion</h2>",
        figures.confusion(labels, guesses, classes),
        "<h2>The worst errors</h2>",
        worst.errors(labels, guesses, probabilities, rows, inputs, about, config),
        "<h2>Calibration</h2>",
        figures.calibration(labels, logits, weights, about["temperature"]),
        "<h2>Training</h2>",
        figures.curves(made["history"]),
        f"<p>Kept: the stage <b>{page.escape(made['chosen_stage'])}</b>, validation loss "
        f"{made['validation_loss']:.3f}. {page.escape(task.described(about))}, "
        f"{settings.duration(made['seconds'])}.</p>",
    ]
    record.write(folder / "report.html", page.page("How good is the model?", "\n".join(body)))
    return [scores.line(*each) for each in ours], worth


def main():
    parser = argparse.ArgumentParser(description="Evaluate on the test, once.")
    parser.add_argument("--run", default=HERE / "run", help="the run's folder")
    folder = Path(parser.parse_args().run)
    if not (folder / record.RECORD).exists():
        raise Problem(f"{folder} holds no finished run.", "Run python train.py to its end.")
    made = record.read_json(folder / record.RECORD)
    network, about = model.load(folder / model.FILE)
    if settings.hash_of(folder / model.FILE) != made["model"]["sha256"]:
        do = "Run python train.py: it writes both again."
        raise Problem("The model and the record are not of one run.", do)
    rows = split.of(made["split"], "test")
    inputs = task.inputs(rows, made["config"])
    logits = test_logits(folder, made, network, about, rows, inputs)
    lines, worth = write_report(folder, made, about, rows, inputs, logits)
    model_card.write(folder, made, about, lines, worth)
    print("\n".join([*lines, worth]))
    print(f"The report: {folder / 'report.html'}. The model card: {folder / 'model_card.md'}.")


if __name__ == "__main__":
    settings.run(main)
