"""The exercises of chapter 0: from logits to a class and its probability; a reproducible draw per class."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    array,
    close,
    finding,
    number,
    plain,
    score,
    show,
)
from tlcourse.exercises.cases import mixed

# --- ch00-pick-class ----------------------------------------------------------------------------------------

_NAMES = (
    "cat",
    "dog",
    "fox",
    "owl",
    "bear",
    "bee",
    "crab",
    "deer",
    "duck",
    "goat",
    "hare",
    "lynx",
    "moth",
    "mole",
)


def _logit_rows(rng: np.random.Generator) -> dict[str, Any]:
    names = tuple(str(name) for name in rng.permutation(_NAMES)[: rng.integers(5, 9)])
    # So many rows that no list of names is right for another seed, and no one name for all of them.
    winners = np.array(mixed(rng, int(rng.integers(8, 11)), range(len(names))))
    rows = rng.normal(0.0, 2.0, (len(winners), len(names)))
    # The winner stands a little apart, but nowhere near so far that its probability rounds to 1.
    rows[np.arange(len(rows)), winners] = rows.max(axis=1) + rng.uniform(0.3, 1.0, len(rows))
    # One more row like the first, moved up until exp() overflows: its probabilities are the same.
    large = rows[:1] + np.round(rng.uniform(1000.0, 2000.0))
    return {"names": names, "logits": rows, "large": large[0]}


def _probe_pick(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    rows = [plain(answer(row.copy(), list(inputs["names"]))) for row in inputs["logits"]]
    return {"rows": rows, "large": plain(answer(inputs["large"].copy(), list(inputs["names"])))}


def _softmax(row: np.ndarray) -> np.ndarray:
    weights = np.exp(row - row.max())
    return weights / weights.sum()


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        got = "nothing (None); is there a `return` at the end?" if value is None else f"{show(value)}."
        raise WrongAnswerError(
            f"`pick_class` should return two things, a name and a probability. It returned {got}",
            "not a pair",
        )
    return value[0], value[1]


def _judge_name(name: Any, row: np.ndarray, names: tuple[str, ...]) -> Finding:
    if isinstance(name, np.ndarray) and name.size == 1:
        name = name.reshape(-1)[0].item()
    if not isinstance(name, str):
        what = "a position in the row" if isinstance(name, int) else "not a name"
        advice = (
            "Look it up in `names`."
            if isinstance(name, int)
            else "The name comes first, then its probability."
        )
        return Finding(False, f"The first value you return is {show(name)}: {what}. {advice}", "index")
    if name not in names:
        return Finding(
            False, f"The first value you return is {show(name)}, which is not one of `names`.", "index"
        )
    smallest = name == names[int(np.argmin(row))]
    rank = f"its logit is {show(float(row[names.index(name)]))}"
    wrong = f"You picked {name!r}: {rank}, " + (
        "the smallest of the row. The larger a logit, the likelier its class."
        if smallest
        else "and another class of the row has a larger one."
    )
    return finding(
        name == names[int(np.argmax(row))],
        "The class is the one with the largest logit.",
        wrong,
        "picks the smallest" if smallest else "picks another class",
    )


def _judge_probability(value: Any, row: np.ndarray) -> Finding:
    got = number(value, "the probability")
    expected = _softmax(row)
    top = float(row.max())
    right = "The probability is the softmax of the row at that class."
    if close(got, expected.max(), 1e-5):
        return Finding(True, right)
    shown = f"Your probability is {show(got)}"
    if close(got, top, 1e-5):
        message, name = (
            f"{shown}: that is the logit itself. Logits are scores without a unit; `softmax` turns a row "
            f"into shares.",
            "logit as probability",
        )
    elif close(got, 1 / (1 + np.exp(-top)), 1e-5):
        message, name = (
            f"{shown}: that is the sigmoid of one logit. It ignores the other classes, and a row of them "
            f"need not add "
            "up to 1. Exactly one class is right here, so they must share the 1.",
            "sigmoid instead of softmax",
        )
    elif close(got, top / row.sum(), 1e-5) or close(got, top / np.abs(row).sum(), 1e-5):
        message, name = (
            f"{shown}: the logits were divided by their sum. Logits can be negative, so these are no shares. "
            "Something must make them all positive first.",
            "divides logits by their sum",
        )
    elif close(got, 100 * expected.max(), 1e-3):
        message, name = f"{shown}: a percentage. A probability lies between 0 and 1.", "percentage"
    elif close(got, expected.min(), 1e-7):
        message, name = (
            f"{shown}: that is the probability of the least likely class.",
            "probability of another class",
        )
    elif not 0 <= got <= 1:
        message, name = f"{shown}, and a probability lies between 0 and 1.", "not a probability"
    else:
        message, name = (
            f"{shown}. With the probabilities of all the other classes of that row, computed in the same "
            f"way, it "
            "must add up to 1. Does it?",
            "other probability",
        )
    return Finding(False, message, name)


def _judge_large(value: Any, row: np.ndarray) -> Finding:
    _, got = _pair(value)
    if isinstance(got, np.ndarray) and got.size == 1:
        got = got.reshape(-1)[0].item()
    shown = show(got)
    if isinstance(got, float) and not np.isfinite(got):
        return Finding(
            False,
            f"For logits near {show(float(np.round(row.max(), -2)), 5)} your probability is {shown}: `exp` "
            f"of such a "
            "number overflows. Adding one number to a whole row does not change its softmax, so choose one "
            "that keeps "
            "every exponent at 0 or below.",
            "softmax overflows",
        )
    return finding(
        # Between 1000 and 2000, neighbouring float32 numbers are 1e-4 apart: allow a right answer that much.
        isinstance(got, int | float) and close(got, _softmax(row).max(), 1e-3),
        "Large logits do not overflow.",
        f"The same row with one number added to every logit must give the same probability. Yours is "
        f"{shown} there.",
        "not shift invariant",
    )


def _judge_pick(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    pairs = [_pair(value) for value in observed["rows"]]
    rows = inputs["logits"]
    # Of several rows, report the first that went wrong.
    names = [_judge_name(name, row, inputs["names"]) for (name, _), row in zip(pairs, rows, strict=True)]
    name = next((found for found in names if not found.passed), names[0])
    shares = []
    for (_, value), row in zip(pairs, rows, strict=True):
        try:
            shares.append(_judge_probability(value, row))
        except WrongAnswerError as wrong:
            shares.append(wrong.finding)
    share = next((found for found in shares if not found.passed), shares[0])
    if not share.passed:  # whether it overflows is a question for a softmax that is right otherwise
        return score((1, name), (1, share))
    return score((1, name), (1, share), (1, _judge_large(observed["large"], inputs["large"])))


_PICK = """import numpy as np

def pick_class(logits, names):
    {body}
"""

PICK_CLASS = Exercise(
    id="ch00-pick-class",
    title="From logits to a class and its probability",
    points=3,
    answer="pick_class",
    inputs=_logit_rows,
    probe=_probe_pick,
    judge=_judge_pick,
    solved_by=(
        "tlcourse.models.labels.softmax",
        "tlcourse.models.labels.top_k",
        "tlcourse.training.softmax",
        "tlcourse.evaluation.calibration.with_temperature",
        "tlcourse.heads.tasks.activate",
        "tlcourse.language.sampling.next_probabilities",
    ),
    hints=(
        "Two questions: which position holds the largest logit, and what share of the row does it get? "
        "`np.argmax` answers the first.",
        "Softmax: make every logit positive with `np.exp`, then divide by the sum. The share you want is "
        "the one at "
        "the position that you found.",
        "Subtract the row's largest logit before `np.exp`. The shares stay the same, because every term "
        "shrinks by "
        "the same factor, and the largest exponent becomes 0, so nothing overflows. Return "
        "`names[best], float(shares[best])`.",
    ),
    misconceptions=(
        Misconception(
            "logit as probability",
            _PICK.format(body="best = int(np.argmax(logits)); return names[best], float(logits[best])"),
            "that is the logit itself",
        ),
        Misconception(
            "sigmoid instead of softmax",
            _PICK.format(
                body="best = int(np.argmax(logits)); return names[best], float(1 / (1 + "
                "np.exp(-logits[best])))"
            ),
            "the sigmoid of one logit",
        ),
        Misconception(
            "divides logits by their sum",
            _PICK.format(body="best = np.argmax(logits); return names[best], logits[best] / np.sum(logits)"),
            "divided by their sum",
        ),
        Misconception(
            "softmax overflows",
            _PICK.format(
                body="p = np.exp(logits) / np.exp(logits).sum(); best = int(p.argmax()); return "
                "names[best], p[best]"
            ),
            "overflows",
        ),
        Misconception(
            "index",
            _PICK.format(
                body="p = np.exp(logits - logits.max()); p = p / p.sum(); return int(p.argmax()), "
                "float(p.max())"
            ),
            "Look it up in `names`",
        ),
        Misconception(
            "picks the smallest",
            _PICK.format(
                body="p = np.exp(logits - logits.max()); p = p / p.sum(); return names[int(p.argmin())], "
                "p.max()"
            ),
            "the smallest of the row",
        ),
        Misconception(
            "percentage",
            _PICK.format(
                body="p = np.exp(logits - max(logits)); p = p / p.sum(); return names[p.argmax()], 100 * "
                "p.max()"
            ),
            "a percentage",
        ),
    ),
)

# --- ch00-draw-per-class ------------------------------------------------------------------------------------


def _label_rows(rng: np.random.Generator) -> dict[str, Any]:
    # Uneven classes in a random order, as labels come; large enough that two honest draws never coincide, and
    # one so small that a draw from all rows together never holds enough of it (fewer than one in a million).
    n = int(rng.integers(8, 12))
    sizes = rng.permutation([n + 1, *rng.integers(80, 140, size=int(rng.integers(3, 6)))])
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes)).astype(np.int64)
    # Which calls have a seed in common comes from the exercise's own: a list of draws played again is wrong.
    three = [int(seed) for seed in rng.choice(1_000_000, size=3, replace=False)]
    return {"labels": labels, "n": n, "seeds": mixed(rng, int(rng.integers(10, 14)), three)}


def _probe_draw(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    draws = []
    for seed in inputs["seeds"]:
        draws.append(plain(answer(inputs["labels"].copy(), inputs["n"], seed)))
        np.random.random(7)  # other cells draw numbers too: the same seed must not notice
    return {"draws": draws}


def _rows(value: Any, size: int) -> np.ndarray:
    if np.ndim(value) > 1 or (isinstance(value, list | tuple) and any(np.ndim(part) for part in value)):
        raise WrongAnswerError(
            "You returned a list of rows for each class. One flat list of row numbers is asked for: join"
            " them.",
            "not flat",
        )
    rows = array(value, "the drawn rows", (None,))
    if not np.array_equal(rows, np.round(rows)):
        raise WrongAnswerError(f"Row numbers are whole; you returned {show(value)}.", "not row numbers")
    outside = rows[(rows < 0) | (rows >= size)]
    if len(outside):
        raise WrongAnswerError(
            f"You returned row {int(outside[0])}, and the rows are numbered from 0 to {size - 1}.",
            "not row numbers",
        )
    return rows.astype(np.int64)


def _fair(drawn: np.ndarray, labels: np.ndarray, n: int) -> Finding:
    classes = int(labels.max()) + 1
    if len(drawn) == 0:
        raise WrongAnswerError("You returned no rows at all.", "no rows")
    counts = np.bincount(labels[drawn], minlength=classes)
    distinct = len(np.unique(drawn))
    if len(drawn) == n * classes and set(drawn.tolist()) <= set(range(classes)):
        return Finding(
            False,
            f"You returned {show(drawn.tolist())}: these are labels. Return the numbers of the rows "
            f"instead, so that "
            "`labels[rows]` gives the labels.",
            "labels instead of rows",
        )
    if distinct < len(drawn):
        return Finding(
            False,
            f"Of the {len(drawn)} rows that you returned only {distinct} are different: the same picture "
            f"was drawn "
            "more than once. Draw without replacement.",
            "draws with replacement",
        )
    if (counts == 0).any() and set(counts[counts > 0].tolist()) == {n}:
        return Finding(
            False,
            f"For n = {n}, your rows hold {show(counts.tolist())} examples of the classes: one class or more"
            " is left out. Does the loop go through all of them, and does `return` come after it?",
            "a class left out",
        )
    if len(set(counts.tolist())) > 1:
        return Finding(
            False,
            f"For n = {n}, your rows hold {show(counts.tolist())} examples of the classes: the draw was "
            f"made from all "
            "rows together. Draw from each class apart.",
            "draws from all rows together",
        )
    return finding(
        bool(np.all(counts == n)),
        f"{n} different rows of every class.",
        f"For n = {n}, your rows hold {counts[0]} of each class.",
        "wrong number per class",
    )


def _repeats(draws: list[np.ndarray], seeds: list[int]) -> Finding:
    """Whether the calls with one seed gave the same rows, whatever was drawn between them."""
    for seed, rows in zip(seeds, draws, strict=True):
        first = draws[seeds.index(seed)]
        if not np.array_equal(np.sort(rows), np.sort(first)):
            return Finding(
                False,
                f"Two calls with seed {seed} gave different rows ({show(first[:4].tolist())}, then"
                f" {show(rows[:4].tolist())}, at the start). The numbers come from a generator that does not"
                " know the seed.",
                "ignores the seed",
            )
    return Finding(True, "The same seed gives the same rows.")


def _varies(draws: list[np.ndarray], seeds: list[int]) -> Finding:
    for seed, rows in zip(seeds, draws, strict=True):
        if seed != seeds[0] and np.array_equal(np.sort(rows), np.sort(draws[0])):
            return Finding(
                False,
                f"Seeds {seeds[0]} and {seed} gave the same rows, {show(rows[:4].tolist())} at the start."
                " Nothing is drawn by chance, so repeating the experiment with other seeds would tell you"
                " nothing.",
                "same rows for every seed",
            )
    return Finding(True, "Another seed gives other rows.")


def _judge_draw(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    labels, n, seeds = inputs["labels"], inputs["n"], inputs["seeds"]
    draws = [_rows(value, len(labels)) for value in observed["draws"]]
    found = [_fair(rows, labels, n) for rows in draws]
    fair = next((one for one in found if not one.passed), found[0])
    # Without rows that could be a draw, "the same twice" is worth nothing.
    size = n * (int(labels.max()) + 1)
    if any(len(rows) != size for rows in draws) or fair.misconception == "labels instead of rows":
        return score((1, fair))
    repeats, varies = _repeats(draws, seeds), _varies(draws, seeds)
    if not fair.passed and not (repeats.passed and varies.passed):
        # Neither asks for the classes: one list of rows for all calls is always the same.
        return score(*((0, one) for one in (fair, repeats, varies) if not one.passed))
    if not repeats.passed:
        return score((1, fair), (1, repeats))
    return score((1, fair), (1, repeats), (1, varies))


_DRAW = """import numpy as np

def draw_per_class(labels, n, seed):
    rng = {rng}
    rows = []
    for c in np.unique(labels):
        of_class = np.flatnonzero(labels == c)
        rows.extend({take})
    return {result}
"""
_SEEDED = "np.random.default_rng(seed)"

DRAW_PER_CLASS = Exercise(
    id="ch00-draw-per-class",
    title="The same few pictures of every class, again",
    points=3,
    answer="draw_per_class",
    inputs=_label_rows,
    probe=_probe_draw,
    judge=_judge_draw,
    solved_by=(
        "tlcourse.data.rows.Rows.per_class",
        "tlcourse.sweeps.topics.iterate._drawn",
        "tlcourse.sweeps.topics.task_head._drawn",
    ),
    hints=(
        "Three things are asked: n of each class, no row twice, and a draw that depends on the seed and on "
        "nothing "
        "else. Start with the rows of one class: `np.flatnonzero(labels == 0)`.",
        "Make one generator from the seed, `rng = np.random.default_rng(seed)`, and go through the classes "
        "with "
        "`np.unique(labels)`.",
        "`rng.choice(rows_of_class, size=n, replace=False)` draws n different rows of one class. Collect "
        "these for "
        "all classes and join them with `np.concatenate`.",
    ),
    misconceptions=(
        Misconception(
            "draws with replacement",
            # From few rows, so that a repeat is certain to show whatever the seed.
            _DRAW.format(rng=_SEEDED, take="rng.choice(of_class[:3], n)", result="np.array(rows)"),
            "Draw without replacement",
        ),
        Misconception(
            "draws from all rows together",
            "import numpy as np\n\ndef draw_per_class(labels, n, seed):\n"
            "    rng = np.random.default_rng(seed)\n"
            "    return rng.choice(len(labels), size=n * len(np.unique(labels)), replace=False)\n",
            "Draw from each class apart",
        ),
        Misconception(
            "ignores the seed",
            _DRAW.format(
                rng="np.random.default_rng()",
                take="rng.choice(of_class, n, replace=False)",
                result="np.array(rows)",
            ),
            "a generator that does not know the seed",
        ),
        Misconception(
            "same rows for every seed",
            _DRAW.format(rng=_SEEDED, take="of_class[:n]", result="np.array(rows)"),
            "Nothing is drawn by chance",
        ),
        Misconception(
            "labels instead of rows",
            _DRAW.format(
                rng=_SEEDED,
                take="rng.choice(of_class, n, replace=False)",
                result="labels[np.array(rows)]",
            ),
            "these are labels",
        ),
    ),
)

EXERCISES = (DRAW_PER_CLASS, PICK_CLASS)
