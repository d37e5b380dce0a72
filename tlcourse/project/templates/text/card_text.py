"""The text of the model card of a classifier of texts, and what goes into it."""

CARD = """# Model card

## What it is
- Task: one of {count} classes for a text: {classes}
- Network: {backbone}, pooling "{pooling}", then trained on our texts (stage kept: {stage})
- Input: the first {limit} tokens of a text; the file `{file}` holds the tokenizer
- Trained {when}, in {seconds}

## Data
{counts}

- Rows left out: {left_out}. Pairs of near copies, each kept in one split: {copies}.
- Equal texts with different labels: {contradictions}. Texts longer than the limit: {cut}.
- Independent groups: {groups}. Split by: {by}.
- Languages, by a rough guess: {languages}
- Texts with what has the form of personal data: {personal}. Names were not looked for.
- Who wrote the texts, and did they agree? TO FILL IN
- Who gave the labels, by which rule? TO FILL IN
- Licence of the texts: TO FILL IN

## Scores on the test set
Number of times that the test texts were read: {readings}.

{scores}

{worth}

## Intended use
- For whom, and for which decision? TO FILL IN
- Who looks at its answers before something happens? TO FILL IN

## Limits
- It names one of its classes for every text, even if the text is of none of them.
- It knows only what the training texts showed. Other authors, subjects, times or languages may
  lower the scores.
- Probabilities are calibrated on validation texts. There were {validation}.
- Its file may hold traces of the training texts: treat it like them.
- TO FILL IN

## Licence
- Of the pretrained weights: {licence}
- Of this model: TO FILL IN

SHA-256 of the model: {sha256}
"""
MINILM = "Apache-2.0 (all-MiniLM-L6-v2, sentence-transformers)"


def facts(config, about, found):
    """What the card says of texts alone."""
    several = sorted(found.get("languages", {}).items(), key=lambda each: -each[1])[:4]
    kinds = found.get("personal", {})
    return {
        "licence": MINILM if "minilm" in about["backbone"].lower() else "TO FILL IN",
        "pooling": about["pooling"],
        "limit": about["limit"],
        "by": config["groups"]["column"] or "near copies only",
        "contradictions": found.get("contradictions", 0),
        "cut": found.get("cut_off", 0),
        "languages": ", ".join(f"{name} {count}" for name, count in several) or "none",
        "personal": ", ".join(f"{kind} {count}" for kind, count in kinds.items()) or "none found",
    }
