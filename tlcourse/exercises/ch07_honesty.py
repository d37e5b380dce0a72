"""Chapter 7: differences with their uncertainty, leaks, and what may go into the log."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, good, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict, swapped

__all__ = ["BOOTSTRAP", "LEAK", "LOG"]


# ------------------------------------------------------------------------------------ paired bootstrap


def _bootstrap_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three pairs of models, each mostly right on the same pictures; no two pairs are alike.

    Nor are the numbers of pictures: no one number gives intervals near enough for all three.
    """
    while True:
        pairs = [_two_models(rng) for _ in range(3)]
        middles = [float(np.mean(pair["second"] - pair["first"])) for pair in pairs]
        apart = min(abs(a - b) for a, b in itertools.combinations(middles, 2))
        sizes = [len(pair["first"]) for pair in pairs]
        if apart > 0.03 and min(middles) < 0 < max(middles) and max(sizes) > 1.6 * min(sizes):
            break
    # Once more with the same seed, and a model with itself: at places that differ from seed to seed.
    calls = [["pair", 0], ["pair", 1], ["pair", 2], ["again", int(rng.integers(3))]]
    calls += [["same", int(rng.integers(3))], ["other", int(rng.integers(3))]]
    calls = [calls[int(i)] for i in rng.permutation(len(calls))]
    return {"pairs": pairs, "calls": calls, "resamples": 4000, "seed": int(rng.integers(1, 10_000))}


def _two_models(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        n = int(rng.integers(500, 1000))
        first = (rng.random(n) < rng.uniform(0.55, 0.8)).astype(int)
        second = first.copy()
        gains, losses = (int(share * n) for share in rng.uniform(0.03, 0.16, 2))
        wrong, right = np.flatnonzero(first == 0), np.flatnonzero(first == 1)
        second[rng.permutation(wrong)[:gains]] = 1
        second[rng.permutation(right)[:losses]] = 0
        differ, middle = float((first != second).mean()), float((second - first).mean())
        if 0.14 < differ < 0.24 and 0.03 < abs(middle) < 0.12 and second.mean() < 0.9:
            return {"first": first, "second": second}


def _bootstrap_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    pairs = [{name: np.asarray(pair[name]) for name in ("first", "second")} for pair in inputs["pairs"]]
    found = []
    for number, (kind, of) in enumerate(inputs["calls"]):
        a = pairs[of]["first"]
        b = a if kind == "same" else pairs[of]["second"]
        # "again" has the seed of its pair's first call, "other" has another.
        rng = np.random.default_rng([inputs["seed"], of if kind in ("pair", "again") else 10 + number])
        fresh = str(rng.bit_generator.state), _children(rng)
        given = answer(a.copy(), b.copy(), inputs["resamples"], rng)
        try:
            low, high = given
        except (TypeError, ValueError):
            return {"wrong": describe(given)}
        # Asked only now: a generator draws while it is read.
        drawn = (str(rng.bit_generator.state), _children(rng)) != fresh
        try:
            found.append([float(low), float(high), drawn])
        except (TypeError, ValueError):
            return {"wrong": describe(given)}
    return {"found": found}


def _children(rng: np.random.Generator) -> int:
    """How many generators were made of this one: those count as its draws."""
    return int(getattr(rng.bit_generator.seed_seq, "n_children_spawned", 0))


def _bootstrap_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = (
            f"`difference` should give two numbers, the ends of the interval; yours gave {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    calls = [(kind, of, *found) for (kind, of), found in zip(inputs["calls"], observed["found"], strict=True)]
    for _, _, low, high, _ in calls:
        said = f"Your interval goes from {show(low, 2)} to {show(high, 2)}."
        if not np.isfinite([low, high]).all():
            return Verdict(0.0, (Finding(False, f"{said} Both ends should be numbers.", "not finite"),))
        if low > high:
            return Verdict(0.0, (Finding(False, f"{said} Its lower end comes first.", "ends swapped"),))
    pairs = {of: (low, high) for kind, of, low, high, _ in calls if kind == "pair"}
    differences = {
        of: np.asarray(pair["second"], float) - np.asarray(pair["first"], float)
        for of, pair in enumerate(inputs["pairs"])
    }
    if all(high - low < 1e-9 for low, high in pairs.values()):
        low, high = pairs[0]
        why = (
            "All resamples gave the same: pictures have to be drawn with replacement, some twice"
            " and some not at all."
        )
        said = f"Your interval goes from {show(low, 2)} to {show(high, 2)}."
        return Verdict(0.0, (Finding(False, f"{said} {why}", "without replacement"),))
    if len({(low, high) for _, _, low, high, _ in calls}) == 1:
        low, high = pairs[0]
        why = f"For all pairs of models, and a model with itself, you give {show(low, 2)} to {show(high, 2)}."
        return Verdict(
            0.0, (Finding(False, f"{why} Work it out from the two that are given.", "a constant"),)
        )
    # Whose interval lies somewhere else altogether has no point for drawing in pairs.
    near = all(
        min(abs((low + high) / 2 - d.mean()), abs((low + high) / 2 + d.mean())) < 0.012
        for of, d in differences.items()
        for low, high in (pairs[of],)
    )
    paired = _paired(calls, pairs)
    size = next(
        (
            found
            for of, pair in enumerate(inputs["pairs"])
            if not (found := _interval(pairs[of], pair, paired.passed)).passed
        ),
        good("The interval holds the middle 95 % of the resampled differences."),
    )
    return verdict(paired, size) if near else Verdict(0.0, tuple(f for f in (paired, size) if not f.passed))


def _paired(calls: list[tuple[Any, ...]], pairs: dict[int, tuple[float, float]]) -> Finding:
    low, high = next((low, high) for kind, _, low, high, _ in calls if kind == "same")
    if abs(low) > 1e-6 or abs(high) > 1e-6:
        why = (
            f"For a model and itself your interval goes from {show(low, 2)} to {show(high, 2)}. Each model"
            " got pictures of its own; draw the same ones for both, so that hard pictures are hard for both."
        )
        return Finding(False, why, "not paired")
    if not all(drawn for *_, drawn in calls):
        why = (
            "Nothing was drawn from the `rng` that is given. Draw with it, or nobody can repeat your numbers."
        )
        return Finding(False, why, "another generator")
    again = [(of, low, high) for kind, of, low, high, _ in calls if kind == "again"]
    if not all(close([low, high], list(pairs[of]), 1e-9) for of, low, high in again):
        why = (
            "Two calls with generators of the same seed gave different intervals. Draw with the `rng` that is"
            " given, or nobody can repeat your numbers."
        )
        return Finding(False, why, "another generator")
    return good("The same pictures are drawn for both models.")


def _interval(found: tuple[float, float], pair: dict[str, Any], paired: bool) -> Finding:
    """Whether the ends are those of one pair's differences."""
    first, second = (np.asarray(pair[name], float) for name in ("first", "second"))
    d, (low, high) = second - first, found
    n = len(d)
    # With so many pictures the means are normal to within what 4,000 resamples can show.
    error, middle = float(d.std() / np.sqrt(n)), float(d.mean())
    width, wanted = high - low, 2 * 1.96 * error
    ratio, off = width / wanted, abs((low + high) / 2 - middle)
    loose = float(np.hypot(first.std(), second.std()) / d.std())  # how much wider without pairs
    said = f"Your interval goes from {show(low, 2)} to {show(high, 2)}."
    if off < 0.08 * wanted and abs(ratio - 1) < 0.1:
        return good("The interval holds the middle 95 % of the resampled differences.")
    name: str | None = "another width"
    if abs((low + high) / 2 + middle) < 0.012:
        why, name = "It is that of first minus second: the question is the other way round.", "sign"
    elif any(abs((low + high) / 2 - accuracy.mean()) < 0.012 for accuracy in (first, second)):
        why = "That is the accuracy of one model. Take second minus first, picture by picture."
        name = "one model"
    elif off > 0.012 + 0.2 * width:
        why = "Its middle is not where second minus first lies. Take the mean of that over each resample."
        name = None
    elif not paired and abs(ratio / loose - 1) < 0.2:
        why, name = "It is wider than it need be, because the pictures differ.", "not paired"
    elif 0.75 < ratio < 0.92:  # 90 % would be 0.84
        why, name = "It holds 90 % of the resamples; cut off 2.5 % at each end.", "five at each end"
    elif ratio <= 0.92:
        why = "It is too narrow: it leaves out far more than 2.5 % of the resamples at each end."
        why += " Does each resample have as many pictures as there are, and no more?"
    elif ratio < 2.05:  # the lowest and the highest of all
        why = "It is too wide. Cut off 2.5 % of the resamples at each end, and give each resample"
        why += f" as many pictures as there are, {n}."
        name = "too wide"
    elif ratio < 0.55 * np.sqrt(n):
        why = f"So far scatter means of about {n / ratio**2:.0f} pictures. A resample has as many pictures"
        why += f" as there are, {n}, or it tells of a smaller test."
        name = "fewer pictures"
    else:
        why = "It is far too wide: the spread of single pictures. The question is how far means scatter."
    return Finding(False, f"{said} {why}", name)


_BOOT = """
import numpy as np

def difference(first, second, resamples, rng):
    n = len(first)
    {body}
"""


def _boot(*lines: str) -> str:
    return _BOOT.replace("{body}", "\n    ".join(lines))


BOOTSTRAP = Exercise(
    id="ch07-bootstrap",
    title="A paired bootstrap",
    points=2,
    answer="difference",
    inputs=_bootstrap_inputs,
    probe=_bootstrap_probe,
    judge=_bootstrap_judge,
    solved_by=(
        "tlcourse.evaluation.comparing.paired_bootstrap",
        "tlcourse.evaluation.intervals.bootstrap_interval",
    ),
    hints=(
        "One resample is a list of n picture numbers, drawn with replacement. Use it for both models.",
        "`rng.integers(0, n, n)` draws one; the mean of `(second - first)[rows]` is its difference.",
        "Collect `resamples` such means; `np.quantile(means, [0.025, 0.975])` are the ends.",
    ),
    misconceptions=(
        Misconception(
            "not paired",
            _boot(
                "a = first[rng.integers(0, n, (resamples, n))].mean(1)",
                "b = second[rng.integers(0, n, (resamples, n))].mean(1)",
                "return np.quantile(b - a, [0.025, 0.975])",
            ),
            expect="draw the same ones for both",
        ),
        Misconception(
            "without replacement",
            _boot(
                "d = second - first",
                "means = [d[rng.permutation(n)].mean() for _ in range(resamples)]",
                "return np.quantile(np.round(means, 12), [0.025, 0.975])",
            ),
            expect="with replacement",
        ),
        Misconception(
            "five at each end",
            _boot(
                "means = (second - first)[rng.integers(0, n, (resamples, n))].mean(1)",
                "return np.quantile(means, [0.05, 0.95])",
            ),
            expect="cut off 2.5 %",
        ),
        Misconception(
            "sign",
            _boot(
                "means = (first - second)[rng.integers(0, n, (resamples, n))].mean(1)",
                "return np.quantile(means, [0.025, 0.975])",
            ),
            expect="the other way round",
        ),
        Misconception(
            "another width",
            _boot("d = second - first", "return d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()"),
            expect="It is far too wide",
        ),
        Misconception(
            "fewer pictures",
            _boot(
                "means = (second - first)[rng.integers(0, n, (resamples, 100))].mean(1)",
                "return np.quantile(means, [0.025, 0.975])",
            ),
            expect="A resample has as many pictures as there are",
        ),
        Misconception(
            "a constant",
            _boot("return 0.0333, 0.0778"),
            expect="Work it out from the two that are given",
        ),
        Misconception(
            "one model",
            _boot(
                "means = second[rng.integers(0, n, (resamples, n))].mean(1)",
                "return np.quantile(means, [0.025, 0.975])",
            ),
            expect="the accuracy of one model",
        ),
    ),
)

# ------------------------------------------------------------------------------------------------ leaks

# Their last letters are p, n or g, which `rstrip(".png")` takes off as well.
_ENDS = ("lamp", "ship", "pen", "sun", "frog", "pig", "swan", "cap", "cup", "drum-kitten", "egg", "iron")
# One name inside another is no leak.
_INSIDE = (
    ("hat", "chat"),
    ("owl", "bowl"),
    ("cat", "catfish"),
    ("ear", "pear"),
    ("star", "starfish"),
    ("boat", "rowboat"),
    ("car", "scarf"),
    ("bus", "bush"),
)
_OTHERS = ("dog", "taxi", "tram", "plum", "shoe", "drum", "fish", "kite", "leaf", "moon", "shirt", "clock")
_STYLES = ("fluent", "noto", "twemoji")


def _leak_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three splits: one or two leak, one at least does not; in an order that differs from seed to seed."""
    counts = [0, int(rng.integers(2, 5)), int(rng.choice([0, 1, 2, 3]))]
    return {"splits": [_split(rng, counts[int(i)]) for i in rng.permutation(3)]}


def _split(rng: np.random.Generator, leaked: int) -> dict[str, Any]:
    def some(names: tuple[str, ...], count: int) -> list[str]:
        return [str(name) for name in rng.permutation(names)[:count]]

    ends, others = some(_ENDS, len(_ENDS)), some(_OTHERS, len(_OTHERS))
    inside = rng.permutation(len(_INSIDE))[:2]
    both = [*ends[:1], *others[: leaked - 1]] if leaked else []
    left = [*others[leaked : leaked + int(rng.integers(2, 5))], ends[1]]
    right = [*others[leaked + 5 : leaked + 5 + int(rng.integers(2, 4))], ends[2]]
    for i, (one, other) in zip(inside, ((left, right), (right, left)), strict=True):
        one.append(_INSIDE[int(i)][0])
        other.append(_INSIDE[int(i)][1])
    styles = some(_STYLES, 3)
    # All styles are on both sides; a thing on both sides is never there in the same style.
    turns = int(rng.integers(3))
    train = [f"{styles[(i + turns) % 3]}/{name}.png" for i, name in enumerate(both + left)]
    test = [f"{styles[(i + turns + 1) % 3]}/{name}.png" for i, name in enumerate(both + right)]
    return {
        "train": [str(v) for v in rng.permutation(train)],
        "test": [str(v) for v in rng.permutation(test)],
    }


def _leak_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for split in inputs["splits"]:
        found = answer(list(split["train"]), list(split["test"]))
        if isinstance(found, (str, bytes)) or not hasattr(found, "__iter__"):
            return {"wrong": describe(found)}
        names = [str(name) for name in itertools.islice(found, 101)]  # a generator may never end
        if len(names) > 100:
            return {"wrong": "more than 100 names"}
        out.append(sorted(set(names)))
    return {"found": out}


def _thing(path: str) -> str:
    return path.split("/")[-1].removesuffix(".png")


def _leak_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`shared` should give a list or a set of names; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    if len({tuple(got) for got in observed["found"]}) == 1:
        why = f"For every split you give {show(observed['found'][0])}."
        if not observed["found"][0]:
            why = (
                "For every split you find no file that is on both sides, and that is what you compared. The"
                " same thing is there, drawn in another style: the model has seen it."
            )
            return Verdict(0.0, (Finding(False, why, "compares whole paths"),))
        if not set(observed["found"][0]) <= set(_STYLES):
            return Verdict(0.0, (Finding(False, f"{why} Look at the files that are given.", "a constant"),))
    for split, got in zip(inputs["splits"], observed["found"], strict=True):
        on_train, on_test = ({_thing(p) for p in split[side]} for side in ("train", "test"))
        if got != sorted(on_train & on_test):
            return Verdict(0.0, (_leak_why(got, split["train"], split["test"]),))
    return Verdict(2.0, (good("The things on both sides are found, whatever style they are drawn in."),))


def _leak_why(got: list[str], train: list[str], test: list[str]) -> Finding:
    on_train, on_test = ({_thing(p) for p in side} for side in (train, test))
    right, known = on_train & on_test, on_train | on_test
    said = f"You give {show(got)}."
    unknown = set(got) - known
    cut = [name for name in unknown if any(thing.strip("png") == name.strip("png.") for thing in known)]
    name: str | None = None
    if not got:
        why = "A thing is on both sides, in two styles: the model has seen it."
    elif set(got) <= set(_STYLES):
        why, name = "These are styles. A style on both sides is no leak; a thing is.", "compares styles"
    elif {_thing(p) for p in got} == right:
        why, name = "These are files. Give the names of the things, without folder and ending.", "files"
    elif cut and not any(thing.endswith(".png") for thing in got):
        why = (
            f"There is no {show(cut[0])}: `strip` takes single letters off, not an ending. A name may end in"
        )
        why, name = f"{why} p, n or g.", "strips letters"
    elif set(got) == known:
        why = "These are the things of both sides taken together. Which are on the one and on the other?"
    elif set(got) < right:
        why = "They are on both sides, and they are not all that are."
    elif set(got) >= on_test or set(got) >= on_train:
        why, name = (
            "These are all the things of one side. Only those count that the other has too.",
            "one side",
        )
    elif unknown:
        why = f"{show(min(unknown))} is the name of no thing here: take the folder and the ending off."
    elif any(a in b or b in a for a in set(got) - right for b in known if a != b):
        why = "A name that is part of another one is another thing. Compare whole names."
        name = "a name inside another"
    else:
        why = "A thing leaks if a picture of it is on both sides."
    return Finding(False, f"{said} {why}", name)


_LEAK = """
def shared(train, test):
    def thing(path):
        return path.split("/")[-1].removesuffix(".png")
    return {body}
"""

LEAK = Exercise(
    id="ch07-leak",
    title="On both sides of the split",
    points=2,
    answer="shared",
    inputs=_leak_inputs,
    probe=_leak_probe,
    judge=_leak_judge,
    hints=(
        "What does a model remember: the file, or the thing that is on it?",
        '`"fluent/cat.png".split("/")[-1]` is "cat.png". Take the ending off as well.',
        "Two sets of names, and `&` for what is in both.",
    ),
    misconceptions=(
        Misconception(
            "compares whole paths",
            _LEAK.replace("{body}", "set(train) & set(test)"),
            expect="no file that is on both sides",
        ),
        Misconception(
            "files, not things",
            _LEAK.replace("{body}", "[path for path in test if thing(path) in {thing(p) for p in train}]"),
            expect="These are files",
        ),
        Misconception(
            "compares styles",
            _LEAK.replace("{body}", '{p.split("/")[0] for p in train} & {p.split("/")[0] for p in test}'),
            expect="These are styles",
        ),
        Misconception(
            "one side",
            _LEAK.replace("{body}", "{thing(p) for p in test}"),
            expect=("all the things of one side"),
        ),
        Misconception(
            "strips letters",
            swapped(_LEAK, 'removesuffix(".png")', 'rstrip(".png")').replace(
                "{body}", "{thing(p) for p in train} & {thing(p) for p in test}"
            ),
            expect="takes single letters off",
        ),
        Misconception(
            "a name inside another",
            _LEAK.replace("{body}", "{thing(p) for p in train if any(thing(p) in q for q in test)}"),
            expect="Compare whole names",
        ),
    ),
)

# ------------------------------------------------------------------------------------------------- log

# The t value of a 95 % interval, by the number of seeds.
_T = {5: 2.776, 6: 2.571, 7: 2.447}

# How far above or below its interval's edge a difference lies, as a multiple of half its width, and how large
# its scatter is: what tells the rule from those that look like it.
_KINDS: dict[str, tuple[float, float]] = {
    "small and sure": (2.0, 0.006),  # kept, and smaller than what others drop
    "just kept": (1.06, 0.02),
    "just dropped": (
        0.94,
        0.05,
    ),  # a rule with 1.96, with one standard error, or with n below the line keeps it
    "luck": (0.6, 0.06),
    "sure and worse": (-2.5, 0.015),
    "kept, one seed lost": (1.1, 0.03),
    "dropped, all seeds won": (0.8, 0.03),
}


def _log_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Comparisons that tell the rule from all of `_RULES`, in an order that differs from seed to seed."""
    while True:
        kinds = [*_KINDS, *rng.choice(list(_KINDS), int(rng.integers(1, 4)))]
        cases = [
            _comparison(rng, *_KINDS[str(kinds[int(i)])], str(kinds[int(i)]))
            for i in rng.permutation(len(kinds))
        ]
        kept = [_kept(case, "right") for case in cases]
        means = [float(_by(case["rows"], "val").mean()) for case in cases]
        # No fixed threshold for the mean may be right.
        fixed = min(m for m, k in zip(means, kept, strict=True) if k) < max(
            m for m, k in zip(means, kept, strict=True) if not k
        )
        if fixed and all([_kept(case, rule) for case in cases] != kept for rule in _RULES):
            return {"cases": cases}


def _comparison(rng: np.random.Generator, edge: float, spread: float, kind: str) -> dict[str, Any]:
    while True:
        n = int(rng.integers(5, 8))
        t = _T[n]
        wobble = rng.normal(0, 1, n)
        if "one seed lost" in kind:
            wobble[0] -= 2.5
        if "all seeds won" in kind:
            wobble[0] += 3.5
        wobble = (wobble - wobble.mean()) / wobble.std(ddof=1)
        spread_here = spread * float(rng.uniform(0.8, 1.2))
        d = spread_here * (wobble + edge * t / np.sqrt(n))
        # What the seeds share is larger, so that who forgets the pairs sees nothing.
        before = rng.uniform(0.6, 0.75) + rng.normal(0, 1, n) * float(rng.choice([0.03, 0.06]))
        after = before + d
        # The test pictures say the opposite of the validation pictures.
        test = before + (-1 if edge > 1 else 1) * rng.uniform(0.02, 0.05) + rng.normal(0, 0.003, n)
        lost, won = int((d < -0.001).sum()), int((d > 0.001).sum())
        if ("one seed lost" in kind and lost != 1) or ("all seeds won" in kind and won != n):
            continue
        rows: list[dict[str, Any]] = []
        for seed in rng.permutation(100)[:n]:
            i = len(rows) // 2
            rows += [
                {
                    "model": model,
                    "seed": int(seed),
                    "val": round(float(val[i]), 4),
                    "test": round(float(on[i]), 4),
                }
                for model, val, on in (("before", before, before), ("after", after, test))
            ]
        case: dict[str, Any] = {"rows": [rows[int(i)] for i in rng.permutation(len(rows))], "t": t}
        d = _by(case["rows"], "val")
        half = t * d.std(ddof=1) / np.sqrt(n)
        if (
            all(0 < row[on] < 1 for row in rows for on in ("val", "test"))
            and abs(abs(d.mean()) - half) > 2e-4
        ):
            return case


def _columns(rows: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    val = {(r["model"], r["seed"]): r["val"] for r in rows}
    seeds = sorted({r["seed"] for r in rows})
    return np.array([val["before", s] for s in seeds]), np.array([val["after", s] for s in seeds])


_RULES: dict[str, str] = {
    "keeps what is better on average": (
        "is kept, and its interval reaches below zero: the next seeds may say the opposite."
    ),
    "counts seeds": (
        "goes by how many seeds won. One lucky seed, or one unlucky one, then decides: ask whether the whole"
        " interval of the mean lies above zero."
    ),
    "most seeds": (
        "goes by how many seeds won. One lucky seed, or one unlucky one, then decides: ask whether the whole"
        " interval of the mean lies above zero."
    ),
    "median": (
        "goes by the median, and says nothing of how far the seeds scatter. Ask for the interval of the mean."
    ),
    "not t": (
        "is kept by a narrower interval than the one that was asked for. With so few seeds the half width"
        " is `t` times the standard error."
    ),
    "one standard error": (
        "is kept by a narrower interval than the one that was asked for. With so few seeds the half width"
        " is `t` times the standard error."
    ),
    "divided by n": (
        "is kept by a narrower interval than the one that you were asked for. The standard deviation of"
        " differences has n - 1 below the line."
    ),
    "not paired": (
        "is decided by an interval that takes the two models' scatter apart. The seeds are shared: take"
        " differences first."
    ),
    "beyond zero either way": (
        "is kept because its interval leaves zero out. It lies below zero: the change is surely worse."
    ),
    "the spread of single seeds": (
        "is decided by how far single seeds scatter. The interval is that of their mean: divide by the root"
        " of their number."
    ),
    "decides on the test set": (
        "is decided by what the test pictures say. Whoever decides with them has none left to report."
    ),
    "the best seed": "is decided by the best seed of each model. One seed may be lucky: take all of them.",
}


def _kept(case: dict[str, Any], rule: str) -> bool:
    before, after = _columns(case["rows"])
    d, n, t = after - before, len(before), float(case["t"])
    mean, sd = float(d.mean()), float(d.std(ddof=1))
    on_test = _by(case["rows"], "test")
    loose = float(np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / n))
    return bool(
        {
            "right": mean > t * sd / np.sqrt(n),
            "keeps what is better on average": mean > 0,
            "counts seeds": (d > 0).all(),
            "most seeds": (d > 0).sum() > n / 2,
            "median": np.median(d) > 0,
            "not t": mean > 1.96 * sd / np.sqrt(n),
            "one standard error": mean > sd / np.sqrt(n),
            "divided by n": mean > t * float(d.std()) / np.sqrt(n),
            "not paired": mean > t * loose,
            "beyond zero either way": abs(mean) > t * sd / np.sqrt(n),
            "the spread of single seeds": mean > sd,
            "decides on the test set": on_test.mean() > t * on_test.std(ddof=1) / np.sqrt(n),
            "the best seed": after.max() > before.max(),
        }[rule]
    )


def _log_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for case in inputs["cases"]:
        found = answer([dict(row) for row in case["rows"]], case["t"])
        if isinstance(found, (str, bytes, Mapping)) or not hasattr(found, "__len__") or len(found) != 3:
            return {"wrong": describe(found)}
        try:
            if found[2] is None or isinstance(found[2], str):
                return {"wrong": f"{describe(found[2])} as the third"}
            out.append([float(found[0]), float(found[1]), bool(found[2])])
        except (TypeError, ValueError):
            return {"wrong": describe(found)}
    return {"entries": out}


def _by(rows: list[dict[str, Any]], column: str) -> np.ndarray:
    model = {(r["model"], r["seed"]): r[column] for r in rows}
    return np.array([model["after", s] - model["before", s] for s in sorted({r["seed"] for r in rows})])


def _log_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = (
            "`entry` should give two numbers and true or false, (difference, half width, kept); yours gave"
            f" {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    numbers = good(
        "The difference and its half width are those of the validation pictures, within the seeds."
    )
    for case, (mean, half, _) in zip(inputs["cases"], observed["entries"], strict=True):
        numbers = _log_numbers(case, mean, half)
        if not numbers.passed:
            break
    verdicts = _log_verdicts(inputs["cases"], observed["entries"])
    # Yes and no can be guessed; they count beside differences that were worked out.
    if any(
        not close(mean, float(_by(case["rows"], "val").mean()), 5e-4)
        for case, (mean, *_) in zip(inputs["cases"], observed["entries"], strict=True)
    ):
        return Verdict(0.0, tuple(part for part in (numbers, verdicts) if not part.passed))
    return verdict(numbers, verdicts)


def _log_numbers(case: dict[str, Any], mean: float, half: float) -> Finding:
    rows, t = case["rows"], float(case["t"])
    d = _by(rows, "val")
    n = len(d)
    error, right = float(d.std(ddof=1) / np.sqrt(n)), float(d.mean())
    before, after = _columns(rows)
    loose = t * float(np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / n))
    said = f"You give a difference of {show(mean)} ± {show(half)}."
    name: str | None
    if close(mean, right, 5e-5) and close(half, t * error, 5e-5):
        return good(
            "The difference and its half width are those of the validation pictures, within the seeds."
        )
    if close(mean, float(_by(rows, "test").mean()), 5e-5):
        why = (
            "That is the difference on the test pictures. Whoever decides with them has none left to report."
        )
        name = "decides on the test set"
    elif close(mean, -right, 5e-5):
        return Finding(False, "Your difference is before minus after.", "sign")
    elif not close(mean, right, 5e-5):
        why, name = "It should be the mean of after minus before, over the seeds.", None
        if close(mean, float(np.median(d)), 5e-5):
            why, name = "That is the median; the interval is one of the mean.", "median"
    elif close(half, loose, 5e-5):
        why = "You took the two models' scatter apart. The seeds are shared: take differences first."
        name = "not paired"
    elif close(half, error, 5e-5):
        why, name = "That is the standard error; the half width is `t` times as much.", "standard error"
    elif close(half, 1.96 * error, 5e-5):
        why, name = "That is 1.96 times the standard error. With so few seeds it is `t` times.", "not t"
    elif close(half, 2 * t * error, 5e-5):
        why, name = "That is the whole width of the interval; half of it was asked for.", "the whole width"
    elif any(close(half, float(k * d.std(ddof=ddof)), 5e-5) for k in (1, t) for ddof in (0, 1)):
        why = "That says how far single differences scatter. Divide by the root of their number."
        name = "spread"
    elif any(close(half, float(k * d.std() / np.sqrt(n)), 5e-5) for k in (1, t)):
        why, name = "The standard deviation was taken with n below the line, not n - 1.", "divided by n"
    elif any(close(half, float(t * d.std(ddof=ddof) / n), 5e-5) for ddof in (0, 1)):
        why, name = "You divide by the number of seeds; it is the root of it.", "no root"
    elif any(close(half, float(t * d.var(ddof=ddof) / np.sqrt(n)), 5e-5) for ddof in (0, 1)):
        why, name = "You take the variance; its root, the standard deviation, was asked for.", "variance"
    else:
        why, name = "The half width is t times the standard error of the differences.", None
        why += " Are the rows of one seed brought into pairs?"
    return Finding(False, f"{said} {why}", name)


def _log_verdicts(cases: list[dict[str, Any]], entries: list[Any]) -> Finding:
    got, right = [bool(kept) for *_, kept in entries], [_kept(case, "right") for case in cases]
    if got == right:
        return good("Kept is what the rule keeps, and nothing else.")
    if len(set(got)) == 1:
        return Finding(False, f"You {'keep' if got[0] else 'drop'} every change.", "one verdict for all")
    worst = next(i for i, (a, b) in enumerate(zip(got, right, strict=True)) if a != b)
    if got == [not kept for kept in right]:
        return Finding(False, "What the rule keeps you drop, and the other way round.", "turned round")
    rule = next((rule for rule in _RULES if got == [_kept(case, rule) for case in cases]), None)
    if rule is not None:
        return Finding(False, f"A difference of {show(entries[worst][0], 2)} {_RULES[rule]}", rule)
    kept = [mean for mean, _, is_kept in entries if is_kept]
    dropped = [mean for mean, _, is_kept in entries if not is_kept]
    if min(kept) > max(dropped):
        why = "You keep the large differences and drop the small ones. A large one may be luck, and a small"
        return Finding(
            False, f"{why} one sure: ask whether the whole interval lies above zero.", "a fixed threshold"
        )
    why = (
        "is kept, and its interval does not lie above zero."
        if got[worst]
        else "is dropped, and its whole interval lies above zero."
    )
    return Finding(False, f"A difference of {show(entries[worst][0], 2)} {why}", None)


_LOG = """
import numpy as np

def entry(rows, t):
    def column(model):
        chosen = sorted((r["seed"], r["{column}"]) for r in rows if r["model"] == model)
        return np.array([value for _, value in chosen])
    before, after = column("before"), column("after")
    d = after - before
    error = d.std(ddof=1) / np.sqrt(len(d))
    {body}
"""


def _log(body: str, column: str = "val") -> str:
    return _LOG.replace("{body}", body).replace("{column}", column)


def _rule(rule: str) -> str:
    return _log(f"return d.mean(), t * error, {rule}")


LOG = Exercise(
    id="ch07-log",
    title="The entry that the result supports",
    points=2,
    answer="entry",
    inputs=_log_inputs,
    probe=_log_probe,
    judge=_log_judge,
    hints=(
        "Which of the two columns may a decision look at?",
        "Bring the rows into pairs of one seed: after minus before. Then the mean and the"
        " standard error of these.",
        "`half = t * d.std(ddof=1) / np.sqrt(len(d))`, and kept is `d.mean() - half > 0`.",
    ),
    misconceptions=(
        Misconception(
            "decides on the test set",
            _log("return d.mean(), t * error, d.mean() - t * error > 0", "test"),
            expect="has none left to report",
        ),
        Misconception(
            "keeps what is better on average",
            _rule("d.mean() > 0"),
            expect="the next seeds may say the opposite",
        ),
        Misconception(
            "not paired",
            _log(
                "error = np.sqrt(before.var(ddof=1) / len(d) + after.var(ddof=1) / len(d))\n"
                "    return d.mean(), t * error, d.mean() - t * error > 0"
            ),
            expect="take differences first",
        ),
        Misconception(
            "standard error",
            _log("return d.mean(), error, d.mean() - t * error > 0"),
            expect="the half width is `t` times",
        ),
        Misconception("a fixed threshold", _rule("d.mean() > 0.02"), expect="A large one may be luck"),
        Misconception("counts seeds", _rule("bool((d > 0).all())"), expect="how many seeds won"),
        Misconception("not t", _rule("d.mean() > 1.96 * error"), expect="a narrower interval"),
        Misconception("beyond zero either way", _rule("abs(d.mean()) > t * error"), expect="is surely worse"),
        Misconception("turned round", _rule("d.mean() < t * error"), expect="the other way round"),
    ),
)
