"""The report of a written project, with a network that needs no framework."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import numpy as np
import phone
import pytest
import written


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its report, made from dirty images. Its tests leave it as it is."""
    project = written.stand_in(tmp_path_factory.mktemp("report") / "mine")
    phone.images(project / "data", each=12)
    phone.dirt(project / "data")
    written.run(project, "model.py")
    written.run(project, "report.py")
    return project


def report_of(project: Path) -> str:
    return (project / "run" / "report.html").read_text(encoding="utf-8")


class Tags(HTMLParser):
    """All tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_has_all_parts_and_opens_without_a_network(project: Path) -> None:
    page = report_of(project)
    for part in ("Scores", "Confusion", "worst errors", "Calibration", "Training", "prefers-color-scheme"):
        assert part in page
    assert "http" not in page
    tags = Tags(page).found
    assert [tag for tag, _ in tags if re.fullmatch("h[1-6]", tag)] == ["h1"] + 6 * ["h2"]
    assert all(about.get("alt") for tag, about in tags if tag == "img")
    assert all(about.get("aria-label") for tag, about in tags if tag == "svg")
    assert {about["scope"] for tag, about in tags if tag == "th"} == {"row", "col"}


def test_the_network_is_compared_with_the_bare_pixels_and_with_guessing(project: Path) -> None:
    page = report_of(project)
    for name in ("the network", "pixels only", "guessing"):
        assert f'<th scope="col">{name}</th>' in page
    assert "logistic regression on 16x16 pixels" in page
    card = (project / "run" / "model_card.md").read_text(encoding="utf-8")
    assert "TO FILL IN" in card
    assert "logistic regression on 16x16 pixels" in card


def test_the_test_images_are_read_once_and_a_card_that_was_filled_in_is_kept(project: Path) -> None:
    readings, card = project / "test_readings.json", project / "run" / "model_card.md"
    before = readings.read_bytes()
    text = card.read_text(encoding="utf-8").replace("TO FILL IN", "ours")
    card.write_text(text, encoding="utf-8")
    written.run(project, "report.py")
    assert readings.read_bytes() == before
    assert card.read_text(encoding="utf-8") == text


def test_other_costs_choose_another_threshold_and_other_settings_another_run(tmp_path: Path) -> None:
    project = written.stand_in(tmp_path / "mine")
    phone.images(project / "data")
    assert "no finished run" in written.refused(project, "report.py")
    written.run(project, "model.py")
    made = json.loads((project / "run" / "run.json").read_text(encoding="utf-8"))
    written.change(project, decision__cost_missed=50.0)
    written.run(project, "model.py")
    again = json.loads((project / "run" / "run.json").read_text(encoding="utf-8"))
    assert again["threshold"] <= made["threshold"]
    assert again["fingerprint"] == made["fingerprint"]
    written.change(project, decision__positive="cats")
    assert "There is no class 'cats'" in written.refused(project, "model.py")
    written.change(project, decision__positive="", data__size=96)
    assert "other settings" in written.refused(project, "model.py")


def test_a_test_image_that_was_replaced_after_training_is_noticed(tmp_path: Path) -> None:
    project = written.stand_in(tmp_path / "mine")
    phone.images(project / "data")
    written.run(project, "model.py")
    made = json.loads((project / "run" / "run.json").read_text(encoding="utf-8"))
    file = next(row["file"] for row in made["split"] if row["split"] == "test")
    phone.scene("discs", 99).save(project / "data" / file)
    assert f"{file} has changed since the check" in written.refused(project, "report.py")
    assert not (project / "test_readings.json").exists()


def test_an_answer_for_each_image_that_can_be_read(project: Path) -> None:
    status, said, errors = written.ask(project, "predict.py", project / "data", "--csv", "answers.csv")
    assert status == 0
    assert len(said.splitlines()) == 35, "small images too"
    for name in ("half.jpg cannot be read", "empty.jpg is empty", "IMG_9000.HEIC is HEIC"):
        assert name in errors
    table = (project / "answers.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "file,class,discs,stripes"
    assert len(table) == 36
    broken = project / "data" / "stripes" / "half.jpg"
    assert "None of the files could be read" in written.refused(project, "predict.py", broken)
    assert "nowhere does not exist" in written.refused(project, "predict.py", project / "nowhere")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a Linux device")
def test_a_full_disk_is_one_clear_message(project: Path) -> None:
    image = project / "data" / "discs" / "IMG_0001.jpg"
    assert "The disk is full" in written.refused(project, "predict.py", image, "--csv", "/dev/full")


# --- The arithmetic


def test_the_baseline_is_the_logistic_regression_of_scikit_learn(modules: dict[str, ModuleType]) -> None:
    from sklearn.linear_model import LogisticRegression

    baseline = modules["baseline"]
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(90, 12)), rng.integers(0, 3, 90)
    x[:, :3] += np.eye(3)[labels]
    for penalty in baseline.PENALTIES[1:]:
        found = baseline.probabilities(baseline.fit(x, labels, np.ones(3), penalty), x)
        known = LogisticRegression(C=1 / (penalty * len(x)), max_iter=5000, tol=1e-8).fit(x, labels)
        assert np.abs(found - known.predict_proba(x)).max() < 0.01


def test_it_is_said_frankly_whether_the_network_is_worth_it(modules: dict[str, ModuleType]) -> None:
    worth = modules["scores"].worth
    labels, groups = np.arange(60) % 2, np.arange(60)
    wrong, often = 1 - labels, np.where(np.arange(60) % 4 < 2, labels, 1 - labels)
    assert "is worth it: its balanced accuracy is 0.50 higher" in worth(labels, labels, often, groups)
    assert "is not worth it: its balanced accuracy is 1.00 lower" in worth(labels, wrong, labels, groups)
    assert "do not show that the network is worth it" in worth(labels, often, often, groups)


def test_guessing_is_the_best_answer_that_looks_at_nothing(modules: dict[str, ModuleType]) -> None:
    labels = np.array([0, 0, 0, 1])
    about = {"classes": ["no", "yes"], "positive": "yes"}
    found = modules["scores"].guessing(labels, about, {"cost_missed": 8.0, "cost_false_alarm": 1.0})
    assert found["Accuracy"] == 0.75
    assert found["Balanced accuracy"] == found["AUC"] == 0.5
    assert found["Cost of an image"] == 0.75, "always yes: three false alarms cost less than one miss"
