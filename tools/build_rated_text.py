"""Build the rated text: four corpora of short texts that people rated from -4 to 4.

Usage::

    pip download --no-deps --no-binary :all: vaderSentiment==0.5 && python tools/build_rated_text.py .

Why a file of the course and not a dependency: only the source archive of that one old release holds the
corpora, inside an archive of its own; installed, the package does not have them. The archive is checked
against the SHA-256 written below. The script writes ``rated_text.tsv.xz`` into ``tlcourse/data/bundled/`` and
enters its hash in ``SHA256SUMS.txt``. Run twice with the same liblzma it writes the same bytes. The licence
is in ``LICENCES.md`` there.

One line a text: corpus, group, mean rating, text. Texts of one group must stay in one split: sentences of one
review or editorial, and texts that differ only in case and punctuation (retweets, quoted reviews).
"""

from __future__ import annotations

import html
import io
import lzma
import re
import tarfile
import zipfile

from bundle import arguments, read_source, record_sums

ARCHIVE = "vaderSentiment-0.5.zip"
SHA256 = "5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a"
INNER = "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz"
FILES = {
    "tweets": "tweets_GroundTruth.txt",
    "movies": "movieReviewSnippets_GroundTruth.txt",
    "products": "amazonReviewSnippets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
}
COUNTS = {"tweets": 4200, "movies": 10605, "products": 3708, "editorials": 5190}
NAME = "rated_text.tsv.xz"


def groups_of(ids: list[str], texts: list[str]) -> list[int]:
    """A number for each text: equal for texts of one document and for texts with the same words."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for identifier, text in zip(ids, texts, strict=True):
        document = f"document {identifier.split('_')[0]}"
        words = re.sub(r"[^a-z0-9]+", " ", text.lower()).split()
        # A text of a word or two ("great phone") says the same in many reviews without being one.
        if len(words) > 3 or "_" not in identifier:
            parent[root(document)] = root(f"text {' '.join(words)}")
        else:
            root(document)
    numbers: dict[str, int] = {}
    return [
        numbers.setdefault(root(f"document {identifier.split('_')[0]}"), len(numbers)) for identifier in ids
    ]


def lines_of(corpus: str, raw: str) -> list[str]:
    """The lines of one corpus, in the order of its file."""
    ids, ratings, texts = [], [], []
    for line in raw.splitlines():
        identifier, rating, text = line.split("\t")
        ids.append(identifier)
        ratings.append(f"{float(rating):.4f}")
        # "&amp;" is how the web wrote "&"; and a tab or a line's end inside a text would break the table.
        texts.append(" ".join(html.unescape(text).split()))
    if len(texts) != COUNTS[corpus]:
        raise SystemExit(f"{corpus}: {len(texts)} texts, {COUNTS[corpus]} expected")
    return [
        f"{corpus}\t{group}\t{rating}\t{text}"
        for group, rating, text in zip(groups_of(ids, texts), ratings, texts, strict=True)
    ]


def main() -> None:
    """Check the archive, write the file, record its hash."""
    given = arguments(__doc__, "folder", f"where {ARCHIVE} is")
    archive = read_source(given.folder / ARCHIVE, SHA256)
    with zipfile.ZipFile(io.BytesIO(archive)) as outer:
        inner = outer.read(INNER)
    lines: list[str] = []
    with tarfile.open(fileobj=io.BytesIO(inner)) as tar:
        for corpus, file in FILES.items():
            member = tar.extractfile(f"hutto_ICWSM_2014/{file}")
            assert member is not None
            lines += lines_of(corpus, member.read().decode("utf-8"))
    packed = lzma.compress("".join(line + "\n" for line in lines).encode("utf-8"), preset=9)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / NAME).write_bytes(packed)
    record_sums(given.out, [NAME])
    print(f"{NAME}: {len(lines)} texts, {len(packed) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
