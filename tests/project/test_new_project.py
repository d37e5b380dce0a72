"""``tlcourse new`` writes a project; its checks, its split and its figures need no framework."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import numpy as np
import phone
import pytest
import written
from typer.testing import CliRunner

from tlcourse.commands import cli
from tlcourse.errors import CourseError, SettingError
from tlcourse.project import new_project

NEEDED = {"torch": {"torch", "torchvision", "timm", "safetensors"}, "keras": {"keras"}}
COMMON = {"numpy", "PIL", "pytest", "pillow_heif"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with clean images."""
    project = written.project(tmp_path / "mine", "torch")
    phone.images(project / "data")
    return project


# --- Writing


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_project_imports_its_framework_and_nothing_of_the_course(tmp_path: Path, framework: str) -> None:
    files = new_project(tmp_path / "mine", framework, weights=False)
    assert {"README.md", "config.toml", "train.py", "predict.py", "report.py", "check.py"} <= set(files)
    assert {"data/README.md", "test_project.py", "requirements.txt"} <= set(files)
    written.imports_only(tmp_path / "mine", files, COMMON | NEEDED[framework], lines=230)


def test_the_requirements_are_ranges_and_the_settings_are_toml(tmp_path: Path) -> None:
    for framework in ("torch", "keras"):
        new_project(tmp_path / framework, framework, weights=False)
        lines = (tmp_path / framework / "requirements.txt").read_text(encoding="utf-8").splitlines()
        assert all(">=" in line for line in lines)
        config = tomllib.loads((tmp_path / framework / "config.toml").read_text(encoding="utf-8"))
        assert config["model"]["weights"] == "download"


def test_every_setting_is_in_the_file_with_its_default(modules: dict[str, ModuleType]) -> None:
    settings = modules["settings"]
    given = tomllib.loads((settings.HERE / "config.toml").read_text(encoding="utf-8"))
    for part, names in modules["known"].KNOWN.items():
        assert set(given[part]) == set(names)
        if part != "model":
            assert given[part] == {name: rule[0] for name, rule in names.items()}


def test_the_command_says_what_comes_next(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli.app, ["new", str(tmp_path / "mine"), "--framework", "keras", "--no-weights"]
    )
    assert done.exit_code == 0, done.output
    assert "python train.py" in done.output
    again = CliRunner().invoke(cli.app, ["new", str(tmp_path / "mine")])
    assert again.exit_code == 1
    assert "is not empty" in again.output


def test_the_weights_come_along(tmp_path: Path) -> None:
    files = new_project(tmp_path / "mine", "torch")
    assert "weights/efficientnet_lite0.safetensors" in files
    config = tomllib.loads((tmp_path / "mine" / "config.toml").read_text(encoding="utf-8"))
    assert config["model"]["weights"] in files


def test_only_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SettingError, match="is a file"):
        new_project(tmp_path / "file", "torch")
    with pytest.raises(CourseError, match="cannot be written"):
        new_project(tmp_path / "file" / "below", "torch", weights=False)
    with pytest.raises(SettingError, match="framework"):
        new_project(tmp_path / "mine", "jax")
    (tmp_path / "empty").mkdir()
    assert new_project(tmp_path / "empty", "torch", weights=False)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(SettingError, match="not empty"):
        new_project(tmp_path / "full", "torch")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full"]


# --- Checking and splitting


def test_dirty_files_are_named_and_left_out(project: Path) -> None:
    expected = phone.dirt(project / "data")
    said = written.run(project, "check.py")
    told = json.loads((project / "check.json").read_text(encoding="utf-8"))
    left_out = dict(told["left_out"])
    assert set(left_out) == set(expected)
    for file, reason in expected.items():
        assert reason in left_out[file]
        assert file in said
    assert "GPS" in said
    assert told["files_with"] == {"gps": 1, "names": 0}

    rows = written.rows(project)
    copies = ("IMG_0000.jpg", "WhatsApp Image (1).jpg", "thumb é.webp")
    assert len({rows[f"discs/{name}"]["split"] for name in copies}) == 1
    assert len({rows[f"discs/{name}"]["split"] for name in ("IMG_0001.jpg", "copy of IMG_0001.jpg")}) == 1
    assert len({rows[f"stripes/{name}"]["split"] for name in ("IMG_0000.jpg", "turned.png")}) == 1
    assert told["groups"] == len(rows) - 4, "no other images were taken for copies"
    counts = Counter((row["split"], row["class"]) for row in rows.values())
    assert len(counts) == 6


def test_copies_without_metadata(project: Path) -> None:
    from PIL import Image

    phone.dirt(project / "data")
    written.run(project, "check.py", "--clean", project / "clean")
    files = sorted(file for file in (project / "clean").rglob("*") if file.is_file())
    assert len(files) == len(written.rows(project))
    assert not any(len(Image.open(file).getexif()) for file in files)
    assert Image.open(project / "clean" / "stripes" / "lying.jpg.jpg").size == phone.SIZE
    assert "not an empty folder" in written.refused(project, "check.py", "--clean", project / "clean")


@pytest.mark.parametrize("by", ["prefix", "folder", "table"])
def test_a_group_is_never_on_two_sides(tmp_path: Path, by: str) -> None:
    project = written.project(tmp_path / "mine", "torch", groups__by=by)
    lines = ["file;group"]  # as a spreadsheet in many countries writes it
    for kind in ("discs", "stripes"):
        for number in range(18):
            person = ("ada", "bo", "cy", "di", "ed", "fay")[number % 6]
            inside = f"{kind}/{person}/{number}.jpg" if by == "folder" else f"{kind}/{person}_{number}.jpg"
            (project / "data" / inside).parent.mkdir(parents=True, exist_ok=True)
            phone.scene(kind, number).save(project / "data" / inside)
            lines.append(f"{inside};{person}")
    (project / "groups.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    written.run(project, "check.py")
    sides = defaultdict(set)
    for file, row in written.rows(project).items():
        sides[next(name for name in ("ada", "bo", "cy", "di", "ed", "fay") if f"/{name}" in file)].add(
            row["split"]
        )
    assert all(len(side) == 1 for side in sides.values())
    assert len(sides) == 6


def test_added_images_leave_the_others_where_they_are(project: Path) -> None:
    written.run(project, "check.py")
    before = written.rows(project)
    for number in range(20, 26):
        phone.scene("discs", number).save(project / "data" / "discs" / f"new {number}.png")
    written.run(project, "check.py")
    after = written.rows(project)
    assert len(after) == len(before) + 6
    assert all(after[file]["split"] == row["split"] for file, row in before.items())


def test_images_that_turn_out_to_belong_together_ask_for_a_new_split(project: Path) -> None:
    written.run(project, "check.py")
    rows = written.rows(project)
    one, other = (next(f for f, r in rows.items() if r["split"] == s) for s in ("train", "test"))
    lines = [f"{file},{'together' if file in (one, other) else file}" for file in rows]
    (project / "groups.csv").write_text("file,group\n" + "\n".join(lines), encoding="utf-8")
    written.change(project, groups__by="table")
    assert "--redraw" in written.refused(project, "check.py")
    written.run(project, "check.py", "--redraw")
    rows = written.rows(project)
    assert rows[one]["split"] == rows[other]["split"]


def test_what_cannot_be_split_is_one_clear_message(project: Path) -> None:
    discs = sorted((project / "data" / "discs").iterdir())
    for file in discs[2:]:
        file.unlink()
    said = written.refused(project, "check.py")
    assert "discs (images: 2, groups: 2)" in said
    discs[0].unlink()
    discs[1].write_bytes(b"")
    assert "discs has no usable image" in written.refused(project, "check.py")
    discs[1].unlink()
    discs[0].parent.rmdir()
    assert "only one class" in written.refused(project, "check.py")
    (project / "data" / "stripes").rename(project / "data" / "train")
    assert "are splits" in written.refused(project, "check.py")
    written.change(project, data__folder="nowhere")
    assert "no folder" in written.refused(project, "check.py")


def test_imbalance_and_shortcuts_are_told(project: Path) -> None:
    from PIL import Image

    for file in sorted((project / "data" / "discs").iterdir()):
        Image.open(file).save(file.with_suffix(".png"))
        file.unlink()
    for number in range(30, 45):
        phone.scene("stripes", number).save(project / "data" / "stripes" / f"{number}.jpg")
    said = written.run(project, "check.py")
    assert "2.5 times as many images" in said
    assert "the format alone tells the class of 100%" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[data]\nsize = 'large'", "data.size is 'large'"),
        ("[data]\nsize = 9", "data.size is 9"),
        ("[data]\nsise = 96", "no setting data.sise"),
        ("[dada]\nsize = 96", "no section [dada]"),
        ("[data]\nfit = 'cut'", "data.fit is 'cut'"),
        ("size == 3", "not valid TOML"),
        ("[decision]\ncost_missed = 0\ncost_false_alarm = 0", "Both costs are 0"),
    ],
)
def test_a_wrong_setting_is_named(
    modules: dict[str, ModuleType], tmp_path: Path, line: str, message: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(modules["settings"].Problem) as caught:
        modules["settings"].read(file)
    assert message in str(caught.value)


def test_a_setting_of_the_split_that_changed_is_noticed(project: Path) -> None:
    """Training must not go on with a split that the settings no longer describe."""
    written.run(project, "check.py")
    code = "import check, settings; settings.run(lambda: bool(check.unchanged(settings.read())) and 0)"
    written.run(project, "-c", code)
    written.change(project, groups__by="prefix")
    assert "have changed since the check: by." in written.refused(project, "-c", code)
    written.change(project, groups__by="file")
    phone.scene("discs", 90).save(project / "data" / "discs" / "new.png")
    assert "new since the check: 1 (discs/new.png)" in written.refused(project, "-c", code)
    (project / "data" / "discs" / "new.png").replace(project / "data" / "discs" / "IMG_0000.jpg")
    assert "IMG_0000.jpg has changed" in written.refused(project, "-c", code)


# --- Figures


def test_figures_are_those_of_scikit_learn(modules: dict[str, ModuleType]) -> None:
    from sklearn import metrics

    measures = modules["measures"]
    rng = np.random.default_rng(0)
    labels, guesses = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    known = metrics.balanced_accuracy_score(labels, guesses)
    assert measures.balanced_accuracy(labels, guesses) == pytest.approx(known)
    assert (measures.confusion(labels, guesses, 3) == metrics.confusion_matrix(labels, guesses)).all()
    scores = rng.integers(0, 20, 200) / 20
    assert measures.auc(labels == 0, scores) == pytest.approx(metrics.roc_auc_score(labels == 0, scores))
    logits, ones = rng.normal(0, 2, (200, 3)), np.ones(3)
    known = metrics.log_loss(labels, measures.softmax(logits))
    assert measures.cross_entropy(logits, labels, ones) == pytest.approx(known)


def test_the_temperature_finds_a_known_one_and_never_runs_away(modules: dict[str, ModuleType]) -> None:
    measures = modules["measures"]
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (5000, 3))
    chances = measures.softmax(logits)
    labels = np.array([rng.choice(3, p=row) for row in chances])
    assert measures.fit_temperature(3 * logits, labels, np.ones(3)) == pytest.approx(3, rel=0.1)
    few = np.array([[6.0, -6.0], [-6.0, 6.0], [5.0, -5.0], [-5.0, 5.0]])
    sure = measures.softmax(few, measures.fit_temperature(few, np.array([0, 1, 0, 1]), np.ones(2)))
    assert sure.max() < 0.95, "four images cannot make anyone certain"


def test_the_threshold_follows_the_costs(modules: dict[str, ModuleType]) -> None:
    best = modules["measures"].best_threshold
    yes = np.array([False, False, True, False, True, True])
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.8, 0.9])
    assert 0.2 < best(yes, scores, 10, 1) <= 0.3, "a miss is dear: the true one at 0.3 is called"
    assert 0.4 < best(yes, scores, 1, 10) <= 0.8
    assert best(yes[[0, 5]], scores[[0, 5]], 1, 1) == 0.5, "where all cost the same, theory decides"
    assert best(np.zeros(3, bool), scores[:3], 0, 1) > 0.3, "never yes"
    chosen = [best(yes, scores, miss, 1) for miss in (0.1, 0.5, 1, 2, 10, 100)]
    assert chosen == sorted(chosen, reverse=True), "the dearer a miss, the lower the threshold"


def test_intervals_of_groups_are_wider(modules: dict[str, ModuleType]) -> None:
    right = np.repeat(np.arange(20) % 4 > 0, 10)  # whole groups are right or wrong
    groups, alone = np.repeat(np.arange(20), 10), np.arange(200)
    low, high = modules["measures"].interval(groups, lambda p: right[p].mean())
    one, other = modules["measures"].interval(alone, lambda p: right[p].mean())
    assert high - low > 2 * (other - one)
    all_right = np.ones(5, bool)
    low, high = modules["measures"].interval(np.arange(5), lambda p: all_right[p].mean(), 5)
    assert (round(low, 2), high) == (0.55, 1), "five of five are no proof: 0.55 to the fifth is 5 %"


def test_a_group_without_the_rest_of_its_names_is_refused(
    modules: dict[str, ModuleType], tmp_path: Path
) -> None:
    rows = [{"file": "a/1.jpg"}, {"file": "a/2.jpg"}]
    (tmp_path / "table.csv").write_text("file,group\na/1.jpg,x\n")
    with pytest.raises(modules["settings"].Problem, match="has no group for a/2"):
        modules["groups"].by_table(rows, tmp_path / "table.csv")
    (tmp_path / "table.csv").write_text("name,who\na/1.jpg,x\n")
    with pytest.raises(modules["settings"].Problem, match="no columns file and group"):
        modules["groups"].by_table(rows, tmp_path / "table.csv")
    with pytest.raises(modules["settings"].Problem, match="cannot be read"):
        modules["groups"].by_table(rows, tmp_path / "none.csv")


def test_images_taken_at_once_stay_together(modules: dict[str, ModuleType]) -> None:
    taken = ["2026:05:01 12:00:00", "2026:05:01 12:00:02", "2026:05:01 12:09:00", "", "nonsense"]
    rows = [{"about": {"camera": "Phone 7", "taken": when}} for when in taken]
    assert modules["groups"].bursts(rows, 2) == [(0, 1)]
    assert modules["groups"].bursts(rows, 0) == []
    rows[1]["about"]["camera"] = "another"
    assert modules["groups"].bursts(rows, 2) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes pipes differently")
def test_whoever_has_read_enough_of_the_output_gets_no_traceback(project: Path) -> None:
    code = "import settings; settings.run(lambda: [print('a line', n) for n in range(50_000)] and 0)"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "a line 0\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
