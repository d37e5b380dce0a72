"""The worst errors of the report, as images."""

import base64
import io

from PIL import Image

import measures
import page


def errors(labels, guesses, probabilities, rows, pixels, about, config, most=12):
    """The images on which the model was wrong and most sure of itself."""
    wrong = int((guesses != labels).sum())
    if not wrong:
        return "<p>No test image was classified wrongly.</p>"
    classes = about["classes"]
    surest = measures.surest_errors(labels, guesses, probabilities, most)
    shown = []
    for i in surest:
        true, said = classes[labels[i]], classes[guesses[i]]
        file = rows[i]["file"]
        alt = f"{file}: of the class {true}, and the model says {said}."
        caption = (
            f"<b>{page.escape(said)}</b> {probabilities[i, guesses[i]]:.2f}, "
            f"is {page.escape(true)}<br><span class='soft'>{page.escape(file)}</span>"
        )
        image = thumbnail(pixels[i], alt)
        shown.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
    text = (
        f"<p>Wrong: {wrong} of {len(labels)} test images. Below are those the model was most "
        "sure about: what it says, how sure it is, and what it is. Check their labels first.</p>"
    )
    return f'{text}<div class="errors">{"".join(shown)}</div>'


def thumbnail(array, alt):
    """An image inside the page. It carries no metadata."""
    image = Image.fromarray(array)
    image.thumbnail((192, 192))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    data = base64.b64encode(out.getvalue()).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="{page.escape(alt)}">'
