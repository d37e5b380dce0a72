"""The worst errors of the report, as texts without addresses and numbers."""

import measures
import page
import personal
import task

LONGEST = 300


def errors(labels, guesses, probabilities, rows, inputs, about, config, most=12):
    """The texts on which the model was wrong and most sure of itself."""
    wrong = int((guesses != labels).sum())
    if not wrong:
        return "<p>No test text was classified wrongly.</p>"
    classes = about["classes"]
    surest = measures.surest_errors(labels, guesses, probabilities, most)
    lines = []
    for i, text in zip(surest, task.of_rows([rows[i] for i in surest], config), strict=True):
        shown = personal.masked(text)
        shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ..."
        sure = f"{probabilities[i, guesses[i]]:.2f}"
        lines.append(
            [f"row {rows[i]['row']}", classes[guesses[i]], sure, classes[labels[i]], shown]
        )
    text = (
        f"<p>Wrong: {wrong} of {len(labels)} test texts. Below are those the model was most "
        "sure about: what it says, how sure it is, and what it is. Check their labels first.</p>"
    )
    return text + page.table(["text", "says", "how sure", "is", "text (masked)"], lines)
