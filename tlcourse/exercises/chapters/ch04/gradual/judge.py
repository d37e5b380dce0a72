"""What opens when, and at which rate: each plan's stages, one after the other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import Verdict, always, close, read, right, show, stopped, total, wrong


class Plan:
    """What the answer gave for one plan."""

    def __init__(self, seen: Any, plan: dict[str, Any]) -> None:
        self.seen, self.groups, self.lr, self.decay = seen, plan["groups"], plan["lr"], plan["decay"]
        self.n_groups = len(self.groups)

    @cached_property
    def stages(self) -> list[dict[str, float]]:
        return [dict(stage) for stage in self.seen]

    @cached_property
    def n_stages(self) -> str:
        return "50 stages or more" if len(self.stages) == 50 else f"{len(self.stages)} stages"

    @cached_property
    def strange(self) -> str | None:
        return next((name for stage in self.stages for name in stage if name not in self.groups), None)

    @cached_property
    def left_out(self) -> str | None:
        return next((name for name in self.groups if not any(name in stage for stage in self.stages)), None)


class Stage:
    """One stage of a plan: which groups train, and at which rates."""

    def __init__(self, plan: Plan, k: int) -> None:
        self.plan, self.k, self.number, self.rates = plan, k, k + 1, plan.stages[k]
        self.these_train = f"In stage {self.number} these train: {show(list(self.rates))}."
        self.head, self.newest = plan.groups[-1], plan.groups[plan.n_groups - 1 - k]
        distance = {name: plan.n_groups - 1 - i for i, name in enumerate(plan.groups)}
        self.expected = {name: plan.lr * plan.decay ** distance[name] for name in self.rates}

    @cached_property
    def opens_as_it_should(self) -> bool:
        return set(self.rates) == set(self.plan.groups[self.plan.n_groups - 1 - self.k :])

    @cached_property
    def all_alike(self) -> bool:
        return len({tuple(sorted(stage)) for stage in self.plan.stages}) == 1

    @cached_property
    def off(self) -> str | None:
        """The first group whose rate is another one than it should have."""
        return next((n for n, rate in self.expected.items() if not close(self.rates[n], rate, 1e-9)), None)

    @cached_property
    def has_the_rate(self) -> str:
        return f"In stage {self.number}, `{self.off}` has the rate {show(self.rates[str(self.off)])}."

    @cached_property
    def one_rate(self) -> bool:
        return len(self.rates) > 1 and all(close(rate, self.plan.lr, 1e-9) for rate in self.rates.values())

    @cached_property
    def once_too_often(self) -> bool:
        return all(close(self.rates[n], rate * self.plan.decay, 1e-9) for n, rate in self.expected.items())

    @cached_property
    def oldest_is_fastest(self) -> bool:
        last = self.plan.stages[-1]
        return last.get(self.plan.groups[0], 0.0) > last.get(self.head, 0.0)


UNUSABLE = (
    wrong(
        lambda plan: isinstance(plan.seen, str),
        "`stages` should give a list of dictionaries, a rate for each group that trains; yours gave {seen}.",
    ),
    wrong(
        lambda plan: len(plan.stages) != plan.n_groups,
        "There are {n_groups} groups, and one more opens in each stage; you give {n_stages}.",
    ),
    wrong(
        lambda plan: plan.strange is not None,
        "Your stages hold `{strange}`, which is not one of the groups.",
    ),
    wrong(
        lambda plan: plan.left_out is not None,
        "`{left_out}` is in none of your stages. Each group opens in one and then trains on.",
        "a group left out",
    ),
)
OPENED = (
    right(
        lambda stage: stage.opens_as_it_should,
        "The head opens first, then one group more in each stage, and none closes again.",
    ),
    wrong(
        lambda stage: len(stage.rates) == 1 and stage.k > 0,
        "{these_train} What was opened before has to go on learning.",
        "closes again",
    ),
    wrong(
        lambda stage: stage.head not in stage.rates,
        "{these_train} The head is missing. It is new and knows nothing yet; begin"
        " with it, and work towards the input.",
        "from the input",
    ),
    wrong(
        lambda stage: stage.all_alike,
        "{these_train} All your stages are the same: if you add to one dictionary"
        " and put it into the list each time, it is one dictionary, many times. Put a copy in. One more group"
        " should open in each stage, next to those that are open.",
        "all at once",
    ),
    wrong(
        always,
        "{these_train} One more group should open in each stage, next to those that are open.",
        "all at once",
    ),
)
RATES = (
    right(
        lambda stage: stage.off is None,
        "The head has the given rate, and each group towards the input a smaller one, the same in every"
        " stage.",
    ),
    wrong(
        lambda stage: stage.one_rate,
        "{has_the_rate} All groups have the same rate; the older a layer, the less it should change.",
        "one rate for all",
    ),
    wrong(
        lambda stage: stage.once_too_often,
        "{has_the_rate} Every rate is multiplied by `decay` once too often:"
        " the head is at distance 0, and keeps the given rate.",
        "one step too many",
    ),
    wrong(
        lambda stage: stage.off == stage.head and stage.oldest_is_fastest,
        "{has_the_rate} The distance is to be counted from the head, which"
        " keeps the given rate. You count from the other end: there the oldest layers get the largest rate.",
        "counted from the other end",
    ),
    wrong(
        lambda stage: stage.off == stage.head,
        "{has_the_rate} That is the head, and in every stage it should keep the rate that is given.",
        "another rate for the head",
    ),
    wrong(
        lambda stage: close(stage.rates.get(stage.newest, -1.0), stage.plan.lr, 1e-9),
        "{has_the_rate} You count from the group that was opened last. Count from the head.",
        "counted from the other end",
    ),
    wrong(
        always,
        "{has_the_rate} One step towards the input should multiply it by `decay` once.",
        "decay added up",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for what opens when, and one for the rates."""
    plans = [Plan(seen, plan) for seen, plan in zip(observed["plans"], inputs["plans"], strict=True)]
    if (verdict := stopped(UNUSABLE, plans)) is not None:
        return verdict
    stages = [Stage(plan, k) for plan in plans for k in range(plan.n_groups)]
    return total(read(OPENED, stages), read(RATES, stages))
