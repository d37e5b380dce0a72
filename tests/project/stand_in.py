"""A network without a framework: a written project with this file as model.py runs in a second.

Copied into a project, ``python model.py`` stands in for train.py: it finds the mean colours of each class.
"""

import json
from pathlib import Path

import numpy as np

FILE = "model.json"


def features(pixels):
    """The mean and the spread of each colour in sixteen parts of the image."""
    count, side = len(pixels), pixels.shape[1] // 4
    parts = np.asarray(pixels, float).reshape(count, 4, side, 4, side, 3)
    both = [parts.mean(axis=(2, 4)), parts.std(axis=(2, 4))]
    return np.concatenate([each.reshape(count, -1) for each in both], axis=1) / 255


def logits(network, pixels, about, batch=64):
    return -10 * ((features(pixels)[:, None] - network[None]) ** 2).sum(axis=2)


def load(file):
    kept = json.loads(Path(file).read_text(encoding="utf-8"))
    return np.array(kept["network"]), kept["about"]


def main():
    import check
    import finish
    import record
    import settings

    config = settings.read()
    rows = check.unchanged(config)
    folder = record.begin(settings.HERE / "run", config, rows, new=False)
    classes = sorted({row["class"] for row in rows})
    data = finish.data_of(config, rows, classes)
    x, labels = features(data["train"]), data["train_labels"]
    network = np.stack([x[labels == number].mean(axis=0) for number in range(len(classes))])
    about = {"classes": classes, "backbone": "mean colours", **config["data"]}
    seen = logits(network, data["validation"], about)
    history = []
    for stage, number in (("head", 1), ("head", 2), ("deeper", 1)):
        history.append(finish.epoch_row(stage, number, 1 / number, seen, data, 0.0))
        finish.tell(history[-1], history, config["training"])
    result = finish.result(config, about, data, seen, "head", history)
    file = folder / FILE
    record.write_json(file, {"network": network.tolist(), "about": about})
    made = record.made_from(config, rows) | result
    made["model"] = {"file": FILE, "sha256": settings.hash_of(file)}
    record.write_json(folder / record.RECORD, made)


if __name__ == "__main__":
    import settings

    settings.run(main)
