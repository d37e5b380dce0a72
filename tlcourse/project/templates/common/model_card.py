"""The model card: what the people who will use the model must know."""

import card_text
import dividing
import record
import settings
import split
from settings import HERE


def write(folder, made, about, scores, worth):
    """A model card to be completed. One that you have completed is not overwritten."""
    file = folder / "model_card.md"
    if file.exists() and made["model"]["sha256"] in file.read_text(encoding="utf-8"):
        return
    found, config, rows = dividing.found(), made["config"], made["split"]
    text = card_text.CARD.format(
        count=len(about["classes"]),
        classes=", ".join(about["classes"]),
        backbone=about["backbone"],
        stage=made["chosen_stage"],
        file=made["model"]["file"],
        sha256=made["model"]["sha256"],
        when=made["when"],
        seconds=settings.duration(made["seconds"]),
        counts=counts(rows, about["classes"]),
        left_out=len(found["left_out"]),
        copies=len(found["near_copies"]),
        groups=len({row["group"] for row in rows}),
        readings=len(record.read_json(HERE / "test_readings.json")),
        scores="\n".join(f"- {line}" for line in scores),
        worth=worth,
        **card_text.facts(config, about, found),
        validation=len(split.of(rows, "validation")),
    )
    if file.exists():
        file.replace(folder / "model_card.old.md")
    record.write(file, text)


def counts(rows, classes):
    lines = ["| class | training | validation | test |", "|---|---|---|---|"]
    for name in classes:
        numbers = [sum(r["class"] == name for r in split.of(rows, s)) for s in split.SPLITS]
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)
