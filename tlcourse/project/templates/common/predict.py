"""Ask the model about a picture, or about a folder of them.

python predict.py photo.jpg
python predict.py folder --csv answers.csv
"""

import argparse
import csv
import sys
from pathlib import Path

import measures
import model
import pictures
import settings
from settings import HERE, Problem


def files_of(given):
    given = Path(given)
    if given.is_dir():
        endings = pictures.ENDINGS | pictures.HEIC
        files = [f for f in pictures.files_below(given) if f.suffix.lower() in endings]
        if not files:
            raise Problem(f"The folder {given} has no pictures.", "Name another one.")
        return files
    return [given]


def predict(network, about, file):
    """The class that the model names, and the probability of each class."""
    image = pictures.prepare(file, about["size"], about["fit"])
    logits = model.logits(network, image[None], about)
    chances = measures.softmax(logits, about["temperature"])
    return about["classes"][measures.decide(chances, about)[0]], chances[0]


def main():
    parser = argparse.ArgumentParser(description="Classify pictures.")
    parser.add_argument("what", help="a picture, or a folder of pictures")
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
        except pictures.UnreadableError as error:
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
        raise Problem("No picture could be read.", "Give pictures that a viewer opens.")


if __name__ == "__main__":
    settings.run(main)
