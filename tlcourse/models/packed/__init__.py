"""Networks whose published weights are here: in an installed package, with the course, or in a pack.

* `arrays`: where the arrays of each network are, and the arrays by PyTorch's names;
* `onnx_file`, `keras_file`: two kinds of file to arrays; PyTorch's kind is read by `tlcourse.models.weights`;
* `naming`: the names of layers in Keras, and of the same layers in PyTorch.

`tlcourse.packs` fetches the packs.
"""

from __future__ import annotations

from tlcourse.models.packed.arrays import architecture, arrays, digest, known, networks

__all__ = ["architecture", "arrays", "digest", "known", "networks"]
