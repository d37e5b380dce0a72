"""Answers to "New people in the test", in any framework: right ones and wrong ones."""

# %% [right] without shuffling
from pathlib import Path

from sklearn.model_selection import StratifiedGroupKFold


def split(paths):
    people = [Path(path).name.partition("_")[0] for path in paths]
    classes = [Path(path).parent.name for path in paths]
    train, test = next(StratifiedGroupKFold(4).split(paths, classes, people))
    return [paths[row] for row in train], [paths[row] for row in test]


# %% [right] by hand, the person that fits best
from collections import Counter


def split(paths):
    def who(path):
        return path.split("/")[-1].split("_")[0]

    def kind(path):
        return path.split("/")[1]

    wanted = {name: count / 4 for name, count in Counter(map(kind, paths)).items()}
    of = {person: Counter(kind(p) for p in paths if who(p) == person) for person in sorted(map(who, paths))}

    def distance(chosen):
        have = sum((of[person] for person in chosen), Counter())
        return sum((have[name] - count) ** 2 for name, count in wanted.items())

    chosen = set()
    while True:
        more = min(
            (chosen | {person} for person in set(of) - chosen),
            key=lambda some: (distance(some), sorted(some)),
        )
        if distance(more) >= distance(chosen):
            break
        chosen = more
    return [p for p in paths if who(p) not in chosen], [p for p in paths if who(p) in chosen]


# %% [wrong] people on both sides: "The model would be tested on people that it knows"
from sklearn.model_selection import train_test_split


def split(paths):
    classes = [path.split("/")[1] for path in paths]
    return train_test_split(paths, test_size=0.25, stratify=classes, random_state=0)


# %% [wrong] a person for each class: "only within a class"
from sklearn.model_selection import StratifiedGroupKFold


def split(paths):
    people = [path.rsplit("_", 1)[0] for path in paths]
    classes = [path.split("/")[1] for path in paths]
    train, test = next(StratifiedGroupKFold(4, shuffle=True, random_state=0).split(paths, classes, people))
    # The two who are in every class would otherwise be on one side by luck.
    several = {
        p.split("/")[-1] for p in people if sum(q.endswith("/" + p.split("/")[-1]) for q in set(people)) > 1
    }
    first = sorted(path.split("/")[1] for path in paths)[0]
    moved = {row for row, p in enumerate(people) if p.split("/")[-1] in several}
    test = {*set(test) - moved, *(row for row in moved if paths[row].split("/")[1] == first)}
    return [p for row, p in enumerate(paths) if row not in test], [paths[row] for row in test]


# %% [wrong] a class is missing: "has no image of"
def split(paths):
    last = sorted({path.split("/")[1] for path in paths})[-1]
    people = {path.split("/")[-1].split("_")[0] for path in paths}
    of = {who: {p.split("/")[1] for p in paths if p.split("/")[-1].startswith(who + "_")} for who in people}
    chosen = {who for who, kinds in of.items() if kinds == {last}}
    test = [path for path in paths if path.split("/")[-1].split("_")[0] in chosen]
    return [path for path in paths if path not in test], test


# %% [wrong] classes in unequal shares: "of the images are in the test"
def split(paths):
    people = sorted({path.split("/")[-1].split("_")[0] for path in paths})
    of = {who: {p.split("/")[1] for p in paths if p.split("/")[-1].startswith(who + "_")} for who in people}
    chosen = set()
    for name in sorted({path.split("/")[1] for path in paths}):  # all people of a class but one
        chosen |= set([who for who in people if of[who] == {name}][1:])
    test = [path for path in paths if path.split("/")[-1].split("_")[0] in chosen]
    return [path for path in paths if path not in test], test


# %% [wrong] paths lost or doubled: "Not every path"
def split(paths):
    people = sorted({path.split("/")[-1].split("_")[0] for path in paths})
    test = [path for path in paths if path.split("/")[-1].split("_")[0] in people[:3]]
    return paths, test


# %% [wrong] not two lists: "should give two lists"
def split(paths):
    return paths


# %% [wrong] an empty side: "One side is empty"
def split(paths):
    return paths, []


# %% [wrong] every fourth path
def split(paths):
    return [p for row, p in enumerate(paths) if row % 4], paths[::4]


# %% [wrong] the folder taken for the person
from sklearn.model_selection import GroupShuffleSplit


def split(paths):
    groups = [path.split("/")[1] for path in paths]
    train, test = next(GroupShuffleSplit(1, test_size=0.25, random_state=0).split(paths, groups=groups))
    return [paths[row] for row in train], [paths[row] for row in test]
