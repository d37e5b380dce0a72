"""What both frameworks' projects must do; the frameworks' test files call it."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import phone
import written


def finished(project: Path, run: str = "run") -> dict[str, Any]:
    return json.loads((project / run / "run.json").read_text(encoding="utf-8"))


def from_images_to_an_answer(folder: Path, framework: str) -> None:
    """Dirty images and pretrained weights, through all scripts, where the course cannot be imported."""
    project = written.project(folder, framework, small=False)
    written.change(project, data__size=64, training__epochs_head=2, training__epochs_deeper=1)
    assert "No module named 'tlcourse'" in written.ask(project, "-c", "import tlcourse")[2]
    phone.images(project / "data", each=8)
    phone.dirt(project / "data")
    said = written.run(project, "train.py")
    assert "Files left out: 7" in said, "training checks the images first"
    assert "left" in said
    record = finished(project)
    losses = [row["validation_loss"] for row in record["history"]]
    assert record["validation_loss"] == min(losses)
    assert losses[1] < losses[0], "it learns"

    said = written.run(project, "report.py")
    assert "Balanced accuracy" in said
    page = (project / "run" / "report.html").read_text(encoding="utf-8")
    for part in ("Scores", "Confusion", "worst errors", "Calibration", "prefers-color-scheme", "<svg"):
        assert part in page
    assert "http" not in page.replace("http://www.w3.org", ""), "it opens without a network"
    assert "TO FILL IN" in (project / "run" / "model_card.md").read_text(encoding="utf-8")
    before = (project / "test_readings.json").read_bytes()
    written.run(project, "report.py")
    assert (project / "test_readings.json").read_bytes() == before, "the test images are read once"

    # The model's file alone, with the code that uses it, in an empty folder.
    alone = project.parent / "alone"
    alone.mkdir()
    model = next((project / "run").glob("model.[sk]*"))
    scripts = ("predict.py", "images.py", "model.py", "measures.py", "settings.py")
    for file in (*(project / name for name in scripts), model):
        shutil.copy(file, alone)
    answers = written.run(
        alone, "predict.py", project / "data", "--model", model.name, "--csv", "answers.csv"
    )
    assert len(answers.splitlines()) == 27, "each image that can be read, small ones too"
    right = [line.split()[0] == Path(line[line.index("/") :]).parent.name for line in answers.splitlines()]
    assert sum(right) >= 20
    assert (alone / "answers.csv").read_text(encoding="utf-8").startswith("file,class,discs,stripes\n")
    broken = project / "data" / "stripes" / "half.jpg"
    assert "half.jpg cannot be read" in written.refused(alone, "predict.py", broken, "--model", model.name)


def stopped_and_started_again(folder: Path, framework: str) -> None:
    """A run killed with -9, and again in the middle of writing, ends as one that nobody stopped."""
    settings = {"training__epochs_head": 2, "training__epochs_deeper": 1, "training__patience": 9}
    project = written.project(folder, framework, **settings)
    phone.images(project / "data", each=6)
    written.run(project, "check.py")
    written.run(project, "train.py", "--out", "whole")
    process = written.start(project, "train.py")
    states = project / "run"
    deadline = time.monotonic() + 120
    while not list(states.glob("state.[pn]*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (states / "run.json").exists()
    (states / "state.half").write_bytes(b"half a state")
    (states / "state.half.npz").write_bytes(b"half a state")
    said = written.run(project, "train.py")
    assert "Going on after" in said
    whole, again = finished(project, "whole"), finished(project)
    for name in ("validation_loss", "temperature", "threshold", "chosen_stage"):
        assert whole[name] == again[name], name
    seconds = {"seconds"}
    for one, other in zip(whole["history"], again["history"], strict=True):
        assert {k: v for k, v in one.items() if k not in seconds} == {
            k: v for k, v in other.items() if k not in seconds
        }

    # Other costs choose another threshold, without training.
    written.change(project, decision__cost_missed=50.0)
    assert "loss" not in written.run(project, "train.py").split("Kept")[0]
    assert finished(project)["threshold"] <= whole["threshold"]

    assert "other settings" in written.refused(_changed(project, training__rate=0.01), "train.py")
    written.change(project, training__rate=0.002)
    said = written.run(project, "train.py", "--like", "whole/run.json", "--out", "repeated")
    value = f"{whole['validation_loss']:.6f}"
    assert f"validation_loss: {value} in the record, {value} now" in said


def _changed(project: Path, **settings: object) -> Path:
    written.change(project, **settings)
    return project
