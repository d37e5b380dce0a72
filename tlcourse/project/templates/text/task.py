"""What the modules that are the same for images and texts ask about texts."""

import settings
import texts
import tokens
from settings import Problem

ONE, MANY, A = "text", "texts", "a text"
NAME, KEY = "row", "sha256"  # the row in the file moves when you add texts; the hash does not
BEFORE_NAME = "row "
EQUAL = "equal texts"
MORE = "Add texts of it by others, or leave the class out (data.leave_out)."
LARGE_GROUP = "raise data.near_copies or look at groups.column"
SEEN = ("limit",)  # the settings in [data] that change what the network sees
CODE = ("model.py", "texts.py", "tokens.py", "train.py", "feed.py")
QUICK_HEAD = True  # the head learns from features that are kept


def of_rows(rows, config):
    """The texts of rows of split.csv."""
    known = {row["sha256"]: row["text"] for row in texts.read(config)[0]}
    for row in rows:
        if row["sha256"] not in known:
            do = "Put the old file back, or run python check.py and train again."
            raise Problem(f"Row {row['row']} of the check has changed, or is gone.", do)
    return [known[row["sha256"]] for row in rows]


def inputs(rows, config):
    """What the network sees of these rows: a list of tokens for each."""
    limit = min(config["data"]["limit"], tokens.longest(config))
    return tokens.encoded(tokens.of(config), of_rows(rows, config), limit)


def same(rows, config):
    """Are the texts of a recorded run still here?"""
    of_rows(rows, config)


def weights_hash(config):
    """The hash of the file with the pretrained weights."""
    return settings.hash_of(tokens.folder(config) / tokens.WEIGHTS)


def described(about):
    return f"{about['backbone']}, {about['limit']} tokens"
