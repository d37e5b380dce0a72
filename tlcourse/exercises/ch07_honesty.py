"""Chapter 7: differences with their uncertainty, leaks, and what may go into the log."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from .judging import close, good, show, told, verdict
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["BOOTSTRAP", "LEAK", "LOG"]


# ------------------------------------------------------------------------------------ paired bootstrap


def _bootstrap_inputs(rng: np.random.Generator) -> dict[str, Any]:
    # Two models that are mostly right on the same pictures: pairing matters.
    n = 900
    easy = rng.random(n) < 0.7
    first = np.where(easy, 1, rng.random(n) < 0.1).astype(int)
    flips = rng.permutation(np.flatnonzero(first == 0))[:81]
    second = first.copy()
    second[flips] = 1
    second[rng.permutation(np.flatnonzero(first == 1))[:31]] = 0
    return {"first": first, "second": second, "resamples": 4000, "seed": int(rng.integers(1, 10_000))}


def _bootstrap_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    first, second = np.asarray(inputs["first"]), np.asarray(inputs["second"])

    def run(a: np.ndarray, b: np.ndarray) -> list[float] | str:
        rng = np.random.default_rng(inputs["seed"])
        fresh = str(rng.bit_generator.state), _children(rng)
        found = answer(a.copy(), b.copy(), inputs["resamples"], rng)
        drawn.append((str(rng.bit_generator.state), _children(rng)) != fresh)
        try:
            low, high = found
            return [float(low), float(high)]
        except (TypeError, ValueError):
            return told(found)

    drawn: list[bool] = []
    return {
        "found": run(first, second),
        "again": run(first, second),
        "same": run(first, first),
        "drawn": all(drawn),
    }


def _children(rng: np.random.Generator) -> int:
    """How many generators were made of this one: those count as its draws."""
    return int(getattr(rng.bit_generator.seed_seq, "n_children_spawned", 0))


def _bootstrap_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    for name in ("found", "again", "same"):
        if isinstance(observed[name], str):
            why = (
                "`difference` should give two numbers, the ends of the interval; yours gave"
                f" {observed[name]}."
            )
            return Verdict(0.0, (Finding(False, why),))
    first, second = np.asarray(inputs["first"], float), np.asarray(inputs["second"], float)
    d = second - first
    low, high = observed["found"]
    # With so many pictures the means are normal to within what 4,000 resamples can show.
    error = float(d.std() / np.sqrt(len(d)))
    right = (float(d.mean()) - 1.96 * error, float(d.mean()) + 1.96 * error)
    width, wanted, narrow = high - low, 2 * 1.96 * error, 2 * 1.645 * error
    unpaired = 2 * 1.96 * float(np.hypot(first.std(), second.std()) / np.sqrt(len(d)))
    said = f"Your interval goes from {show(low)} to {show(high)}."
    if not np.isfinite([low, high, *observed["same"]]).all():
        return Verdict(0.0, (Finding(False, f"{said} Both ends should be numbers.", "not finite"),))
    if low > high:
        return Verdict(0.0, (Finding(False, f"{said} Its lower end comes first.", "ends swapped"),))
    if width < 1e-9:
        why = (
            "All resamples gave the same: pictures have to be drawn with replacement, some twice"
            " and some not at all."
        )
        return Verdict(0.0, (Finding(False, f"{said} {why}", "without replacement"),))
    if abs(observed["same"][0]) > 1e-12 or abs(observed["same"][1]) > 1e-12:
        why = (
            f"For a model and itself it goes from {show(observed['same'][0])} to"
            f" {show(observed['same'][1])}. Each model got"
            " pictures of its own; draw the same pictures for both, so that hard pictures are hard for both."
        )
        paired = Finding(False, why, "not paired")
    elif not observed["drawn"]:
        why = (
            "Nothing was drawn from the `rng` that is given. Draw with it, or nobody can repeat your numbers."
        )
        paired = Finding(False, why, "another generator")
    elif observed["again"] != observed["found"]:
        why = (
            "Two calls with generators of the same seed gave different intervals. Draw with the `rng` that is"
            " given, or nobody can repeat your numbers."
        )
        paired = Finding(False, why, "another generator")
    else:
        paired = good("The same pictures are drawn for both models.")
    middle = float(d.mean())
    if abs((low + high) / 2 + middle) < 0.01:
        size = Finding(
            False, "Your interval is that of first minus second: the question is the other way round.", "sign"
        )
    elif paired.passed and abs(width - narrow) < min(0.1 * narrow, abs(width - wanted)):  # nearer to 90 %
        size = Finding(
            False, (f"{said} It holds 90 % of the resamples; cut off 2.5 % at each end."), "five at each end"
        )
    elif abs(width / wanted - 1) < 0.2 and abs(low - right[0]) < 0.008 and abs(high - right[1]) < 0.008:
        size = good("The interval holds the middle 95 % of the resampled differences.")
    elif not paired.passed and abs(width / unpaired - 1) < 0.2:
        size = Finding(
            False, (f"{said} It is wider than it need be, because the pictures differ."), "not paired"
        )
    else:
        why = "The middle 95 % of the resampled differences lie elsewhere."
        if width > 3 * wanted:
            why = (
                "It is far too wide. Is it the spread of single pictures? The question is how far"
                " means scatter."
            )
        elif width < 0.6 * wanted:
            why = "It is far too narrow. How many pictures does each resample have? As many as there are."
        size = Finding(False, f"{said} {why}", "another width")
    return verdict(paired, size)


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
            expect="draw the same pictures for both",
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
    ),
)

# ------------------------------------------------------------------------------------------------ leaks

_THINGS = (
    "cat",
    "dog",
    "owl",
    "taxi",
    "tram",
    "pear",
    "plum",
    "hat",
    "shoe",
    "drum",
    "lamp",
    "boat",
    "fish",
    "kite",
)
_STYLES = ("fluent", "noto", "twemoji")


def _leak_inputs(rng: np.random.Generator) -> dict[str, Any]:
    names = [str(name) for name in rng.permutation(_THINGS)]
    both, train, test = names[:3], names[3:9], names[9:]
    styles = [str(s) for s in rng.permutation(_STYLES)]
    left = [f"{styles[0]}/{name}.png" for name in both] + [f"{styles[1]}/{name}.png" for name in train]
    right = [f"{styles[2]}/{name}.png" for name in both[:2]] + [f"{styles[1]}/{both[2]}.png"]
    right += [f"{styles[0]}/{name}.png" for name in test]
    return {
        "train": [str(v) for v in rng.permutation(left)],
        "test": [str(v) for v in rng.permutation(right)],
    }


def _leak_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    found = answer(list(inputs["train"]), list(inputs["test"]))
    if isinstance(found, (str, bytes)) or not hasattr(found, "__iter__"):
        return {"wrong": told(found)}
    names = [str(name) for name in itertools.islice(found, 101)]  # a generator may never end
    return {"wrong": "more than 100 names"} if len(names) > 100 else {"found": sorted(set(names))}


def _thing(path: str) -> str:
    return path.split("/")[-1].removesuffix(".png")


def _leak_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`shared` should give a list or a set of names; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    train, test = inputs["train"], inputs["test"]
    right = sorted({_thing(p) for p in train} & {_thing(p) for p in test})
    got = observed["found"]
    if got == right:
        return Verdict(2.0, (good("The things on both sides are found, whatever style they are drawn in."),))
    said = f"You give {show(got)}."
    if not got:
        why = (
            "No file is on both sides, and that is what you compared. The same thing is there,"
            " drawn in another style: the"
            " model has seen it."
        )
        name = "compares whole paths"
    elif {_thing(p) for p in got} == set(right):
        why, name = (
            ("These are files. Give the names of the things, without folder and ending."),
            "files, not things",
        )
    elif set(got) <= set(_STYLES):
        why, name = "These are styles. A style on both sides is no leak; a thing is.", "compares styles"
    elif set(got) == {_thing(p) for p in [*train, *test]}:
        why, name = (
            "These are the things of both sides taken together. Which are on the one and on the other?",
            None,
        )
    elif set(got) < set(right):
        why, name = "They are on both sides, and they are not all that are.", None
    elif set(got) >= {_thing(p) for p in test} or set(got) >= {_thing(p) for p in train}:
        why, name = (
            ("These are all the things of one side. Only those count that the other side has as well."),
            "one side",
        )
    else:
        why, name = "A thing leaks if a picture of it is on both sides.", None
    return Verdict(0.0, (Finding(False, f"{said} {why}", name),))


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
            expect=("No file is on both sides"),
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
    ),
)

# ------------------------------------------------------------------------------------------------- log


def _log_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three comparisons: kept; better on average, but not beyond luck; better on the test set only."""
    cases = []
    for kind in ("kept", "luck", "test"):
        base = rng.uniform(0.6, 0.75)
        luck = rng.normal(0, 0.03, 5)
        luck -= luck.mean()
        wobble = rng.normal(0, 1, 5)
        wobble = (wobble - wobble.mean()) / wobble.std(ddof=1)
        gain = {"kept": 0.04, "luck": 0.012, "test": -0.002}[kind]
        spread = {"kept": 0.008, "luck": 0.03, "test": 0.008}[kind]
        test_gain = {"kept": -0.02, "luck": -0.01, "test": 0.05}[kind]
        before = (base + luck).round(4)
        rows = []
        for seed in range(5):
            rows.append(
                {"model": "before", "seed": seed, "val": float(before[seed]), "test": float(before[seed])}
            )
            val = float(np.round(before[seed] + gain + spread * wobble[seed], 4))
            test = float(np.round(before[seed] + test_gain + 0.003 * wobble[seed], 4))
            rows.append({"model": "after", "seed": seed, "val": val, "test": test})
        cases.append({"rows": [rows[int(i)] for i in rng.permutation(len(rows))]})
    return {"cases": cases, "t": 2.776}


def _log_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for case in inputs["cases"]:
        found = answer([dict(row) for row in case["rows"]], inputs["t"])
        if isinstance(found, (str, bytes, Mapping)) or not hasattr(found, "__len__") or len(found) != 3:
            return {"wrong": told(found)}
        try:
            if found[2] is None or isinstance(found[2], str):
                return {"wrong": f"{told(found[2])} as the third"}
            out.append([float(found[0]), float(found[1]), bool(found[2])])
        except (TypeError, ValueError):
            return {"wrong": told(found)}
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
    verdicts = good("Kept is what the rule keeps, and nothing else.")
    for case, (mean, half, kept) in zip(inputs["cases"], observed["entries"], strict=True):
        rows = case["rows"]
        d = _by(rows, "val")
        error = d.std(ddof=1) / np.sqrt(len(d))
        right, wide = float(d.mean()), float(inputs["t"] * error)
        said = f"You give a difference of {show(mean)} ± {show(half)}."
        groups = [np.array([r["val"] for r in rows if r["model"] == m]) for m in ("before", "after")]
        loose = float(inputs["t"] * np.sqrt(sum(g.var(ddof=1) / len(g) for g in groups)))
        if close(mean, float(_by(rows, "test").mean()), 5e-4) and not close(mean, right, 5e-4):
            numbers = Finding(
                False,
                f"{said} That is the difference on the test pictures. Whoever decides with them"
                " has none left to report.",
                "decides on the test set",
            )
        elif close(mean, -right, 5e-4) and not close(mean, right, 5e-4):
            numbers = Finding(False, "Your difference is before minus after.", "sign")
        elif not close(mean, right, 5e-4):
            numbers = Finding(
                False, (f"{said} It should be the mean of after minus before, over the seeds."), None
            )
        elif not close(half, wide, 2e-4) and numbers.passed:
            if close(half, loose, 5e-4):
                why, name = (
                    ("You took the two models' scatter apart. The seeds are shared: take differences first."),
                    "not paired",
                )
            elif close(half, float(error), 5e-4):
                why, name = (
                    ("That is the standard error; the half width is `t` times as much."),
                    "standard error",
                )
            elif close(half, float(d.std(ddof=1)), 5e-4) or close(
                half, float(inputs["t"] * d.std(ddof=1)), 5e-4
            ):
                why, name = (
                    ("That says how far single differences scatter. Divide by the root of their number."),
                    "spread",
                )
            elif close(half, float(inputs["t"] * d.std() / np.sqrt(len(d))), 5e-5):
                why, name = (
                    "The standard deviation was taken with n below the line, not n - 1.",
                    "divided by n",
                )
            else:
                why, name = "The half width is t times the standard error of the differences.", None
            numbers = Finding(False, f"{said} {why}", name)
        if kept != (right - wide > 0) and verdicts.passed:
            if kept and right > 0:
                why, name = (
                    f"A difference of {right:+.3f} is kept, and its interval reaches below zero:"
                    " the next five seeds may say the"
                    " opposite.",
                    "keeps what is better on average",
                )
            elif kept:
                why, name = (
                    "A change is kept that did not help on the validation pictures.",
                    ("decides on the test set"),
                )
            else:
                why, name = "A change is dropped whose whole interval lies above zero.", None
            verdicts = Finding(False, why, name)
    return verdict(numbers, verdicts)


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
            _log("return d.mean(), t * error, d.mean() > 0"),
            expect="the next five seeds may say the opposite",
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
    ),
)
