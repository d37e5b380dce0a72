"""Personal data in texts: e-mail addresses, telephone, card and account numbers. Never names.

Patterns find what has a form. People's names, streets and illnesses have none: look for those
yourself. What is found is counted and masked, never printed.
"""

import re

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]+\.)+[A-Za-z]{2,}(?![\w@])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}[ .-]?(?:\(0\)[ .-]?)?|\(0?\d{2,5}\)[ .-]?|0)"
    r"\d{1,5}(?:[ ./-]?\d{2,5}){1,5}(?![\w/-]|[.,]\d)"
    r"|(?<![\w.,/-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w/-]|[.,]\d)"
)


def luhn(text):
    """The sum by which a card's number tells a typing error."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    twice = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (
        13 <= len(digits) <= 19
        and len(set(digits)) > 1
        and ((sum(digits[-1::-2]) + sum(twice)) % 10 == 0)
    )


def iban(text):
    """The remainder by which an account's number tells a typing error (ISO 13616)."""
    text = text.replace(" ", "")
    if not 15 <= len(text) <= 34:
        return False
    number = "".join(str(int(sign, 36)) for sign in text[4:] + text[:4])
    return int(number) % 97 == 1


def phone(text):
    """Seven to fifteen digits; no date."""
    digits = sum(map(str.isdigit, text))
    date = re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}", text.strip())
    return 7 <= digits <= 15 and not date


KINDS = (
    ("e-mail address", EMAIL, lambda _: True),
    ("account number (IBAN)", IBAN, iban),
    ("card number", CARD, luhn),
    ("telephone number", PHONE, phone),
)


def found(text):
    """Pairs of a kind and what was found; each sign counts for one kind."""
    hits = []
    for kind, pattern, true in KINDS:
        for match in pattern.finditer(text):
            if true(match.group()):
                hits.append((kind, match.group()))
                text = text.replace(match.group(), " " * len(match.group()), 1)
    return hits


def masked(text):
    """The text with [e-mail address] and the like in the places of what was found."""
    for kind, what in found(text):
        text = text.replace(what, f"[{kind}]", 1)
    return text
