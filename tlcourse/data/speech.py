"""`spoken_digits` and `voices`: short clips of speech, each with its language, speaker and licence."""

from __future__ import annotations

import io
import json
import lzma
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tlcourse.data import adpcm
from tlcourse.data.files import bundled
from tlcourse.errors import DataError, UnknownNameError

__all__ = ["Clips", "spoken_digits", "voices"]

ARCHIVE = "speech.zip"
# Beside the code and not in SHA256SUMS.txt, so that what was made from other data stays as it is.
SHA256 = "a21be0a0c176ccccd3a38180cbd6df77f15e8bb4ad681d0e25aaa498f1239f05"
RATE = 8000
#: Excerpts that were recorded once and packaged twice: the other file's stays.
REPEATED = ("conf-lockednow.wav", "hobbies/music/string/guitar_electric_desc_fr.ogg")

Names = npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False, repr=False)
class Clips:
    """Clips of speech, a row for each.

    Attributes
    ----------
    sounds : int16 array (N, samples)
        8,000 samples a second, mono; after a clip's end there are zeros.
    lengths : int64 array (N,)
        How many samples of a row are the clip's.
    labels : int64 array (N,)
        The digit that is spoken, or -1.
    languages, speakers : str arrays (N,)
        ``"es"``; who speaks, as far as the source tells. A synthetic voice is a speaker, too.
    synthetic : bool array (N,)
        True where eSpeak NG speaks, False for people.
    licences, sources : str arrays (N,)
        The clip's own licence; package and file.
    """

    sounds: npt.NDArray[np.int16]
    lengths: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    languages: Names
    speakers: Names
    synthetic: npt.NDArray[np.bool_]
    licences: Names
    sources: Names

    rate = RATE

    def __len__(self) -> int:
        return len(self.sounds)

    def __getitem__(self, rows: Any) -> Self:
        """The clips of some rows: indices, a slice or a bool array (N,)."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def __repr__(self) -> str:
        spoken = ", ".join(str(name) for name in np.unique(self.languages))
        people, minutes = len(np.unique(self.speakers)), self.lengths.sum() / RATE / 60
        return f"Clips: {len(self)} of {people} speakers, {minutes:.1f} minutes; {spoken}"

    def of(
        self,
        languages: str | Iterable[str] | None = None,
        speakers: str | Iterable[str] | None = None,
        synthetic: bool | None = None,
    ) -> Self:
        """The clips in some languages, by some speakers, by synthetic voices only or by people only.

        Parameters
        ----------
        languages, speakers : str or list of str, optional
            Default: all of them.
        synthetic : bool, optional
            True: voices of the synthesizer only. False: people only. Default: both.

        Raises
        ------
        UnknownNameError
            For a language or speaker that these clips do not have.

        Examples
        --------
        >>> spoken_digits().of(languages=["es", "it"], synthetic=False)
        Clips: 39 of 4 speakers, 0.4 minutes; es, it
        """
        kept = np.ones(len(self), bool)
        for what, column, wanted in (
            ("language", self.languages, languages),
            ("speaker", self.speakers, speakers),
        ):
            if wanted is None:
                continue
            names = [wanted] if isinstance(wanted, str) else list(wanted)
            known = [str(name) for name in np.unique(column)]
            unknown = [name for name in names if name not in known]
            if unknown:
                raise UnknownNameError(what, str(unknown[0]), known)
            kept &= np.isin(column, names)
        if synthetic is not None:
            kept &= self.synthetic == synthetic
        return self[kept]


@cache
def _bundle() -> tuple[npt.NDArray[np.int16], dict[str, Names]]:
    """All samples, and the table's columns."""
    with zipfile.ZipFile(io.BytesIO(bundled(ARCHIVE, SHA256))) as archive:
        manifest = json.loads(lzma.decompress(archive.read("speech.json.xz")))
        sound = adpcm.decode(lzma.decompress(archive.read("sound.wav.xz")))
    return sound, {key: np.array(column) for key, column in manifest["clips"].items()}


def _clips(sets: tuple[str, ...]) -> Clips:
    sound, table = _bundle()
    rows = np.flatnonzero(np.isin(table["set"], sets) & ~np.isin(table["file"], REPEATED))
    table = {key: column[rows] for key, column in table.items()}
    lengths = table["samples"].astype(np.int64)
    if not len(rows):
        raise DataError("The bundle of speech has no such clips.", "Install the course again.")
    sounds = np.zeros((len(rows), lengths.max()), np.int16)
    for row, (start, length) in enumerate(zip(table["start"], lengths, strict=True)):
        sounds[row, :length] = sound[start : start + length]
    return Clips(
        sounds=sounds,
        lengths=lengths,
        labels=np.array([int(word) if word else -1 for word in table["word"]], np.int64),
        languages=table["language"],
        speakers=table["speaker"],
        synthetic=table["set"] == "synthetic",
        licences=table["licence"],
        sources=np.char.add(np.char.add(table["package"], ": "), table["file"]),
    )


def spoken_digits() -> Clips:
    """Spoken digits: 0 to 9, by people and by synthetic voices, a second or less each.

    ========= ===== =========== ======= ================
    language  clips synthetic   people  clips by people
    ========= ===== =========== ======= ================
    en          630  60 voices       3               30
    es          160  14 voices       2               20
    fr          170  14 voices       3               30
    it          159  14 voices       2               19
    ru          169  14 voices       3               29
    13 others   127  none           13              127
    ========= ===== =========== ======= ================

    People: the prompts of the telephone exchange Asterisk (CC-BY-SA-3.0 and CC-BY-3.0), by a professional
    speaker each, and the numbers of Tux Paint (GPL-2), by volunteers, some of them children. Allison Smith
    speaks English and Spanish. Synthetic: the program eSpeak NG, with many accents, variants, pitches and
    speeds.
    8 kHz, silence cut off, the largest sample of each clip at one height, coded with four bits a sample.

    Returns
    -------
    Clips
        `Clips.labels` are the digits.

    Raises
    ------
    DataError
        When the bundled file is missing or damaged.

    Examples
    --------
    >>> digits = spoken_digits()
    >>> digits.sounds.shape, digits.rate
    ((1415, 8000), 8000)
    """
    return _clips(("digits", "synthetic"))


def voices() -> Clips:
    """Voices: 278 excerpts of 1.2 seconds, in Spanish, French, Russian and English.

    ======== ==================== ===== ==========================
    language speaker              clips source
    ======== ==================== ===== ==========================
    es       Estefania Ortiz         40 Tux Paint, GPL-2
    fr       PaulK                   39 Tux Paint, GPL-2
    ru       Tux Paint, Russian      40 Tux Paint, GPL-2
    es       Allison Smith           39 Asterisk, CC-BY-SA-3.0
    fr       June Wallack            40 Asterisk, CC-BY-SA-3.0
    ru       ivrvoice.ru             40 Asterisk, CC-BY-3.0
    en       Allison Smith           40 Asterisk, CC-BY-SA-3.0
    ======== ==================== ===== ==========================

    Each row but the last is a language, a speaker and a recording at once: whoever learns one of the three
    from these clips may have learned another. The speakers of Tux Paint are those that its changelog names
    for the language.

    Returns
    -------
    Clips
        `Clips.labels` are all -1.

    Raises
    ------
    DataError
        When the bundled file is missing or damaged.

    Examples
    --------
    >>> voices()
    Clips: 278 of 6 speakers, 5.6 minutes; en, es, fr, ru
    """
    return _clips(("voices",))
