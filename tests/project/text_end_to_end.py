"""What both frameworks' projects for texts must do; the frameworks' test files call it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import end_to_end
import written

ALONE = ("predict.py", "tokens.py", "model.py", "texts.py", "labels.py", "table.py", "measures.py")
ALONE += ("settings.py", "known.py", "config.toml")

#: Answers of the model's file alone, in one process: a text, a table, and what is refused.
ASK = """
import sys
import predict, settings

def ask(*arguments):
    sys.argv = ["predict.py", *arguments]
    predict.main()

ask("the day was lovely and our meal fresh")
ask("new.csv", "--csv", "answers.csv", "--unsure-below", "1.0")
ask("new.csv", "--csv", "sure.csv")
"""


def whole_way(folder: Path, framework: str) -> None:
    """From a CSV file to answers, where the course cannot be imported, with a kill on the way."""
    stages = {"training__epochs_head": 8, "training__epochs_deeper": 2, "training__patience": 9}
    project = written.text_project(folder, framework, training__rate=0.02, **stages)
    assert "No module named 'tlcourse'" in written.ask(project, "-c", "import tlcourse")[2]
    written.reviews(project / "data" / "texts.csv")
    written.change(project, groups__column="author")
    end_to_end.killed_after_an_epoch(project, "")

    printed = written.run(project, "-c", end_to_end.TOGETHER)
    resumed, repeated, costs, report = (part.partition("\n")[2] for part in printed.split("--- ")[1:])
    assert "Going on after" in resumed
    record = end_to_end.finished(project / "first.json")
    losses = [row["validation_loss"] for row in record["history"]]
    assert losses[7] < losses[0], "it learns"
    value = f"{record['validation_loss']:.6f}"
    assert f"validation_loss: {value} in the record, {value} now" in repeated
    whole = end_to_end.finished(project / "repeated" / "run.json")
    assert end_to_end.without_seconds(whole) == end_to_end.without_seconds(record)
    assert "head " not in costs, "other costs choose another threshold, without training"
    assert "Balanced accuracy" in report
    page = (project / "run" / "report.html").read_text(encoding="utf-8")
    assert "words only" in page
    assert "the day was" not in (project / "run" / "run.json").read_text(encoding="utf-8")

    alone = project.parent / "alone"
    alone.mkdir()
    model = next((project / "run").glob("model.[sk]*"))
    scripts = [project / name for name in (*ALONE, *(("bert.py",) if framework == "keras" else ()))]
    (alone / "run").mkdir()
    shutil.copy(model, alone / "run")
    for file in scripts:
        shutil.copy(file, alone)
    lines = ["id;text;remark", "1;the film was superb, really;x", "2;;x", f"3;{'was rude ' * 60};x"]
    (alone / "new.csv").write_bytes("\n".join(lines).encode("cp1252"))
    said = written.run(alone, "-c", f"{ASK}")
    assert said.split()[0] in ("good", "bad")
    with open(alone / "sure.csv", encoding="utf-8-sig", newline="") as opened:
        first, second, third = csv.DictReader(opened)
    assert first["id"] == "1", "the columns of the table are kept"
    assert first["answer"] in ("good", "bad")
    assert second["answer"] == "", "no text, no answer"
    assert (first["cut off"], third["cut off"]) == ("", "yes")
    with open(alone / "answers.csv", encoding="utf-8-sig", newline="") as opened:
        assert {row["answer"] for row in csv.DictReader(opened)} == {"unsure", ""}
