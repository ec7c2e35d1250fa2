"""Quality of the separation into stems.

    python -m benchmarks.separation [FOLDER] [--write docs/results.md]

The measure is the gain in SI-SDR, in dB: how much closer a stem is to the signal that was mixed in than the mix is
(Le Roux et al., "SDR, half-baked or well done?", ICASSP 2019).  Mixes are made at 0 dB from known signals: voices
(the singer of the synthetic songs; speech, if espeak-ng is installed) over the instrumental synthetic songs and, with a
FOLDER with one subfolder per genre, over classical music and jazz; and sustained tones or strings with clicks or drums.
The baseline for vocals is librosa's example with nearest neighbors (REPET-SIM), and for harmonic and percussive sound
librosa's HPSS, which the separation equals but for the edges of blocks.  The parameters of the separation were chosen
on other mixes of these kinds: other melodies, speakers, songs and tracks.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np

from benchmarks.results import argument_parser, publish, table
from genre_core import audio
from genre_core.audio import Clip, separation, synthesis
from genre_core.audio.separation import RATE

SECONDS = 20
TEXT = (
    "I walked along the river in the morning light, and every little boat was singing through the night. Oh, carry me "
    "away, over the hills and far beyond the sea. There is a house where all the lonely people come to dance. "
)
SPEAKERS = {"en+m1": 45, "en+f2": 60}
"""Voices of espeak-ng and their pitch."""
REAL_TRACKS = {"classical": (0, 4), "jazz": (3, 8)}

Sounds = dict[str, np.ndarray]
Separate = Callable[[np.ndarray], np.ndarray]
"""Takes a mix, shape (n,), and returns the first of its two stems; the other is the rest of the mix."""


def si_sdr_db(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio; both of shape (n,)."""
    estimate, truth = estimate - estimate.mean(), truth - truth.mean()
    target = (estimate @ truth) / (truth @ truth) * truth
    return float(10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target))))


def gains_db(separate: Separate, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """SI-SDR gain over the mix for each of two signals, mixed at 0 dB; both of shape (n,)."""
    n = min(len(first), len(second))
    first, second = (sound[:n] / sound[:n].std() for sound in (first, second))
    mix = (first + second).astype(np.float32)
    stem = separate(mix)
    return (si_sdr_db(stem, first) - si_sdr_db(mix, first), si_sdr_db(mix - stem, second) - si_sdr_db(mix, second))


def vocals(mix: np.ndarray) -> np.ndarray:
    return separation.vocals_accompaniment(Clip(mix, RATE)).vocals.samples


def harmonic(mix: np.ndarray) -> np.ndarray:
    return separation.harmonic_percussive(Clip(mix, RATE)).harmonic.samples


def librosa_vocals(mix: np.ndarray) -> np.ndarray:
    """The example "Vocal separation" of librosa's gallery, after Rafii and Pardo (REPET-SIM, ISMIR 2012)."""
    spectrum = librosa.stft(mix)
    magnitude = np.abs(spectrum)
    similar_frames = librosa.decompose.nn_filter(magnitude, aggregate=np.median, metric="cosine", width=2 * RATE // 512)
    background = np.minimum(magnitude, similar_frames)
    mask = librosa.util.softmask(magnitude - background, 10 * background, power=2)
    return librosa.istft(mask * spectrum, length=len(mix))


def librosa_harmonic(mix: np.ndarray) -> np.ndarray:
    return librosa.effects.harmonic(mix)


def voices() -> dict[str, Sounds]:
    kinds = {"sung": {str(seed): synthesis.sing(seconds=SECONDS, seed=seed).samples for seed in (2, 5)}}
    if shutil.which("espeak-ng"):
        kinds["spoken"] = {speaker: speech(speaker, pitch) for speaker, pitch in SPEAKERS.items()}
    return kinds


def speech(speaker: str, pitch: int) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        subprocess.run(["espeak-ng", "-v", speaker, "-p", str(pitch), "-s", "130", "-w", path, 3 * TEXT], check=True)
        return audio.load_audio(path).samples[: SECONDS * RATE]


def backings(genres: Path | None) -> dict[str, Sounds]:
    kinds = {"synthetic songs": {song.name: song.clip(seconds=SECONDS, seed=3).samples for song in synthesis.SONGS[:4]}}
    if not genres:
        return kinds
    for genre, places in REAL_TRACKS.items():
        files = sorted((genres / genre).iterdir())
        kinds[genre] = {files[place].name: audio.load_audio(files[place]).samples[: SECONDS * RATE] for place in places}
    return kinds


def sustained() -> Sounds:
    times = np.arange(SECONDS * RATE) / RATE
    partials = [np.sin(2 * np.pi * hz * times) / k for k, hz in enumerate((110, 277.2, 329.6, 440), start=1)]
    return {
        "tones": np.sum(partials, axis=0),
        "strings": synthesis.song("adagio").clip(seconds=SECONDS, seed=2).samples,
    }


def percussion() -> Sounds:
    rng = np.random.default_rng(0)
    times = np.arange(round(0.25 * RATE)) / RATE
    kick = np.sin(2 * np.pi * (48 * times + 4.5 * (1 - np.exp(-30 * times)))) * np.exp(-14 * times)
    snare = rng.standard_normal(len(times)) * np.exp(-times / 0.05)
    clicks, drums = np.zeros(SECONDS * RATE), np.zeros(SECONDS * RATE)
    clicks[:: RATE // 4] = 1
    for place, start in enumerate(range(0, len(drums) - len(times), RATE // 2)):
        drums[start : start + len(times)] += snare if place % 2 else kick
    return {"clicks": clicks, "drums": drums}


def main(folder: Path | None) -> str:
    rows = []
    for voice, voice_sounds in voices().items():
        for backing, backing_sounds in backings(folder).items():
            rows += compare(f"{voice} over {backing}", ("vocals", "accompaniment"), voice_sounds, backing_sounds)
    for tone, tone_sound in sustained().items():
        for beat, beat_sound in percussion().items():
            rows += compare(f"{tone} with {beat}", ("harmonic", "percussive"), {tone: tone_sound}, {beat: beat_sound})
    return table(("Mix", "Stem", "SI-SDR gain", "Baseline", "Mixes"), rows)


def compare(mix: str, stems: tuple[str, str], firsts: Sounds, seconds: Sounds) -> list[tuple[str, ...]]:
    """Two rows, one for each stem: mean gain over all pairs of two kinds of signals, of Genre Lab and the baseline."""
    methods = (vocals, librosa_vocals) if stems[0] == "vocals" else (harmonic, librosa_harmonic)
    pairs = [(first, second) for first in firsts.values() for second in seconds.values()]
    gains, baseline = (np.mean([gains_db(method, *pair) for pair in pairs], axis=0) for method in methods)
    return [
        (mix, stem, f"{gain:+.1f} dB", f"{other:+.1f} dB", str(len(pairs)))
        for stem, gain, other in zip(stems, gains, baseline, strict=True)
    ]


if __name__ == "__main__":
    parser = argument_parser("separation", __doc__)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    publish(parser, main)
