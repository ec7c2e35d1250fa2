"""The list of augmentations, and how to apply one."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from genre_core.audio.augmentation.bandwidth import LowSampleRate, Telephone
from genre_core.audio.augmentation.effect import Effect
from genre_core.audio.augmentation.hum import Hum
from genre_core.audio.augmentation.recording import Clipping, Mp3, Noise, Speed
from genre_core.audio.augmentation.room import Room
from genre_core.audio.clip import SEGMENT_RATE, Clip
from genre_core.errors import GenreLabError

LEAST_SECONDS = 1.0
VERSION = 1
"""Version of the recipe.  Raise it when a sample changes: every cached feature of an augmented track is then computed
again."""


@dataclass(frozen=True)
class Augmentation:
    """A way in which music reaches a listener changed."""

    title: str
    description: str
    """A sentence for people who choose it."""
    draw: Callable[[np.random.Generator], Effect]
    """An effect of random severity."""
    nominal: Effect | None = None
    """The effect of fixed severity, with which a run is tested; None where tests draw it too."""

    def effect(self, rng: np.random.Generator, *, nominal: bool = False) -> Effect:
        """The nominal effect if it is wanted and there is one, else a drawn one."""
        return self.nominal if nominal and self.nominal is not None else self.draw(rng)


def _fixed(title: str, description: str, effect: Effect) -> Augmentation:
    return Augmentation(title, description, lambda rng: effect, effect)


AUGMENTATIONS: dict[str, Augmentation] = {
    "room": Augmentation(
        "Room",
        "Played by a small loudspeaker in a room and recorded with a phone: reverberation, little bass and treble, "
        "background noise, another level.",
        Room.draw,
    ),
    "16-khz": _fixed("16 kHz sample rate", "Stored at 16 kHz: nothing is left above 8 kHz.", LowSampleRate(16_000)),
    "12-khz": _fixed("12 kHz sample rate", "Stored at 12 kHz: nothing is left above 6 kHz.", LowSampleRate(12_000)),
    "8-khz": _fixed("8 kHz sample rate", "Stored at 8 kHz: nothing is left above 4 kHz.", LowSampleRate(8_000)),
    "telephone": _fixed("Telephone", "Sent through a telephone: only 300 to 3400 Hz are left.", Telephone()),
    "mp3": Augmentation(
        "MP3 at a low bit rate", "Compressed as MP3 with 24 to 64 kbit/s, and decoded again.", Mp3.draw, Mp3(32)
    ),
    "clipping": Augmentation(
        "Clipping", "Recorded 6 to 18 dB too loud: the peaks are cut off.", Clipping.draw, Clipping(18.0)
    ),
    "hum": Augmentation(
        "Hum", "With the hum of the mains, 50 or 60 Hz and its harmonics.", Hum.draw, Hum(hz=50.0, level_db=-10.0)
    ),
    "noise": Augmentation(
        "Noise", "With clicks and hiss, as of an old record or tape.", Noise.draw, Noise(-20.0, 6.0, -3.0)
    ),
    "speed": Augmentation(
        "Speed", "Played 1 to 6 % faster or slower, which changes the pitch too.", Speed.draw, Speed(1.04)
    ),
}
"""All augmentations by their names."""


def augmentation(name: str) -> Augmentation:
    """The augmentation with this name.  Raises GenreLabError if there is none."""
    if name not in AUGMENTATIONS:
        raise GenreLabError(f"There is no augmentation {name!r}; choose from {', '.join(AUGMENTATIONS)}.")
    return AUGMENTATIONS[name]


def augment(clip: Clip, name: str, seed: int | np.random.Generator, *, nominal: bool = False) -> Clip:
    """A clip as it sounds with an augmentation.

    Parameters
    ----------
    clip : at 22 050 Hz, at least LEAST_SECONDS long.
    name : one of AUGMENTATIONS.
    seed : chooses the severity and all else that is random; the same seed gives the same samples.
    nominal : use the fixed severity of the benchmarks where there is one, instead of a random one.

    Returns
    -------
    A clip of the same length.  Silence stays silence.

    Raises GenreLabError for an unknown name, and ValueError for a clip at another rate or a shorter one.

    Examples
    --------
    >>> from genre_core.audio.augmentation import augment, augmentation_seed
    >>> in_a_room = augment(clip, "room", augmentation_seed("jazz/jazz.00012", version=2))
    """
    if clip.rate != SEGMENT_RATE or clip.duration_s < LEAST_SECONDS:
        raise ValueError(
            f"Augmentation needs a clip at {SEGMENT_RATE} Hz of at least {LEAST_SECONDS:.0f} s, "
            f"not {clip.duration_s:.2f} s at {clip.rate} Hz."
        )
    rng = np.random.default_rng(seed)
    effect = augmentation(name).effect(rng, nominal=nominal)
    return replace(clip, samples=effect.apply(clip.samples, rng))


def augmentation_seed(track: str, version: int = 0) -> int:
    """The seed of one version of a track, the same on every computer: each track has rooms of its own."""
    return zlib.crc32(f"{track}/{version}".encode())
