"""The model card: what the people who will use the model must know."""

import check
import record
import settings
import split
from settings import HERE

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

{worth}

## Intended use
- For whom, and for which decision? TO FILL IN
- Who looks at its answers before something happens? TO FILL IN

## Limits
- It names one of its classes for every image, even if the image shows none of them.
- It knows only what the training images showed. Other cameras, light, places or people may
  lower the scores.
- Probabilities are calibrated on validation images. There were {validation}.
- TO FILL IN

## Licence
- Of the pretrained weights: {licence}
- Of this model: TO FILL IN

SHA-256 of the model: {sha256}
"""
LITE0 = "Apache-2.0 (Google; trained on ImageNet)"


def write(folder, made, about, scores, worth):
    """A model card to be completed. One that you have completed is not overwritten."""
    file = folder / "model_card.md"
    if file.exists() and made["model"]["sha256"] in file.read_text(encoding="utf-8"):
        return
    found, config, rows = check.found(), made["config"], made["split"]
    weights = config["model"]["weights"]
    text = CARD.format(
        count=len(about["classes"]),
        classes=", ".join(about["classes"]),
        backbone=about["backbone"],
        weights=weights,
        licence=LITE0 if "efficientnet_lite0" in weights else "TO FILL IN",
        stage=made["chosen_stage"],
        size=about["size"],
        fit=about["fit"],
        file=made["model"]["file"],
        sha256=made["model"]["sha256"],
        when=made["when"],
        seconds=settings.duration(made["seconds"]),
        counts=counts(rows, about["classes"]),
        left_out=len(found["left_out"]),
        copies=len(found["near_copies"]),
        groups=len({row["group"] for row in rows}),
        by=config["groups"]["by"],
        gps=found["files_with"].get("gps", 0),
        names=found["files_with"].get("names", 0),
        readings=len(record.read_json(HERE / "test_readings.json")),
        scores="\n".join(f"- {line}" for line in scores),
        worth=worth,
        validation=len(split.of(rows, "validation")),
    )
    if file.exists():
        file.replace(folder / "model_card.old.md")
    record.write(file, text)


def counts(rows, classes):
    lines = ["| class | training | validation | test |", "|---|---|---|---|"]
    for name in classes:
        numbers = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)
