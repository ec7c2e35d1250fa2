"""A room: music from a small loudspeaker, recorded with a phone.

The loudspeaker and the microphone limit the band, with gentle slopes and a few resonances.  The room adds early
reflections and a tail of noise that decays exponentially, the model of Moorer, "About this reverberation business",
Computer Music Journal 1979.  Then come the noise of the room, the automatic gain of a phone, overdriven now and then,
and another level.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from genre_core.audio.augmentation.effect import amplitude, colored_noise, rms
from genre_core.audio.augmentation.hum import hum
from genre_core.audio.clip import SEGMENT_RATE as RATE
from genre_core.audio.clip import SILENCE_PEAK

_TAIL_STARTS_S = 0.005
_REFLECTIONS, _REFLECTIONS_S = 8, (0.001, 0.05)
_RESPONSE_SIZE = 4096
_RESPONSE_FLOOR = 1e-3
_FRAME_S = 0.1
CONTROL_S = 0.7
"""Automatic gain follows the mean level of this time."""


@dataclass(frozen=True)
class Resonance:
    """A peak or a dip of a frequency response."""

    hz: float
    gain_db: float
    octaves: float
    """Width: standard deviation of its bell on a scale of octaves."""


@dataclass(frozen=True)
class Room:
    """Music from a small loudspeaker in a room, recorded with a phone."""

    reverberation_s: float
    """Time in which the reverberation falls by 60 dB."""
    direct_db: float
    """Energy of the direct sound relative to that of the reflections and the tail."""
    low_hz: float
    high_hz: float
    """Edges of the band of loudspeaker and microphone, where the response is 3 dB down."""
    low_order: int
    high_order: int
    """Slopes beyond the edges: 6 dB an octave each."""
    resonances: tuple[Resonance, ...]
    noise_db: float
    """Level of the noise relative to the music that was recorded."""
    noise_slope_db: float
    """Color of the noise: change for each octave."""
    hum_hz: float
    """Frequency of a mains hum that is a part of the noise; 0 for none."""
    gain_control: float
    """Share of the differences in level that automatic gain removes, 0 to 1."""
    overdrive_db: float
    """Level of the peak over that at which the phone begins to clip softly; negative where it doesn't."""
    peak_db: float
    """Peak of the recording in dBFS."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Room":
        """A room of a random kind, from a quiet one with a good loudspeaker to a noisy one with a tiny one."""
        return cls(
            reverberation_s=rng.uniform(0.1, 0.6),
            direct_db=rng.uniform(-6, 10),
            low_hz=_log_uniform(rng, 80, 350),
            high_hz=_log_uniform(rng, 3500, 9500),
            low_order=int(rng.integers(1, 4)),
            high_order=int(rng.integers(1, 4)),
            resonances=tuple(
                Resonance(_log_uniform(rng, 100, 8000), rng.uniform(-8, 8), rng.uniform(0.1, 0.5))
                for _ in range(rng.integers(2, 6))
            ),
            noise_db=rng.uniform(-35, -10),
            noise_slope_db=rng.uniform(-5, -1),
            hum_hz=float(rng.choice([0, 0, 50, 60])),
            gain_control=float(rng.choice([0, rng.uniform(0.2, 0.6)])),
            overdrive_db=float(rng.choice([-20, -20, rng.uniform(0, 9)])),
            peak_db=rng.uniform(-30, -6),
        )

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if np.abs(samples).max() < SILENCE_PEAK:
            return samples
        impulse_response = scipy.signal.fftconvolve(self.reverberation(rng), self.band_impulse())
        recorded = scipy.signal.oaconvolve(samples, impulse_response.astype(np.float32))[: len(samples)]
        recorded += amplitude(self.noise_db) * rms(recorded) * self.noise(len(samples), rng)
        recorded = _controlled(recorded, self.gain_control)
        recorded /= np.abs(recorded).max()
        drive = amplitude(self.overdrive_db)
        recorded = np.tanh(np.float32(drive) * recorded)
        return recorded * np.float32(amplitude(self.peak_db) / np.tanh(drive))

    def reverberation(self, rng: np.random.Generator) -> np.ndarray:
        """The impulse response of the room: the direct sound, which comes first with an amplitude of 1, and the rest.

        It ends where the tail has fallen by 60 dB.
        """
        times = np.arange(round(self.reverberation_s * RATE)) / RATE
        rest = rng.standard_normal(len(times)) * amplitude_after(times, self.reverberation_s)
        rest *= times >= _TAIL_STARTS_S
        # Each early reflection carries as much as a few milliseconds of the tail.
        places = rng.uniform(*_REFLECTIONS_S, _REFLECTIONS)
        strengths = rng.choice([-1, 1], _REFLECTIONS) * rng.uniform(3, 10, _REFLECTIONS)
        np.add.at(rest, (places * RATE).astype(int), strengths * amplitude_after(places, self.reverberation_s))
        rest *= amplitude(-self.direct_db) / np.sqrt((rest**2).sum())
        rest[0] += 1
        return rest

    def band_gain(self, hz: np.ndarray) -> np.ndarray:
        """The frequency response of loudspeaker and microphone: a factor of amplitude for each frequency."""
        hz = np.maximum(hz, 1.0)
        gain = (1 + (self.low_hz / hz) ** (2 * self.low_order)) ** -0.5
        gain *= (1 + (hz / self.high_hz) ** (2 * self.high_order)) ** -0.5
        for resonance in self.resonances:
            octaves = np.log2(hz / resonance.hz)
            gain *= 10 ** (resonance.gain_db / 20 * np.exp(-0.5 * (octaves / resonance.octaves) ** 2))
        return gain

    def band_impulse(self) -> np.ndarray:
        """The impulse response of loudspeaker and microphone, of minimum phase: nothing comes before the sound.

        The phase is found from the cepstrum (Oppenheim and Schafer, "Discrete-Time Signal Processing").
        """
        hz = scipy.fft.rfftfreq(_RESPONSE_SIZE, 1 / RATE)
        cepstrum = scipy.fft.irfft(np.log(np.maximum(self.band_gain(hz), _RESPONSE_FLOOR)))
        cepstrum[1 : _RESPONSE_SIZE // 2] *= 2
        cepstrum[_RESPONSE_SIZE // 2 + 1 :] = 0
        return scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum)))

    def noise(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """The noise of the room, with a root mean square of 1: shape (count,), float32."""
        noise = colored_noise(count, self.noise_slope_db, rng)
        if self.hum_hz:
            noise = (noise + hum(count, self.hum_hz, rng)) / np.float32(np.sqrt(2))
        return noise


def amplitude_after(times: np.ndarray, reverberation_s: float) -> np.ndarray:
    """The amplitude of a tail that falls by 60 dB within `reverberation_s`, at times in seconds."""
    return 10 ** (-3 * times / reverberation_s)


def _controlled(samples: np.ndarray, strength: float) -> np.ndarray:
    """Samples after automatic gain, which makes quiet passages louder; their level in dB moves by `strength`."""
    if not strength:
        return samples
    frame = round(_FRAME_S * RATE)
    whole = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
    power = scipy.ndimage.uniform_filter1d((whole**2).mean(axis=1), round(CONTROL_S / _FRAME_S), mode="nearest")
    gains = np.maximum(power / power.max(), 1e-4) ** (-strength / 2)
    centers = (np.arange(len(gains)) + 0.5) * frame
    return samples * np.interp(np.arange(len(samples)), centers, gains).astype(np.float32)


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
