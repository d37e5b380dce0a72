"""What goes wrong on other people's machines: one message that says what to do, and nothing is lost."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path
from types import ModuleType

import phone
import pytest
import written

READ = "import check, settings; settings.run(lambda: bool(check.unchanged(settings.read())) and 0)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = written.project(tmp_path / "mine", "torch")
    phone.images(project / "data")
    return project


@pytest.fixture
def edited(project: Path) -> Path:
    """A project whose images are checked and divided."""
    written.run(project, "check.py")
    return project / "split.csv"


def lines_of(file: Path) -> list[list[str]]:
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]


def save(file: Path, lines: list[list[str]], *, separator: str = ",", encoding: str = "utf-8") -> None:
    file.write_text("\n".join(separator.join(line) for line in lines), encoding=encoding)


def test_a_split_that_a_spreadsheet_saved_is_still_read(edited: Path) -> None:
    save(edited, lines_of(edited), separator=";", encoding="utf-8-sig")
    written.run(edited.parent, "-c", READ)


def test_moving_an_image_to_another_split_by_hand_is_allowed(edited: Path) -> None:
    lines = lines_of(edited)
    moved = next(line for line in lines if line[3] == "train")
    moved[3] = "test"
    save(edited, lines)
    written.run(edited.parent, "-c", READ)
    written.run(edited.parent, "check.py")
    assert next(line for line in lines_of(edited) if line[0] == moved[0])[3] == "test", "it stays there"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (3, "training", "says 'training' as the split of"),
        (3, "train", "discs has no images in validation"),
        (2, "one", "the group one is in more than one split"),
        (4, "0", "has changed since the check"),
    ],
)
def test_a_mistake_in_a_split_edited_by_hand_is_named(
    edited: Path, column: int, value: str, message: str
) -> None:
    lines = lines_of(edited)
    for line in lines[1:]:
        line[column] = value
    save(edited, lines)
    before = edited.read_bytes()
    assert message in written.refused(edited.parent, "-c", READ)
    assert edited.read_bytes() == before


@pytest.mark.parametrize("content", [b"file,class\na,b\n", b"", b"\xff\xfe\x00junk", b"PK\x03\x04\x00\x00"])
def test_a_split_that_is_no_table_is_not_overwritten(edited: Path, content: bytes) -> None:
    edited.write_bytes(content)
    for script in (("-c", READ), ("check.py",)):
        said = written.refused(edited.parent, *script)
        assert "split.csv" in said
        assert edited.read_bytes() == content


def test_a_damaged_note_of_the_check_is_named(edited: Path) -> None:
    (edited.parent / "check.json").write_text("{half")
    assert "check.json is damaged" in written.refused(edited.parent, "-c", READ)


def test_images_beside_the_class_folders_and_no_class_folders(tmp_path: Path) -> None:
    project = written.project(tmp_path / "mine", "torch")
    phone.scene("discs", 0).save(project / "data" / "IMG_1.jpg")
    assert "has no class folders" in written.refused(project, "check.py")


def test_odd_names_are_kept_and_damaged_ones_are_named(project: Path) -> None:
    data = project / "data"
    apart = unicodedata.normalize("NFD", "Möwe")
    odd = ["🐦 am See.jpg", f"{apart}, grau.jpg", "a;b,c 'd'.jpg", "UPPER.JPEG"]
    for number, name in enumerate(odd):
        (data / "discs" / "in a trip, 2026" / "deeper").mkdir(parents=True, exist_ok=True)
        phone.scene("discs", 60 + number).save(data / "discs" / "in a trip, 2026" / "deeper" / name)
    (data / "_other").mkdir()
    for number in range(5):
        phone.scene("stripes", 70 + number).save(data / "_other" / f"{number}.jpg")
    damaged = os.fsencode(data / "stripes") + b"/K\xfcche.jpg"
    try:
        Path(os.fsdecode(damaged)).write_bytes((data / "stripes" / "IMG_0001.jpg").read_bytes())
    except OSError:
        damaged = b""  # this system takes only names that are Unicode
    said = written.run(project, "check.py")
    assert "29 images in 3 classes" in said
    assert ("stripes/K?che.jpg has a damaged name" in said) == bool(damaged)
    rows = written.rows(project)
    assert {f"discs/in a trip, 2026/deeper/{name}" for name in odd} <= set(rows)
    written.run(project, "-c", READ)


def test_a_table_of_groups_may_write_umlauts_as_a_keyboard_does(modules: dict[str, ModuleType]) -> None:
    groups = modules["groups"]
    file = modules["settings"].HERE / "umlauts.csv"
    file.write_text("file,group\nVögel/Möwe.jpg,see\n", encoding="utf-8")
    rows = [{"file": unicodedata.normalize("NFD", "Vögel/Möwe.jpg")}]
    assert groups.by_table(rows, file) == ["see"]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "The disk is full (run/state)"),
        (errno.EROFS, "not permitted (run/state)"),
        (errno.EACCES, "not permitted (run/state)"),
    ],
)
def test_a_disk_that_cannot_be_written_is_one_message(
    modules: dict[str, ModuleType], number: int, message: str
) -> None:
    def main() -> None:
        raise OSError(number, os.strerror(number), "run/state")

    with pytest.raises(SystemExit) as caught:
        modules["settings"].run(main)
    assert message in str(caught.value)
    assert "What to do" in str(caught.value)


def test_an_error_that_nobody_foresaw_is_not_hidden(modules: dict[str, ModuleType]) -> None:
    def main() -> None:
        raise OSError(errno.EIO, "disk on fire")

    with pytest.raises(OSError, match="on fire"):
        modules["settings"].run(main)


def test_a_kill_while_images_are_decoded_leaves_no_half_array(
    modules: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = modules["images"]
    phone.images(tmp_path, each=2)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jpg"))
    rows = [{"file": file, "sha256": images.hash_of(tmp_path / file)} for file in files]
    with monkeypatch.context() as patched:
        patched.setattr(images, "square", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            images.prepared(rows, tmp_path, 32, "crop", tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.npy"))
    pixels = images.prepared(rows, tmp_path, 32, "crop", tmp_path / "cache")
    assert pixels.shape == (4, 32, 32, 3)
    assert (pixels[1] == images.prepare(tmp_path / files[1], 32, "crop")).all()
