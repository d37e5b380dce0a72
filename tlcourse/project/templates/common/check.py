"""Check the images and divide them into training, validation and test.

    python check.py                 look at everything, write split.csv
    python check.py --redraw        divide again: images may change sides
    python check.py --clean FOLDER  also write copies without metadata

Images that are already in split.csv keep their side when you add others.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import copies
import images
import settings
import split
from settings import HERE, Problem, Progress

LAYOUT = "Make one sub-folder for each class: data/cat/1.jpg, data/dog/1.jpg, ..."
SPLIT_NAMES = {"train", "training", "val", "valid", "validation", "test", "testing"}


def class_folders(folder):
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}.", f"Set data.folder. {LAYOUT}")
    found = sorted(f for f in folder.iterdir() if f.is_dir() and f.name[0] not in ".@_")
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
        if file.is_file() and file.suffix.lower() in endings and file.name[0] != ".":
            left_out.append((file.name, "is in no class folder"))
    progress = Progress("Looking at images", len(files))
    for name, file in files:
        inside = file.relative_to(folder).as_posix()
        try:
            image, about = images.read(file, least=128)
            if about["shorter"] < smallest:
                raise images.UnreadableError(f"is too small ({about['size']} pixels)")
            row = {"file": inside, "class": name, "sha256": images.hash_of(file)}
            row |= {"about": about, "thumbnail": copies.thumbnail(image)}
            rows.append(row)
        except images.UnreadableError as error:
            left_out.append((inside, str(error)))
        progress.step()
    for each in class_folders(folder):
        if not any(row["class"] == each.name for row in rows):
            reasons = [f"{f} {why}." for f, why in left_out if f.startswith(f"{each.name}/")]
            do = reasons[0] if reasons else "Put images into it, or delete the folder."
            raise Problem(f"The class {each.name} has no usable image.", do)
    return rows, left_out


def equal_files(rows):
    first = {}
    places = enumerate(row["sha256"] for row in rows)
    return [(first[h], i) for i, h in places if first.setdefault(h, i) != i]


def say(title, lines, most=10):
    print(f"\n{title}")
    for line in lines[:most]:
        print(f"  {line}")
    if len(lines) > most:
        print(f"  ... and {len(lines) - most} more, see check.json")


def tell_copies(rows, pairs, equal):
    """Near copies are kept together. In two classes, one of them is labelled wrongly."""
    if not pairs:
        return
    names = [f"{rows[i]['file']}  ~  {rows[j]['file']}" for i, j in pairs]
    same = f", {len(equal)} of them equal files" if equal else ""
    say(f"Near copies: {len(pairs)} pairs{same}. They stay in one split.", names)
    between = [n for n, (i, j) in zip(names, pairs, strict=True) if differ(rows, i, j)]
    if between:
        say("Near copies in two classes. Look at them: a label may be wrong.", between)


def differ(rows, i, j):
    return rows[i]["class"] != rows[j]["class"]


def tell_people(rows):
    places = [row["file"] for row in rows if row["about"]["gps"]]
    names = [row["file"] for row in rows if row["about"]["names"]]
    if places:
        say(f"Files that say where they were taken (GPS): {len(places)}.", places, 3)
    if names:
        say(f"Files with a person's name (artist, owner): {len(names)}.", names, 3)
    if places or names:
        print("  Training ignores this, but whoever gets the files can read it. Copies without")
        print("  metadata: python check.py --clean FOLDER. And do the people in them agree?")
    return {"gps": len(places), "names": len(names)}


def tell_shortcuts(rows):
    """A camera, a format or a size that gives the class away is what a network learns."""
    usual = max(Counter(row["class"] for row in rows).values()) / len(rows)
    found = []
    for what in ("camera", "format", "size"):
        classes = defaultdict(Counter)
        for row in rows:
            classes[row["about"][what]][row["class"]] += 1
        right = sum(max(each.values()) for each in classes.values()) / len(rows)
        if 1 < len(classes) <= len(rows) / 4 and right > 0.5 + usual / 2:
            found.append(f"the {what} alone tells the class of {right:.0%}")
    if found:
        title = "The files give their classes away. The network may learn this instead."
        say(title, found)
    return found


def tell_names(rows, by):
    """Do the names look as if they held a group?"""
    stems = [Path(row["file"]).stem for row in rows]
    begins = Counter(s.rstrip("0123456789").rstrip("_- .()") for s in stems)
    often = [name for name, count in begins.items() if count > 1 and name]
    if by == "file" and len(often) >= 4 and len(begins) <= len(rows) / 2:
        some = ", ".join(sorted(often)[:4])
        say(
            f"Names share beginnings ({some}, ...).",
            ["If these are people, places or devices, set [groups]."],
        )


def tell_counts(rows):
    total = Counter(row["class"] for row in rows)
    wide = max(len(name) for name in total) + 2
    print(f"\n{'class':{wide}}" + "".join(f"{s:>12}" for s in (*split.SPLITS, "all")))
    for name in sorted(total):
        counts = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        print(f"{name:{wide}}" + "".join(f"{n:12}" for n in (*counts, total[name])))
    if max(total.values()) >= 2 * min(total.values()):
        ratio = max(total.values()) / min(total.values())
        print(f"\nThe largest class has {ratio:.1f} times as many images as the smallest. Go by")
        print("balanced accuracy. training.class_weights makes up for some of it; more images")
        print("of the small classes help more.")


def kept(rows):
    """Where groups were until now. A group that was on two sides cannot keep both."""
    before = {row["file"]: row["split"] for row in split.load()}
    sides = defaultdict(set)
    for row in rows:
        if row["file"] in before:
            sides[row["group"]].add(before[row["file"]])
    torn = [group for group, found in sides.items() if len(found) > 1]
    if torn:
        raise Problem(
            f"Images that now belong together were in different splits ({torn[0]}).",
            "Run python check.py --redraw and train again. The old test score is void.",
        )
    return {group: found.pop() for group, found in sides.items()}


def clean_copies(rows, folder, into):
    """Upright copies that hold pixels and nothing else."""
    if into.exists() and any(into.iterdir()):
        raise Problem(f"The folder {into} is not empty.", "Name a new one.")
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
        say(f"Files left out: {len(left_out)}.", [f"{f} {why}" for f, why in left_out])
    equal = equal_files(rows)
    alike = copies.near_copies([r["thumbnail"] for r in rows], config["data"]["near_copies"])
    pairs = sorted({*equal, *alike})
    tell_copies(rows, pairs, equal)
    people, shortcuts = tell_people(rows), tell_shortcuts(rows)
    tell_names(rows, config["groups"]["by"])

    groups = split.groups_of(rows, config["groups"])
    series = split.bursts(rows, config["groups"]["burst_seconds"])
    for row, group in zip(rows, split.united(groups, pairs + series), strict=True):
        row["group"] = group
    sizes = Counter(row["group"] for row in rows)
    largest, count = sizes.most_common(1)[0]
    if count > max(10, len(rows) / 5):
        do = ["Is that right? If not, raise data.near_copies or lower groups.burst_seconds."]
        say(f"{count} images belong to one group ({largest}).", do)

    shares = {name: config["data"][name] for name in split.SPLITS[1:]}
    shares = {"train": 1 - sum(shares.values()), **shares}
    fixed = {} if redraw else kept(rows)
    split_of = split.draw(rows, shares, config["data"]["seed"], fixed)
    for row in rows:
        row["split"] = split_of[row["group"]]
    tell_counts(rows)
    split.save(rows)
    told = {
        "left_out": left_out,
        "near_copies": [[rows[i]["file"], rows[j]["file"]] for i, j in pairs],
    }
    told |= {"files_with": people, "shortcuts": shortcuts, "groups": len(sizes)}
    told["settings"] = deciding(config)
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (HERE / "check.json").write_text(text, encoding="utf-8")
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
    if found().get("settings", deciding(config)) != deciding(config):
        do = "Run python check.py --redraw, or undo the change."
        raise Problem("Settings of the split have changed since the check.", do)
    folder = settings.path(config["data"]["folder"])
    progress = Progress("Comparing files with split.csv", len(rows))
    do = "Run python check.py, which divides what is new and keeps the rest."
    for row in rows:
        file = folder / row["file"]
        if not file.is_file() or images.hash_of(file) != row["sha256"]:
            raise Problem(f"{row['file']} has changed since the check, or is gone.", do)
        progress.step()
    known = {row["file"] for row in rows} | {file for file, _ in found()["left_out"]}
    below = [f for each in class_folders(folder) for f in images.files_below(each)]
    new = [f for f in (f.relative_to(folder).as_posix() for f in below) if f not in known]
    if new:
        raise Problem(f"{len(new)} files are new since the check: {new[0]}.", do)
    return rows


def found():
    """What the last check told, from check.json."""
    file = HERE / "check.json"
    if file.exists():
        return json.loads(file.read_text(encoding="utf-8"))
    return {"left_out": [], "near_copies": [], "shortcuts": [], "files_with": {}}


def main():
    parser = argparse.ArgumentParser(description="Check the images, write split.csv.")
    parser.add_argument("--redraw", action="store_true", help="divide them again")
    parser.add_argument("--clean", metavar="FOLDER", help="write copies without metadata")
    arguments = parser.parse_args()
    check(settings.read(), arguments.redraw, arguments.clean)
    print("\nThe split is in split.csv. Next: python train.py")


if __name__ == "__main__":
    settings.run(main)
