"""A room for tests, which set one thing in it."""

from genre_core.audio.augmentation.room import Room

DRY = Room(
    reverberation_s=0.1,
    direct_db=200,
    low_hz=0.01,
    high_hz=1e6,
    low_order=1,
    high_order=1,
    resonances=(),
    noise_db=-200,
    noise_slope_db=-3,
    hum_hz=0,
    gain_control=0,
    overdrive_db=-60,
    peak_db=0,
)
"""A room that changes nothing."""
