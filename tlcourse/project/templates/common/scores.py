"""The scores of the report, each with its interval."""

import numpy as np

import baseline
import measures
import task

MAIN, COST = "Balanced accuracy", f"Cost of {task.A}"


def functions(labels, guesses, probabilities, about, rule):
    """Name and function of each score. A function gets the places of some test rows."""

    def accuracy(p):
        return measures.accuracy(labels[p], guesses[p])

    def balanced(p):
        return measures.balanced_accuracy(labels[p], guesses[p])

    found = {"Accuracy": accuracy, MAIN: balanced}
    if len(about["classes"]) == 2:
        number = about["classes"].index(about["positive"])
        yes, score = labels == number, probabilities[:, number]

        def area(p):
            both = yes[p].any() and not yes[p].all()
            return measures.auc(yes[p], score[p]) if both else None

        def cost(p):
            costs = rule["cost_missed"], rule["cost_false_alarm"]
            return float(np.mean(measures.costs(yes[p], guesses[p] == number, *costs)))

        found |= {"AUC": area, COST: cost}
    return found


def of(labels, guesses, probabilities, groups, about, rule):
    """Name, value and interval of each score."""
    everything = np.arange(len(labels))
    numbers = range(len(about["classes"]))
    fewest = min(len(set(groups[labels == number])) for number in numbers)
    independent = {"Accuracy": len(set(groups)), COST: None}
    return [
        (name, f(everything), measures.interval(groups, f, independent.get(name, fewest)))
        for name, f in functions(labels, guesses, probabilities, about, rule).items()
    ]


def guessing(labels, about, rule):
    """Each score of the best answer that looks at nothing."""
    found = {
        "Accuracy": np.bincount(labels).max() / len(labels),
        MAIN: 1 / len(about["classes"]),
        "AUC": 0.5,
    }
    if len(about["classes"]) == 2:
        yes = labels == about["classes"].index(about["positive"])
        costs = rule["cost_missed"], rule["cost_false_alarm"]
        answers = (np.full(len(yes), each) for each in (True, False))
        found[COST] = min(measures.costs(yes, a, *costs).mean() for a in answers)
    return found


def worth(labels, guesses, simple_guesses, groups):
    """Is the network worth it? A sentence on the same test rows, in pairs."""

    def gain(p):
        ours, theirs = (
            measures.balanced_accuracy(labels[p], g[p]) for g in (guesses, simple_guesses)
        )
        return ours - theirs

    value = gain(np.arange(len(labels)))
    low, high = measures.interval(groups, gain)
    ends = f"95 % interval of the difference {signed(low)} to {signed(high)}"
    if low > 0:
        return (
            f"The network is worth it: its balanced accuracy is {value:.2f} higher than that "
            f"of a {baseline.NAME} ({ends})."
        )
    if high < 0:
        return (
            f"The network is not worth it: its balanced accuracy is {-value:.2f} lower than that "
            f"of a {baseline.NAME} ({ends}). Something is wrong with its training, or the "
            f"{baseline.ENOUGH}."
        )
    return (
        f"These test {task.MANY} do not show that the network is worth it. Its balanced accuracy "
        f"differs from that of a {baseline.NAME} by {signed(value)} ({ends}). The network may "
        "not be needed, or there are too few test {task.MANY} to tell."
    )


def signed(value):
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def per_class(labels, guesses, groups, classes):
    """A row for each class: its name, its number, its recall and its precision."""
    everything, rows = np.arange(len(labels)), []
    for number, name in enumerate(classes):

        def recall(p, number=number):
            inside = labels[p] == number
            return np.mean(guesses[p][inside] == number) if inside.any() else None

        def precision(p, number=number):
            said = guesses[p] == number
            return np.mean(labels[p][said] == number) if said.any() else None

        row = [name, int(np.sum(labels == number))]
        for score, of_whom in ((recall, labels), (precision, guesses)):
            independent = len(set(groups[of_whom == number]))
            ends = measures.interval(groups, score, independent)
            row.append(with_interval(score(everything), ends))
        rows.append(row)
    return rows


def with_interval(value, ends, digits=2):
    if value is None:
        return "never said"
    return f"{value:.{digits}f} ({ends[0]:.{digits}f} to {ends[1]:.{digits}f})"


def line(name, value, ends):
    return f"{name}: {value:.3f} (95 % interval {ends[0]:.3f} to {ends[1]:.3f})"
