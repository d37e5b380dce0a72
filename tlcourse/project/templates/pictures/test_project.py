"""Does the whole project run? On ten images of its own, in a copy, with a small network.

python -m pytest test_project.py
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the scripts with ten images: your data and your run are not touched."""
    copy = tmp_path_factory.mktemp("project")
    for file in [*HERE.glob("*.py"), HERE / "requirements.txt"]:
        shutil.copy(file, copy)
    text = (HERE / "small.toml").read_text(encoding="utf-8")
    (copy / "config.toml").write_text(text, encoding="utf-8")
    random = np.random.default_rng(0)
    for name, colour in (("grass", (40, 130, 50)), ("sky", (90, 150, 230))):
        (copy / "data" / name).mkdir(parents=True)
        for number in range(5):
            noise = random.integers(-60, 60, (8, 8, 3)) + np.array(colour)
            image = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
            file = copy / "data" / name / f"{number}.png"
            image.resize((96, 80), Image.Resampling.BICUBIC).save(file)
    return copy


def call(project, *arguments):
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_images_to_a_report_and_an_answer(project):
    assert "split.csv" in call(project, "check.py")
    assert "Kept:" in call(project, "train.py")
    assert "Accuracy" in call(project, "report.py")
    answer = call(project, "predict.py", project / "data" / "sky" / "0.png")
    assert answer.split()[0] in ("grass", "sky")
    record = json.loads((project / "run" / "run.json").read_text(encoding="utf-8"))
    assert {row["split"] for row in record["split"]} == {"train", "validation", "test"}
    assert "</html>" in (project / "run" / "report.html").read_text(encoding="utf-8")
