"""Feature sets: named ways to turn the segments of a clip into numbers or pictures.

`FEATURE_SETS` lists them; `feature_set` finds one by its name, on the mix or on one stem (`paper@vocals`).  Modules:

extraction       `extract_features`: the features of a file or a clip
registry         the FeatureSet and the list of all; `extractors` compute those that need few libraries
paper            the paper's 58 hand-crafted features
embedding        200 activations of the network MSD_musicnn, and its tags
musicnn          activations of the four networks of musicnn, or of three
lab              genre probabilities of Genre Lab's CNN (run lab-cnn)
mel, scalogram   pictures of a segment; `mel_augmentation` augments mel spectrograms
playable         segments of a track to play and to look at
wide_mel         pictures of the ten seconds around a segment; `wide_mel_augmentation` augments those of whole tracks
network_files    reads bundled model files and verifies their checksums
"""

from genre_core.features.registry import (
    EMBEDDING_AND_VGGS,
    FEATURE_SETS,
    LEVELED,
    SIGNATURE_BLOCKS,
    Extract,
    FeatureSet,
    feature_set,
    stem_of,
    with_stem,
)

__all__ = [
    "EMBEDDING_AND_VGGS",
    "FEATURE_SETS",
    "LEVELED",
    "SIGNATURE_BLOCKS",
    "Extract",
    "FeatureSet",
    "feature_set",
    "stem_of",
    "with_stem",
]
