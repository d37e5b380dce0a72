"""The hash of a row: what makes it stale."""

from __future__ import annotations

from pathlib import Path

from tlcourse.sweeps.engine.spec import Sweep, code_of, row_hash

HERE = Path(__file__).parent


def test_the_hash_follows_what_the_function_uses(toy: Sweep):
    source = (HERE / "toy_sweeps.py").read_text()
    code = code_of(source, "double")
    assert "FACTOR = 2.0" in code
    assert "_extra" in code
    assert "grid" not in code
    assert code_of("# a comment\n" + source, "double") == code
    assert code_of(source.replace("2.0", "3.0"), "double") != code
    first, second = toy.settings()[:2]
    assert row_hash(toy, first) != row_hash(toy, second)
    assert len(row_hash(toy, first)) == 10
