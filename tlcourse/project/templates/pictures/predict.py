"""Ask the model about an image, or about a folder of them.

python predict.py photo.jpg
python predict.py folder --csv answers.csv
"""

import argparse
import csv
import sys
from pathlib import Path

import images
import measures
import model
import settings
from settings import HERE, Problem


def files_of(given):
    given = Path(given)
    if given.is_dir():
        endings = images.ENDINGS | images.HEIC
        files = [f for f in images.files_below(given) if f.suffix.lower() in endings]
        if not files:
            raise Problem(f"The folder {given} has no images.", "Give a different folder.")
        return files
    return [given]


def predict(network, about, file):
    """The class that the model names, and the probability of each class."""
    image = images.prepare(file, about["size"], about["fit"])
    logits = model.logits(network, image[None], about)
    chances = measures.softmax(logits, about["temperature"])
    return about["classes"][measures.decide(chances, about)[0]], chances[0]


def main():
    parser = argparse.ArgumentParser(description="Classify images.")
    parser.add_argument("what", help="an image, or a folder of images")
    parser.add_argument("--model", default=HERE / "run" / model.FILE, help="the model file")
    parser.add_argument("--csv", metavar="FILE", help="also write the answers to a table")
    arguments = parser.parse_args()
    network, about = model.load(arguments.model)
    classes, files = about["classes"], files_of(arguments.what)
    width = max(len(name) for name in classes)
    lines, broken = [], []
    for file in files:
        try:
            name, chances = predict(network, about, file)
        except images.UnreadableError as error:
            broken.append(f"{file} {error}.")
            print(f"Left out: {broken[-1]}", file=sys.stderr)
            continue
        print(f"{name:{width}}  {chances[classes.index(name)]:.2f}  {file}", flush=True)
        lines.append([file, name, *(f"{chance:.4f}" for chance in chances)])
    if len(files) == 1 and not broken:
        for name, chance in zip(classes, chances, strict=True):
            print(f"  {chance:.3f}  {name}")
    if arguments.csv:
        with open(arguments.csv, "w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([["file", "class", *classes], *lines])
    if broken and not lines:
        raise Problem(
            "None of the files could be read.", "Give images that open in an image viewer."
        )


if __name__ == "__main__":
    settings.run(main)
