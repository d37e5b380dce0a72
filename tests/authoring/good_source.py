"""A chapter's source without a mistake, to be read and to be spoiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlcourse.authoring.source import SourceMistakes, read_chapter

GOOD = """---
tlcourse:
  title: A title
  question: "A question: which?"
  you_will:
    - do it
---

## Begin

The answer is {claim}`answer`.

```{code-cell} ipython3
:tags: [bookkeeping]

record("answer", 42, tolerance=0)
```

```{code-cell} ipython3
:exercise: ch00-double

def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```{quiz}
- question: One?
  choices:
    - {text: a, correct: true, explain: because}
    - {text: b, explain: never}
- question: Two?
  choices:
    - {text: a, correct: true, explain: because}
    - {text: b, explain: never}
- question: Three?
  choices:
    - {text: a, correct: true, explain: because}
    - {text: b, explain: never}
```
"""


def read(folder: Path, text: str, name: str = "00-a.md") -> object:
    chapters = folder / "book" / "chapters"
    chapters.mkdir(parents=True, exist_ok=True)
    (chapters / name).write_text(text, encoding="utf-8")
    return read_chapter(chapters / name)


def mistakes(folder: Path, text: str, name: str = "00-a.md") -> list[object]:
    with pytest.raises(SourceMistakes) as caught:
        read(folder, text, name)
    return list(caught.value.mistakes)
