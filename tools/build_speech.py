"""Build the bundle behind `tlcourse.data.spoken_digits` and `tlcourse.data.voices` from Debian packages.

    mkdir debs && cd debs                      # 267 MB, nothing is installed
    apt-get download asterisk-core-sounds-{en,es,fr,it,ru}-wav tuxpaint-stamps-default \
        espeak-ng espeak-ng-data libespeak-ng1 libpcaudio0 libsonic0
    python -m pip install soundfile            # decodes Ogg Vorbis; only this script needs it
    python tools/build_speech.py debs

Each package is checked against the SHA-256 written below. Written into ``tlcourse/data/bundled/``:
``speech.zip`` with ``sound.wav.xz`` (all clips one after the other, 8 kHz, mono, IMA ADPCM: four bits a
sample, a format of WAV that sox and ffmpeg read as well) and ``speech.json.xz`` (where each clip is, who
speaks, in which language, which word, from which file, by which licence), and the text of the GPL. The
script prints the hash that `tlcourse.data.speech` checks.

- Digits of real people: 0 to 9 of Asterisk's five languages, a professional speaker each (one woman speaks
  English and Spanish), and the spoken numbers of Tux Paint's stamps, by volunteers and children.
- Digits of eSpeak NG, a synthesizer: many English voices, fewer in four other languages. What it says
  is free of its licence (GPL-3 covers the program).
- Excerpts of 1.2 seconds of longer clips, by one speaker of Spanish, French and Russian from each of
  Tux Paint and Asterisk, and by Asterisk's English speaker.

Two excerpts turned out to be copies of others; `tlcourse.data.speech` leaves them out.

Silence before and after is cut off where the level of 10 ms is 35 dB below the loudest, and each clip's
largest sample has the same height. So neither silence nor loudness tells who recorded it. The microphone and
the room still do.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import re
import subprocess
import tempfile
import wave
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from bundle import arguments, read_source, sha256, write_zip
from scipy.signal import resample_poly

from tlcourse.data import adpcm

RATE, SEED = 8000, 12
PEAK = 0.9
EXCERPT, OF_EACH = 1.2, 40
LONGEST = 1.0
"""Seconds of a digit that are kept; few are longer."""
PACKAGES = {
    "asterisk-core-sounds-en-wav": "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d",
    "asterisk-core-sounds-es-wav": "9283a09a6d56fccdcc2bcfe86c48f0f844289cfbd46a3184d8785a6f7f569903",
    "asterisk-core-sounds-fr-wav": "8d4e1bc32ed5ba7fbda40841ca1825ed20cc6232724a473c90f8bb0e53e6073e",
    "asterisk-core-sounds-it-wav": "5a26638089e134b8ac39363fe249c5c93c50cd8bfdc9b2499ae61ec4a35e2fcb",
    "asterisk-core-sounds-ru-wav": "ccbfaebfa450b7a9ddf644ae0f3d1e9017d5df7c0aebe816e946345589d38201",
    "tuxpaint-stamps-default": "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
    "espeak-ng": "a11396a690f85f55e6e6b2965505237ddf3dc95c51936aa61de936f1ccf8f4d0",
    "espeak-ng-data": "573f5661c6a5adcf949018baad158c4c773bf5579390ee5235a890f1cd694106",
    "libespeak-ng1": "2b127a95b50d92cbd7a615968d2ac1566e1cbc87e27bcda0c2894afb2407c6d2",
    "libpcaudio0": "5309759e4d129c7d9a601240cc6e62820ecfa86a1a98e207992ffa6a572dbcd2",
    "libsonic0": "9d60de6918ace0b10e3e4e95421befd08aaf03b5b2a3d71ceb799e0cf259916f",
}
# Speaker and licence, from the packages' copyright files.
ASTERISK = {
    "en": ("Allison Smith", "CC-BY-SA-3.0"),
    "es": ("Allison Smith", "CC-BY-SA-3.0"),
    "fr": ("June Wallack", "CC-BY-SA-3.0"),
    "it": ("Carlo Flora", "CC-BY-SA-3.0"),
    "ru": ("ivrvoice.ru", "CC-BY-3.0"),
}
# Ending of Tux Paint's file names: language, and who speaks as far as the package's changelog tells.
TUX_DIGITS = {
    "": ("en", "Tux Paint, English"),
    "en_GB": ("en", "John Arundel"),
    "es": ("es", "a son of Gabriel Gazzan"),
    "fr": ("fr", "Jacques Chion"),
    "desc_fr": ("fr", "PaulK"),
    "it": ("it", "Schoolsplay, Italian"),
    "ru": ("ru", "Schoolsplay, Russian"),
    "desc_ru": ("ru", "Tux Paint, Russian"),
    "ca": ("ca", "Pere Pujal"),
    "pt": ("pt", "Schoolsplay, Portuguese"),
    "ro": ("ro", "Schoolsplay, Romanian"),
    "de": ("de", "Schoolsplay, German"),
    "nl": ("nl", "Sanne Stams"),
    "nb": ("nb", "Schoolsplay, Norwegian"),
    "sv": ("sv", "Schoolsplay, Swedish"),
    "el": ("el", "Greek Linux i18n Team"),
    "bg": ("bg", "Schoolsplay, Bulgarian"),
    "sl": ("sl", "Schoolsplay, Slovene"),
    "lt": ("lt", "Andrius Jurkus"),
    "ja": ("ja", "Toyama Shin-ichi"),
    "ko": ("ko", "Sohyun Iris Lee"),
}
TUX_VOICES = {"es": "Estefania Ortiz", "fr": "PaulK", "ru": "Tux Paint, Russian"}
ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
ACCENTS_OF = {"es": ("es", "es-419"), "it": ("it",), "fr": ("fr-fr", "fr-be", "fr-ch"), "ru": ("ru",)}
NOT_HUMAN = re.compile(
    "whisper|robo|demonic|croak|fast|tweaky|anxious|anikarobot|unirobot|klatt|Mr serious", re.I
)
ENGLISH, OTHERS = 60, 14
"""Synthetic voices."""


def trimmed(sound: np.ndarray) -> np.ndarray:
    """Without the silence before and after, float, its largest sample at `PEAK`."""
    frame = RATE // 100
    n = len(sound) // frame
    level = np.sqrt((sound[: n * frame].reshape(n, frame) ** 2).mean(1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-35 / 20))
    start, end = max(0, loud[0] - 2) * frame, min(n, loud[-1] + 4) * frame
    sound = sound[start:end]
    return sound * (PEAK / np.abs(sound).max())


def at_rate(sound: np.ndarray, rate: int) -> np.ndarray:
    """Mono, at `RATE`, without what is above half of it."""
    if sound.ndim == 2:
        sound = sound.mean(1)
    if rate == RATE:
        return sound
    common = int(np.gcd(RATE, rate))
    return resample_poly(sound, RATE // common, rate // common)


def read_wave(data: bytes) -> np.ndarray:
    """A WAV file of 16 bits, float, at `RATE`."""
    with wave.open(io.BytesIO(data)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
        return at_rate(sound.reshape(-1, file.getnchannels()), file.getframerate())


def read_ogg(path: Path) -> np.ndarray:
    """An Ogg Vorbis file, float, at `RATE`."""
    import soundfile

    sound, rate = soundfile.read(path)
    return at_rate(sound, rate)


class Bundle:
    """The clips and their rows."""

    def __init__(self) -> None:
        self.sounds: list[np.ndarray] = []
        self.rows: list[dict[str, Any]] = []
        self.at = 0

    def add(self, sound: np.ndarray, **row: Any) -> None:
        """One clip, already trimmed."""
        self.sounds.append(np.round(sound * 32767).astype(np.int16))
        self.rows.append({**row, "start": self.at, "samples": len(sound)})
        self.at += len(sound)


def asterisk(root: Path, bundle: Bundle) -> None:
    """Digits of all five languages, and excerpts of four."""
    rng = np.random.default_rng([SEED, 1])
    for language, (speaker, licence) in ASTERISK.items():
        package = f"asterisk-core-sounds-{language}-wav"
        (folder,) = (root / package / "usr/share/asterisk/sounds").iterdir()
        about = {"language": language, "speaker": speaker, "licence": licence, "package": package}
        for digit in range(10):
            sound = trimmed(read_wave((folder / f"digits/{digit}.wav").read_bytes()))
            bundle.add(
                sound[: int(LONGEST * RATE)],
                set="digits",
                word=str(digit),
                file=f"digits/{digit}.wav",
                **about,
            )
        if language == "it":
            continue
        sounds = {
            path.name: read_wave(path.read_bytes())
            for path in sorted(folder.glob("*.wav"))
            if "tone" not in path.name
        }
        excerpts(sounds, rng, bundle, about)


def excerpts(
    sounds: dict[str, np.ndarray], rng: np.random.Generator, bundle: Bundle, about: dict[str, str]
) -> None:
    """1.2 seconds from some of the clips that have so many."""
    samples = int(EXCERPT * RATE)
    long = {}
    for name, sound in sounds.items():
        if len(sound) >= samples and len(cut := trimmed(sound)) >= samples:
            long[name] = cut
    for name in sorted(rng.choice(sorted(long), OF_EACH, replace=False)):
        sound = long[name][:samples]
        bundle.add(sound * (PEAK / np.abs(sound).max()), set="voices", word="", file=name, **about)


def tux_paint(root: Path, bundle: Bundle) -> None:
    """Digits in 20 languages, and excerpts of three."""
    package, rng = "tuxpaint-stamps-default", np.random.default_rng([SEED, 2])
    stamps = root / package / "usr/share/tuxpaint/stamps"
    for ending, (language, speaker) in TUX_DIGITS.items():
        about = {"language": language, "speaker": speaker, "licence": "GPL-2", "package": package}
        for digit in range(10):
            name = f"{digit}_{ending}.ogg" if ending else f"{digit}.ogg"
            if (path := stamps / "symbols/math" / name).exists():  # some begin with one
                sound = trimmed(read_ogg(path))[: int(LONGEST * RATE)]
                bundle.add(sound, set="digits", word=str(digit), file=f"symbols/math/{name}", **about)
    for language, speaker in TUX_VOICES.items():
        about = {"language": language, "speaker": speaker, "licence": "GPL-2", "package": package}
        paths = [path for path in sorted(stamps.rglob(f"*_desc_{language}.ogg")) if "math" not in path.parts]
        sounds = {str(path.relative_to(stamps)): read_ogg(path) for path in paths}
        excerpts(sounds, rng, bundle, about)


def espeak(root: Path, bundle: Bundle) -> None:
    """Synthetic digits: a voice is an accent, a variant, a pitch and a speed."""
    program = root / "espeak-ng/usr/bin/espeak-ng"
    data = root / "espeak-ng-data/usr/lib/x86_64-linux-gnu/espeak-ng-data"
    libraries = [
        str(root / name / "usr/lib/x86_64-linux-gnu")
        for name in ("libespeak-ng1", "libpcaudio0", "libsonic0")
    ]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}
    variants = sorted(path.name for path in (data / "voices/!v").iterdir() if not NOT_HUMAN.search(path.name))
    rng = np.random.default_rng([SEED, 3])
    for language, count in {"en": ENGLISH, **dict.fromkeys(ACCENTS_OF, OTHERS)}.items():
        accents = ACCENTS if language == "en" else ACCENTS_OF[language]
        drawn = np.resize(rng.permutation(variants), count)
        for number, variant in enumerate(drawn):
            accent, pitch, speed = (
                accents[number % len(accents)],
                int(rng.integers(25, 75)),
                int(rng.integers(120, 190)),
            )
            voice = f"{accent}+{variant}, pitch {pitch}, speed {speed}"
            for digit in range(10):
                command = [
                    program,
                    "-v",
                    f"{accent}+{variant}",
                    "-p",
                    str(pitch),
                    "-s",
                    str(speed),
                    "--stdout",
                    "--path",
                    data.parent,
                    str(digit),
                ]
                made = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
                sound = trimmed(read_stream(made))[: int(LONGEST * RATE)]
                bundle.add(
                    sound,
                    set="synthetic",
                    word=str(digit),
                    file=voice,
                    language=language,
                    speaker=f"{language} voice {number + 1}",
                    licence="none needed",
                    package="espeak-ng",
                )


def read_stream(data: bytes) -> np.ndarray:
    """What eSpeak NG writes into a pipe: a WAV whose header does not know how long it is."""
    rate = int.from_bytes(data[24:28], "little")
    sound = np.frombuffer(data[44 : len(data) - len(data) % 2], "<i2").astype(float) / 32768
    return at_rate(sound, rate)


def main() -> None:
    given = arguments(__doc__, "debs", "the folder with the .deb files")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, expected in PACKAGES.items():
            (path,) = given.debs.glob(f"{name}_*.deb")
            read_source(path, expected)
            subprocess.run(["dpkg-deb", "-x", path, root / name], check=True)
        bundle = Bundle()
        asterisk(root, bundle)
        tux_paint(root, bundle)
        espeak(root, bundle)
    counts = Counter((row["set"], row["language"], row["package"]) for row in bundle.rows)
    for key, count in sorted(counts.items()):
        print(*key, count)
    sound = np.concatenate(bundle.sounds)
    coded = adpcm.encode(sound, RATE)
    heard = adpcm.decode(coded)[: len(sound)].astype(float)
    noise = ((heard - sound) ** 2).mean()
    print(
        f"{len(sound) / RATE:.0f} s, noise {10 * np.log10(noise / (sound.astype(float) ** 2).mean()):.1f} dB"
    )
    manifest = {
        "packages": PACKAGES,
        "rate": RATE,
        "clips": {key: [row[key] for row in bundle.rows] for key in bundle.rows[0]},
    }
    members = {
        "sound.wav.xz": lzma.compress(coded, preset=9),
        "speech.json.xz": lzma.compress((json.dumps(manifest, ensure_ascii=False) + "\n").encode()),
        "GPL-2.txt": Path("/usr/share/common-licenses/GPL-2").read_bytes(),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "speech.zip"
    write_zip(path, members)
    print(f"{path.name}: {len(bundle.rows)} clips, {path.stat().st_size / 1e6:.2f} MB")
    print(sha256(path.read_bytes()))


if __name__ == "__main__":
    main()
