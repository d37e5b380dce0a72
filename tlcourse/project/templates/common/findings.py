"""What check.py tells you. Nothing here changes a file."""

from collections import Counter

import split
import task


def say(title, lines, most=10):
    print(f"\n{title}")
    for line in lines[:most]:
        print(f"  {line}")
    if len(lines) > most:
        print(f"  ... and {len(lines) - most} more, see check.json")


def near_copies(rows, pairs, equal):
    """Near copies are kept together. If they are in two classes, a label may be wrong."""
    if not pairs:
        return
    names = [f"{shown(rows[i])}  ~  {shown(rows[j])}" for i, j in pairs]
    same = f" ({task.EQUAL}: {len(equal)})" if equal else ""
    say(f"Pairs of near copies: {len(pairs)}{same}. Each pair stays in one split.", names)
    between = [n for n, (i, j) in zip(names, pairs, strict=True) if differ(rows, i, j)]
    if between:
        say("Near copies in two classes. Look at them: a label may be wrong.", between)


def shown(row):
    """What a row is called in messages."""
    return f"{task.BEFORE_NAME}{row[task.NAME]}"


def differ(rows, i, j):
    return rows[i]["class"] != rows[j]["class"]


def large_group(rows):
    """One group that holds much of everything often comes from a wrong setting."""
    largest, count = Counter(row["group"] for row in rows).most_common(1)[0]
    if count > max(10, len(rows) / 5):
        advice = f"Is that right? If not, {task.LARGE_GROUP}."
        say(f"{count} {task.MANY} belong to one group ({largest}).", [advice])


def counts(rows):
    total = Counter(row["class"] for row in rows)
    wide = max(len(name) for name in total) + 2
    print(f"\n{'class':{wide}}" + "".join(f"{s:>12}" for s in (*split.SPLITS, "all")))
    for name in sorted(total):
        counts = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        print(f"{name:{wide}}" + "".join(f"{n:12}" for n in (*counts, total[name])))
    if max(total.values()) >= 2 * min(total.values()):
        ratio = max(total.values()) / min(total.values())
        print(
            f"\nThe largest class has {ratio:.1f} times as many {task.MANY} as the smallest. Go by"
        )
        print(
            f"balanced accuracy. training.class_weights makes up for some of it; more {task.MANY}"
        )
        print("of the small classes help more.")
