"""Check the images and divide them into training, validation and test.

    python check.py                 look at everything, write split.csv
    python check.py --redraw        divide again: images may change sides
    python check.py --clean FOLDER  also write copies without metadata

Images that are already in split.csv keep their side when you add others.
"""

import argparse
from pathlib import Path

import copies
import dividing
import findings
import groups
import images
import picture_findings
import settings
import split
from settings import Problem, Progress

LAYOUT = "Make one sub-folder for each class: data/cat/1.jpg, data/dog/1.jpg, ..."
SPLIT_NAMES = {"train", "training", "val", "valid", "validation", "test", "testing"}


def class_folders(folder):
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}.", f"Set data.folder. {LAYOUT}")
    found = sorted(f for f in folder.iterdir() if f.is_dir() and not images.ignored(f.name))
    if not found:
        raise Problem(f"The folder {folder} has no class folders.", LAYOUT)
    if {each.name.lower() for each in found} <= SPLIT_NAMES:
        do = "Put all images of a class into one folder. check.py divides them."
        raise Problem(f"The folders in {folder} are splits, not classes.", do)
    if len(found) == 1:
        raise Problem(f"There is only one class, {found[0].name}.", LAYOUT)
    return found


def look_at(folder, smallest):
    """A row for each usable image, and a line for each file that is left out."""
    files = [
        (each.name, file) for each in class_folders(folder) for file in images.files_below(each)
    ]
    rows, left_out = [], []
    endings = images.ENDINGS | images.HEIC
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix.lower() in endings and not images.ignored(file.name):
            left_out.append((readable(file.name), "is in no class folder"))
    progress = Progress("Looking at images", len(files))
    for name, file in files:
        inside = file.relative_to(folder).as_posix()
        try:
            if inside != readable(inside):
                raise images.UnreadableError("has a damaged name: rename it")
            image, about = images.read(file, least=128)
            if about["shorter"] < smallest:
                raise images.UnreadableError(f"is too small ({about['size']} pixels)")
            row = {"file": inside, "class": name, "sha256": settings.hash_of(file)}
            row |= {"about": about, "thumbnail": copies.thumbnail(image)}
            rows.append(row)
        except images.UnreadableError as error:
            left_out.append((readable(inside), str(error)))
        progress.step()
    for each in class_folders(folder):
        if not any(row["class"] == each.name for row in rows):
            reasons = [f"{f} {why}." for f, why in left_out if f.startswith(f"{each.name}/")]
            do = reasons[0] if reasons else "Put images into it, or delete the folder."
            raise Problem(f"The class {each.name} has no usable image.", do)
    return rows, left_out


def readable(name):
    """A file's name with ? for what is not Unicode: such names come out of old archives."""
    return name.encode("utf-8", "replace").decode("utf-8")


def clean_copies(rows, folder, into):
    """Upright copies that hold pixels and nothing else."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Problem(f"{into} is not an empty folder.", "Name a new one.")
    for row in rows:
        image, _ = images.read(folder / row["file"])
        image.info.clear()
        lossless = row["about"]["format"] in ("PNG", "BMP", "GIF")
        target = (into / row["file"]).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        # The old ending stays in the name: 1.jpg and 1.png are two images.
        ending = Path(row["file"]).suffix + (".png" if lossless else ".jpg")
        image.save(target.with_name(target.name + ending), quality=95)
    print(f"\n{len(rows)} copies without metadata are in {into}.")


def check(config, redraw=False, clean=None):
    """Tell what was found and write split.csv. Returns its rows."""
    folder = settings.path(config["data"]["folder"])
    rows, left_out = look_at(folder, config["data"]["smallest"])
    print(f"{len(rows)} images in {len({row['class'] for row in rows})} classes.")
    if left_out:
        findings.say(f"Files left out: {len(left_out)}.", [f"{f} {why}" for f, why in left_out])
    equal = dividing.equal(rows)
    alike = copies.near_copies([r["thumbnail"] for r in rows], config["data"]["near_copies"])
    pairs = sorted({*equal, *alike})
    findings.near_copies(rows, pairs, equal)
    told = {
        "left_out": left_out,
        "near_copies": [[rows[i]["file"], rows[j]["file"]] for i, j in pairs],
        "files_with": picture_findings.people(rows),
        "shortcuts": picture_findings.shortcuts(rows),
        "settings": deciding(config),
    }
    picture_findings.shared_beginnings(rows, config["groups"]["by"])
    series = groups.bursts(rows, config["groups"]["burst_seconds"])
    of_whom = groups.groups_of(rows, config["groups"])
    dividing.finish(rows, of_whom, pairs + series, told, config, redraw)
    if clean:
        clean_copies(rows, folder, Path(clean))
    return split.load()


def deciding(config):
    """The settings that decide which image goes where."""
    names = ("smallest", "validation", "test", "near_copies", "seed")
    return {**{name: config["data"][name] for name in names}, **config["groups"]}


def unchanged(config):
    """The rows of split.csv, if the folder still holds exactly these files."""
    rows = split.load()
    if not rows:
        return check(config)
    dividing.same_settings(deciding(config))
    split.sound(rows)
    folder = settings.path(config["data"]["folder"])
    progress = Progress("Comparing files with split.csv", len(rows))
    do = "Run python check.py, which divides what is new and keeps the rest."
    for row in rows:
        file = folder / row["file"]
        if not file.is_file() or settings.hash_of(file) != row["sha256"]:
            raise Problem(f"{row['file']} has changed since the check, or is gone.", do)
        progress.step()
    known = {row["file"] for row in rows} | {file for file, _ in dividing.found()["left_out"]}
    below = [f for each in class_folders(folder) for f in images.files_below(each)]
    inside = [readable(file.relative_to(folder).as_posix()) for file in below]
    new = [name for name in inside if name not in known]
    if new:
        raise Problem(f"Files that are new since the check: {len(new)} ({new[0]}).", do)
    return rows


def main():
    parser = argparse.ArgumentParser(description="Check the images, write split.csv.")
    parser.add_argument("--redraw", action="store_true", help="divide them again")
    parser.add_argument("--clean", metavar="FOLDER", help="write copies without metadata")
    arguments = parser.parse_args()
    check(settings.read(), arguments.redraw, arguments.clean)
    print("\nThe split is in split.csv. Next: python train.py")


if __name__ == "__main__":
    settings.run(main)
