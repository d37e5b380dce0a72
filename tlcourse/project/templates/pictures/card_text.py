"""The text of the model card of a classifier of images, and what goes into it."""

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


def facts(config, about, found):
    """What the card says of images alone."""
    weights = config["model"]["weights"]
    return {
        "licence": LITE0 if "efficientnet_lite0" in weights else "TO FILL IN",
        "weights": weights,
        "size": about["size"],
        "fit": about["fit"],
        "by": config["groups"]["by"],
        "gps": found["files_with"].get("gps", 0),
        "names": found["files_with"].get("names", 0),
    }
