"""A guess at each text's language: by its letters, and by the small words of Latin letters.

It knows these languages and no others, and says "unclear" if it sees too little.
"""

import re
import unicodedata
from collections import Counter

SMALL = {  # of each, the words that nearly every sentence has one of
    "English": "the and is are was you that this with for not have it of to in on be my i",
    "German": "der die das und ist nicht ich sie wir ein eine mit den dem auf zu im für es auch",
    "French": "le la les et est pas je vous nous un une des du que qui dans pour avec ce il très",
    "Spanish": "el la los las y es no que un una de en por con para muy se lo mi como pero está",
    "Italian": "il lo gli e è non che un una di in per con molto si mi come ma sono della questo",
    "Portuguese": "o os as e é não que um uma de em por com para muito se mas eu isso foi está",
    "Dutch": "de het een en is niet ik je we dat van met voor op te zijn maar ook heel dit was",
    "Polish": "i w nie na się to jest że do z jak ale co za bardzo już był jestem tak ten po",
    "Turkish": "ve bir bu çok için ile de da ne değil ben ama gibi daha var olarak mi kadar o en",
    "Swedish": "och det är att en jag inte som på med för av har den till var mycket men ett om",
}
WORDS = {name: set(words.split()) for name, words in SMALL.items()}
KNOWN_BY = Counter(word for words in WORDS.values() for word in words)


def script(text):
    """Whose letters these are: LATIN, CYRILLIC, ARABIC, CJK, ..."""
    letters = [unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha()]
    if not letters:
        return "no letters"
    most, count = Counter(letters).most_common(1)[0]
    kana = any(each in ("HIRAGANA", "KATAKANA") for each in letters)
    if most == "CJK" or kana:
        return "Japanese" if kana else "Chinese"
    return most.capitalize() if count > len(letters) / 2 else "mixed"


def language(text):
    """A language's name, the name of a script, or "unclear"."""
    letters = script(text)
    if letters != "Latin":
        return letters
    words = re.findall(r"[^\W\d_]+", text.lower())
    # A word of several languages counts less.
    points = {
        name: sum(1 / KNOWN_BY[word] for word in words if word in known)
        for name, known in WORDS.items()
    }
    (best, most), (_, second) = Counter(points).most_common(2)
    return best if most >= 1 and most > 1.2 * second else "unclear"
