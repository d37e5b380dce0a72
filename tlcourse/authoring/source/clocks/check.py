"""The author's error: a claim that depends on a clock."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tlcourse.authoring.source.clocks.flow import Flow
from tlcourse.authoring.source.clocks.values import Scope
from tlcourse.authoring.source.code import tree_of
from tlcourse.authoring.source.mistakes import Mistakes
from tlcourse.authoring.source.recorded import is_record

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["check_clocks"]


def check_clocks(cells: Iterable[Cell], mistakes: Mistakes) -> None:
    """Note the claims of one framework's notebook that depend on a time measured while it runs."""

    def tell(call: ast.Call, clock: str) -> None:
        name = ast.unparse(call.args[0]) if call.args else "of this call"
        mistakes.add(
            call.lineno,
            f"The claim {name} depends on a clock ({clock}), so it changes with the machine and its load.",
            "Record what was done, not how long it took: count steps, images or multiply-adds. Or measure it "
            "in a sweep, and record what its table holds. The time itself may be printed.",
        )

    flow, scope = Flow(is_record, tell), Scope()
    for cell in cells:
        tree = tree_of(cell)
        if tree is not None:
            flow.run(tree.body, scope)
