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

#: The rest of training and what comes after it, in one process, which loads the framework once.
TOGETHER = """
import sys
from pathlib import Path
import settings, train, report

def call(script, *arguments):
    sys.argv = [script.__name__, *arguments]
    print(f"--- {script.__name__}")
    script.main()

def all_of_them():
    call(train)
    Path("first.json").write_bytes(Path("run/run.json").read_bytes())
    call(train, "--like", "run/run.json", "--out", "repeated")
    config = Path("config.toml")
    config.write_text(config.read_text().replace("cost_missed = 1.0", "cost_missed = 50.0"))
    call(train)
    call(report)

settings.run(all_of_them)
"""


def finished(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def whole_way(folder: Path, framework: str, before: str = "") -> None:
    """From a phone's images to an answer, where the course cannot be imported, with a kill on the way.

    The run that was killed with -9 and started again must be the one that nobody stopped: its record,
    repeated from the beginning, comes to the same figures. `before` is code that is run before training.
    """
    project = written.project(folder, framework, small=False)
    stages = {"training__epochs_head": 2, "training__epochs_deeper": 1, "training__patience": 9}
    written.change(project, data__size=64, **stages)
    assert "No module named 'tlcourse'" in written.ask(project, "-c", "import tlcourse")[2]
    phone.images(project / "data", each=8)
    phone.dirt(project / "data")
    killed_after_an_epoch(project, before)
    assert len(finished(project / "check.json")["left_out"]) == 7, "training checks the images first"

    printed = written.run(project, "-c", TOGETHER)
    resumed, repeated, costs, report = (part.partition("\n")[2] for part in printed.split("--- ")[1:])
    assert "Going on after" in resumed
    assert "left" in resumed
    record = finished(project / "first.json")
    losses = [row["validation_loss"] for row in record["history"]]
    assert record["validation_loss"] == min(losses)
    assert losses[1] < losses[0], "it learns"
    value = f"{record['validation_loss']:.6f}"
    assert f"validation_loss: {value} in the record, {value} now" in repeated
    whole = finished(project / "repeated" / "run.json")
    for name in ("validation_loss", "temperature", "threshold", "chosen_stage"):
        assert whole[name] == record[name], name
    assert without_seconds(whole) == without_seconds(record)
    assert "head " not in costs, "other costs choose another threshold, without training"
    assert finished(project / "run" / "run.json")["threshold"] <= record["threshold"]
    assert "Balanced accuracy" in report
    assert "</html>" in (project / "run" / "report.html").read_text(encoding="utf-8")

    # The model's file alone, with the code that uses it, in an empty folder.
    alone = project.parent / "alone"
    alone.mkdir()
    model = next((project / "run").glob("model.[sk]*"))
    scripts = ("predict.py", "images.py", "model.py", "measures.py", "settings.py")
    for file in (*(project / name for name in scripts), model):
        shutil.copy(file, alone)
    command = ("predict.py", project / "data", "--model", model.name, "--csv", "answers.csv")
    status, said, errors = written.ask(alone, *command)
    assert status == 0, errors
    assert "half.jpg cannot be read" in errors
    answers = said.splitlines()
    assert len(answers) == 27, "each image that can be read, small ones too"
    assert (alone / "answers.csv").read_text(encoding="utf-8").startswith("file,class,discs,stripes\n")
    # Misses are dear now, so look at the probabilities: the share of the right class.
    lines = (alone / "answers.csv").read_text(encoding="utf-8").splitlines()[1:]
    right = [(Path(file).parent.name, float(disc)) for file, _, disc, _ in (x.rsplit(",", 3) for x in lines)]
    assert sum((name == "discs") == (disc > 0.5) for name, disc in right) >= 20


def killed_after_an_epoch(project: Path, before: str) -> None:
    """Start train.py, kill it when it has written its state, and leave halves of the next one."""
    script = ("-c", f"{before}\nimport train\ntrain.main()") if before else ("train.py",)
    process = written.start(project, *script)
    run = project / "run"
    deadline = time.monotonic() + 300
    while not list(run.glob("state.[pn]*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(run.glob("state.[pn]*")), "it did not come so far"
    assert not (run / "run.json").exists()
    (run / "state.half").write_bytes(b"half a state")
    (run / "state.half.npz").write_bytes(b"half a state")


def without_seconds(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "seconds"} for row in record["history"]]
