"""Fit the rule of `genre_core.audio.room_detection`, and measure it in folds by artist.

    python -m scripts.fit_room_detection FOLDER...

Each FOLDER has a folder of tracks for each genre of GTZAN.  Only tracks of the train and valid lists are used: as they
are, in four rooms of `genre_core.audio.augmentation`, and in two rooms of another simulation, which are never fitted:
image sources of a rectangular room (Allen and Berkley, "Image method for efficiently simulating small-room acoustics",
JASA 1979), a band of second order and white noise.  The weights and the intercept that are printed go into the module.

The measures were chosen from 34 of their kind, one after the other, in the same folds, so the rates are a little
better than they would be on other music.
"""

import sys
from pathlib import Path

import numpy as np
import scipy.signal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from genre_core import audio
from genre_core.audio import SEGMENT_RATE, Clip, room_detection
from genre_core.audio.augmentation import AUGMENTATIONS, augment, augmentation_seed
from genre_core.datasets import gtzan

ROOMS, OTHER_ROOMS = 4, 2
LIMIT = 1.0
"""Log odds above which the rule finds a room; it becomes a part of the intercept."""
SOUND_M_S = 343.0
MOST_REFLECTIONS = 12


def main(folders: list[Path]) -> None:
    measures: list[np.ndarray] = []
    kinds: list[str] = []
    artists: list[str] = []
    for path in sorted(path for folder in folders for path in folder.glob("*/*")):
        track = f"{path.parent.name}/{path.stem}"
        if gtzan.facts(track).subset not in ("train", "valid"):
            continue
        clip = audio.load_audio(path)
        versions = [("as it is", clip)]
        versions += [("room", augment(clip, "room", augmentation_seed(track, i))) for i in range(ROOMS)]
        versions += [("other room", other_room(clip, augmentation_seed(track, i))) for i in range(OTHER_ROOMS)]
        versions += [(name, augment(clip, name, augmentation_seed(track))) for name in AUGMENTATIONS if name != "room"]
        for kind, version in versions:
            measures.append(room_detection.measures(version))
            kinds.append(kind)
            artists.append(gtzan.facts(track).artist or track)
        print(track, flush=True)
    report(np.array(measures), np.array(kinds), np.array(artists))


def report(measures: np.ndarray, kinds: np.ndarray, artists: np.ndarray) -> None:
    is_room, is_fitted = kinds == "room", np.isin(kinds, ["room", "as it is"])
    scores = np.zeros(len(kinds))
    for train, test in GroupKFold(10).split(measures, is_room, artists):
        train = train[is_fitted[train]]
        scores[test] = model().fit(measures[train], is_room[train]).decision_function(measures[test]) - LIMIT
    for kind in dict.fromkeys(kinds.tolist()):
        found = scores[kinds == kind] > 0
        low, high = interval(found, artists[kinds == kind])
        print(f"{kind}: {found.sum()} of {len(found)} sound like a room, {found.mean():.1%} ({low:.1%} to {high:.1%})")
    fitted = model().fit(measures[is_fitted], is_room[is_fitted])
    scaler, regression = fitted[0], fitted[-1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = regression.intercept_[0] - weights @ scaler.mean_ - LIMIT
    print("weights", weights.round(3).tolist(), "intercept", round(float(intercept), 2))


def model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(class_weight={False: ROOMS, True: 1}, max_iter=5000))


def interval(found: np.ndarray, artists: np.ndarray) -> tuple[float, float]:
    """95 % confidence interval of a share, by resampling artists."""
    rng = np.random.default_rng(0)
    counts = np.array([(found[artists == artist].sum(), (artists == artist).sum()) for artist in np.unique(artists)])
    drawn = counts[rng.integers(0, len(counts), (4000, len(counts)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
    return float(low), float(high)


def other_room(clip: Clip, seed: int) -> Clip:
    """A clip in a rectangular room, by image sources, recorded with a small microphone."""
    rng = np.random.default_rng(seed)
    size = rng.uniform((2.5, 2.5, 2.3), (9, 8, 3.5))
    source, microphone = rng.uniform(0.3, 0.7, 3) * size, rng.uniform(0.2, 0.8, 3) * size
    fading_s = rng.uniform(0.2, 0.8)
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    absorbed = min(0.161 * size.prod() / (surface * fading_s), 0.95)  # Sabine
    most = min(int(np.ceil(fading_s * SOUND_M_S / size.min() / 2)), MOST_REFLECTIONS)
    images = np.stack(np.meshgrid(*[np.arange(-most, most + 1)] * 3), axis=-1).reshape(-1, 3)
    places = np.where(images % 2 == 0, images * size + source, (images + 1) * size - source)
    distances = np.linalg.norm(places - microphone, axis=1)
    strengths = np.sqrt(1 - absorbed) ** np.abs(images).sum(axis=1) / np.maximum(distances, 0.1)
    delays = (distances / SOUND_M_S * SEGMENT_RATE).astype(int)
    response = np.bincount(delays, strengths)[: int(fading_s * SEGMENT_RATE) + 1]
    band = np.exp(rng.uniform(np.log((100, 4500)), np.log((300, 9000))))
    sound = scipy.signal.fftconvolve(clip.samples, response)[: len(clip.samples)]
    sound = scipy.signal.sosfilt(scipy.signal.butter(2, band, "bandpass", fs=SEGMENT_RATE, output="sos"), sound)
    sound += 10 ** (rng.uniform(-40, -20) / 20) * sound.std() * rng.standard_normal(len(sound))
    return Clip((rng.uniform(0.05, 0.5) * sound / np.abs(sound).max()).astype(np.float32), SEGMENT_RATE)


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
