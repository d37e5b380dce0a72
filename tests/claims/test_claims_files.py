"""Claims files are written whole or not at all; claims are collected from a notebook's outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlcourse import claims
from tlcourse.claims import ClaimError, ClaimsFile, read_claims, write_claims


def test_files_round_trip_and_are_stable(tmp_path: Path):
    path = claims.claims_path(tmp_path, "torch", "01-x")
    assert read_claims(path) == ClaimsFile({}, {})
    write_claims(path, {"b": {"value": 1}, "a": {"value": 0.5, "tolerance": 0.1, "unit": "µs"}}, {"c1": 2.5})
    first = path.read_bytes()
    got = read_claims(path)
    assert list(got.claims) == ["a", "b"]
    assert got.claims["a"]["tolerance"] == 0.1
    assert got.seconds == {"c1": 2.5}
    write_claims(path, got.claims, got.seconds)
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == ["01-x.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"claims": 3}', '{"claims": {"a": {}}}', '{"seconds": {}}'])
def test_a_damaged_file(tmp_path: Path, text: str):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ClaimError, match="damaged"):
        read_claims(path)


def test_a_failed_write_keeps_the_old_file(tmp_path: Path):
    path = tmp_path / "x.json"
    write_claims(path, {"a": {"value": 1}})
    with pytest.raises((TypeError, ValueError)):
        write_claims(path, {"a": {"value": object()}})
    assert read_claims(path).claims["a"]["value"] == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_collect_reads_outputs():
    def cell(cell_id: str, value: float) -> dict:
        data = {claims.MIME: {"name": "acc", "value": value, "tolerance": 0.1}, "text/plain": "…"}
        return {"id": cell_id, "outputs": [{"output_type": "display_data", "data": data}]}

    assert claims.collect([{"source": ""}, cell("a", 1.0), cell("b", 1.0)]) == {
        "acc": {"value": 1.0, "tolerance": 0.1}
    }
    assert claims.collect([{"id": "a", "outputs": [*cell("a", 1)["outputs"], *cell("a", 2)["outputs"]]}]) == {
        "acc": {"value": 2, "tolerance": 0.1}
    }
    with pytest.raises(ClaimError, match=r"is 1.0 in one cell and 2.0 in a later one"):
        claims.collect([cell("a", 1.0), cell("b", 2.0)])
