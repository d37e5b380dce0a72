"""The run's folder, and the record from which the run can be repeated."""

import hashlib
import importlib.metadata
import json
import os
import platform
import time
from pathlib import Path

import task
from settings import HERE, Problem, checked, hash_of

STATE, RECORD = "state", "run.json"


def write(file, text):
    """All of the text or nothing, so that a kill leaves no half of a file."""
    half = Path(f"{file}.half")
    half.write_text(text, encoding="utf-8")
    os.replace(half, file)


def write_json(file, content):
    write(file, json.dumps(content, indent=1, ensure_ascii=False))


def read_json(file):
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        do = "Give the run.json of a finished run."
        raise Problem(f"{file} cannot be read: {error.strerror}.", do) from None
    except ValueError:
        do = "Put back a copy of it. The record of a run is written again by python train.py."
        raise Problem(f"{file} is damaged.", do) from None


def fingerprint(config, rows):
    """What a training run depends on. The costs of mistakes come after it."""
    parts = {name: part for name, part in config.items() if name != "decision"}
    parts["data"] = {n: v for n, v in parts["data"].items() if n in task.SEEN}
    parts.pop("groups")
    files = [[row[name] for name in (task.KEY, "class", "split", "sha256")] for row in rows]
    code = [hash_of(HERE / name) for name in task.CODE]
    text = json.dumps([parts, files, task.weights_hash(config), code], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(folder, config, rows, new):
    """The folder of this run: an empty one, or one with the same settings to go on in."""
    folder = Path(folder)
    mark = folder / "fingerprint"
    if new and mark.exists():
        number = 1
        while (kept := folder.with_name(f"{folder.name}-{number}")).exists():
            number += 1
        folder.rename(kept)
        print(f"The run that was there is kept in {kept.name}.")
    folder.mkdir(parents=True, exist_ok=True)
    this = fingerprint(config, rows)
    if mark.exists() and mark.read_text() != this:
        raise Problem(
            f"{folder.name} holds a run with other settings, {task.MANY} or code.",
            "Keep it under another name and start over: python train.py --new. Or undo the change.",
        )
    write(mark, this)
    return folder


def like(file):
    """The settings and the rows of a recorded run, if the same data are here."""
    record = read_json(file)
    try:
        config, rows, weights = (
            checked(record["config"]),
            record["split"],
            record["weights"],
        )
    except (KeyError, TypeError):
        raise Problem(f"{file} is no record of a run.", "Give a run.json.") from None
    task.same(rows, config)
    if task.weights_hash(config) != weights:
        do = "Put back the file that model.weights named then."
        raise Problem("The pretrained weights are not those of that run.", do)
    return config, rows, record


def made_from(config, rows):
    """The part of the record that is known before training."""
    versions = {}
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        name = line.split(">")[0].strip()
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # tensorflow-cpu is called so
            continue
    return {
        "when": time.strftime("%Y-%m-%d %H:%M:%S"),
        "config": config,
        "weights": task.weights_hash(config),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": versions,
        "code": {file.name: hash_of(file) for file in sorted(HERE.glob("*.py"))},
        "fingerprint": fingerprint(config, rows),
        "split": rows,
    }


def compare(before, now):
    """Tell whether a repeated run came to the same end."""
    for name in ("validation_loss", "validation_balanced_accuracy"):
        print(f"{name}: {before[name]:.6f} in the record, {now[name]:.6f} now")
    changed = [n for n, v in before["versions"].items() if now["versions"].get(n) != v]
    if changed:
        print(f"Other versions than in the record: {', '.join(changed)}.")
    if before["code"] != now["code"]:
        print("The code of this project has changed since.")
