"""How well are the parts of a song told apart?

    python -m benchmarks.separation [FOLDER]

SI-SDR gain over the mix, in dB: how much nearer a part comes to what was mixed in than the mix itself was (Le Roux et
al., "SDR, half-baked or well done?", ICASSP 2019).  Mixes are made here at 0 dB, so that the truth is known: voices
(the demo's singer; speech, where espeak-ng is installed) over the instrumental demo songs and, where FOLDER holds
genre folders, over classical music and jazz; and held tones or strings with clicks or drums.  Beside each stands a
baseline in the same run: for vocals librosa's recipe with nearest neighbors (REPET-SIM), for harmonic and percussive
sound librosa's HPSS, which this equals but for the edges of blocks.  The numbers of the recipe were chosen on other
mixes of these kinds: other melodies, speakers, songs and tracks.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np

from genre_core import audio
from genre_core.audio import Clip, separation, synthesis
from genre_core.audio.separation import RATE

SECONDS = 20
TEXT = (
    "I walked along the river in the morning light, and every little boat was singing through the night. Oh, carry me "
    "away, over the hills and far beyond the sea. There is a house where all the lonely people come to dance. "
)
SPEAKERS = {"en+m1": 45, "en+f2": 60}
"""Voices of espeak-ng, with their pitch."""
REAL_TRACKS = {"classical": (0, 4), "jazz": (3, 8)}

Sounds = dict[str, np.ndarray]
Separate = Callable[[np.ndarray], np.ndarray]
"""From a mix, shape (n,), to the first of its two parts; the other is what is left."""


def si_sdr_db(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Scale-invariant ratio of signal to distortion; both of shape (n,)."""
    estimate, truth = estimate - estimate.mean(), truth - truth.mean()
    target = (estimate @ truth) / (truth @ truth) * truth
    return float(10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target))))


def gains_db(separate: Separate, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Gain over the mix for each of two sounds, mixed at 0 dB; both of shape (n,)."""
    n = min(len(first), len(second))
    first, second = (sound[:n] / sound[:n].std() for sound in (first, second))
    mix = (first + second).astype(np.float32)
    part = separate(mix)
    return (si_sdr_db(part, first) - si_sdr_db(mix, first), si_sdr_db(mix - part, second) - si_sdr_db(mix, second))


def our_vocals(mix: np.ndarray) -> np.ndarray:
    return separation.vocals_accompaniment(Clip(mix, RATE)).vocals.samples


def our_harmonic(mix: np.ndarray) -> np.ndarray:
    return separation.harmonic_percussive(Clip(mix, RATE)).harmonic.samples


def librosas_vocals(mix: np.ndarray) -> np.ndarray:
    """The recipe of librosa's gallery, "Vocal separation", after Rafii and Pardo (REPET-SIM, ISMIR 2012)."""
    spectrum = librosa.stft(mix)
    magnitude = np.abs(spectrum)
    alike = librosa.decompose.nn_filter(magnitude, aggregate=np.median, metric="cosine", width=2 * RATE // 512)
    background = np.minimum(magnitude, alike)
    mask = librosa.util.softmask(magnitude - background, 10 * background, power=2)
    return librosa.istft(mask * spectrum, length=len(mix))


def librosas_harmonic(mix: np.ndarray) -> np.ndarray:
    return librosa.effects.harmonic(mix)


def voices() -> dict[str, Sounds]:
    kinds = {"sung": {str(seed): synthesis.sing(seconds=SECONDS, seed=seed).samples for seed in (2, 5)}}
    if shutil.which("espeak-ng"):
        kinds["spoken"] = {speaker: spoken(speaker, pitch) for speaker, pitch in SPEAKERS.items()}
    return kinds


def spoken(speaker: str, pitch: int) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        subprocess.run(["espeak-ng", "-v", speaker, "-p", str(pitch), "-s", "130", "-w", path, 3 * TEXT], check=True)
        return audio.load_audio(path).samples[: SECONDS * RATE]


def backings(genres: Path | None) -> dict[str, Sounds]:
    kinds = {"demo songs": {song.name: song.clip(seconds=SECONDS, seed=3).samples for song in synthesis.SONGS[:4]}}
    for genre, places in REAL_TRACKS.items() if genres else ():
        files = sorted((genres / genre).iterdir())
        kinds[genre] = {files[place].name: audio.load_audio(files[place]).samples[: SECONDS * RATE] for place in places}
    return kinds


def held() -> Sounds:
    times = np.arange(SECONDS * RATE) / RATE
    chords = sum(np.sin(2 * np.pi * hz * times) / k for k, hz in enumerate((110, 277.2, 329.6, 440), start=1))
    return {"tones": chords, "strings": synthesis.song("adagio").clip(seconds=SECONDS, seed=2).samples}


def struck() -> Sounds:
    rng = np.random.default_rng(0)
    times = np.arange(round(0.25 * RATE)) / RATE
    kick = np.sin(2 * np.pi * (48 * times + 4.5 * (1 - np.exp(-30 * times)))) * np.exp(-14 * times)
    snare = rng.standard_normal(len(times)) * np.exp(-times / 0.05)
    clicks, drums = np.zeros(SECONDS * RATE), np.zeros(SECONDS * RATE)
    clicks[:: RATE // 4] = 1
    for place, start in enumerate(range(0, len(drums) - len(times), RATE // 2)):
        drums[start : start + len(times)] += snare if place % 2 else kick
    return {"clicks": clicks, "drums": drums}


def report(
    title: str, names: tuple[str, str], ours: Separate, baseline: Separate, firsts: Sounds, seconds: Sounds
) -> None:
    """One row: the mean over all pairs of two kinds of sound, ours and the baseline's."""
    rows = [
        [gains_db(separate, a, b) for a in firsts.values() for b in seconds.values()] for separate in (ours, baseline)
    ]
    (mine, mine_other), (theirs, theirs_other) = (np.mean(row, axis=0) for row in rows)
    print(
        f"{title:28} {names[0]:>9} {mine:+5.1f} (baseline {theirs:+5.1f})   "
        f"{names[1]:>11} {mine_other:+5.1f} (baseline {theirs_other:+5.1f})   {len(rows[0])} mixes"
    )


def main(genres: Path | None) -> None:
    print("SI-SDR gain over the mix, dB (wanted: above the baseline, and above 0)")
    for voice, sung in voices().items():
        for backing, played in backings(genres).items():
            names = ("vocals", "accompaniment")
            report(f"{voice} over {backing}", names, our_vocals, librosas_vocals, sung, played)
    for tone, sound in held().items():
        for stroke, beat in struck().items():
            names = ("harmonic", "percussive")
            report(f"{tone} with {stroke}", names, our_harmonic, librosas_harmonic, {tone: sound}, {stroke: beat})
    song = synthesis.TROUBADOUR.clip()
    began = time.perf_counter()
    separation.separate(song)
    print(f"all parts of a 30-s song: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
