"""The ten texts of ``tlcourse/language/judged.json``, and SmolLM2's summaries of them, to be judged by hand.

``python tools/write_summaries.py OUT.json`` writes them without verdicts: those are a reader's.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

import tlcourse
from tlcourse import data
from tlcourse.data.docstrings import Documented
from tlcourse.language import load_instruct, sentences_of

ASKED = "Summarize the following text in one short sentence.\n\n"
LONGEST = 50


def documents() -> list[Documented]:
    """Documentation of 4 to 12 sentences, in an order drawn once.

    Sentences that stand in more than two of them are left out: SciPy puts one paragraph about batches into
    the documentation of most functions for matrices.
    """
    every = [(one, sentences_of(one.text)) for one in data.documented()]
    times = Counter(sentence for _, sentences in every for sentence in set(sentences))
    own = [(one, [s for s in sentences if times[s] <= 2]) for one, sentences in every]
    some = [replace(one, text=" ".join(sentences)) for one, sentences in own if 4 <= len(sentences) <= 12]
    return [some[row] for row in np.random.default_rng(0).permutation(len(some))]


def main(out: Path) -> None:
    tlcourse.start("09-transformers", "torch")
    tokenizer, model = load_instruct()
    rows = []
    for one in documents()[:10]:
        message = [{"role": "user", "content": ASKED + one.text}]
        shown = tokenizer.apply_chat_template(
            message, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        made = model.generate(**shown, max_new_tokens=LONGEST, do_sample=False)
        answer = tokenizer.decode(made[0, shown["input_ids"].shape[1] :], skip_special_tokens=True)
        summary = sentences_of(answer)[0]
        rows.append({"name": one.name, "text": one.text, "authors": one.summary, "summary": summary})
    out.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
