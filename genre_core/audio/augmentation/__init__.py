"""Augmentation: a clip as people bring it, not as it was published.

`AUGMENTATIONS` lists what can happen to music on its way: a room and a phone, a low sample rate, MP3, clipping, hum,
noise, another speed.  `augment` applies one of them to a clip; training uses it with random severities, benchmarks with
nominal ones.  Modules:

registry        the list, and how to apply one
room            a small loudspeaker in a room, recorded with a phone
bandwidth       a low sample rate, and a telephone
recording       MP3, clipping, clicks and hiss, speed; `hum` is the hum of the mains
effect          what all effects share
"""

from genre_core.audio.augmentation.registry import (
    AUGMENTATIONS,
    VERSION,
    Augmentation,
    augment,
    augmentation,
    augmentation_seed,
)

__all__ = ["AUGMENTATIONS", "VERSION", "Augmentation", "augment", "augmentation", "augmentation_seed"]
