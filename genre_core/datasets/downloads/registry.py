"""The datasets that can be downloaded, as declarations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from genre_core.datasets import gtzan
from genre_core.errors import DatasetError
from genre_core.wording import listed, quoted

_CITATION = (
    'G. Tzanetakis and P. Cook, "Musical genre classification of audio signals", IEEE Transactions on Speech and Audio '
    "Processing 10(5), 2002."
)
_LICENSE = (
    "GTZAN comes without a license, and the artists own the recordings: use them for research and teaching, and do not "
    "pass them on."
)


@dataclass(frozen=True)
class Downloadable:
    """A dataset that can be downloaded as one archive (ZIP or .tar.gz).

    In the archive, a track is a file .../GENRE/NAME.wav or .au, in whatever folder; other files are ignored.

    Attributes
    ----------
    name : of the command line, and of the folder among the downloads.
    title : for people.
    sources : addresses of the archive, the first of which that can be used is used.
    page : address of a page about it, from which the archive can be fetched by hand.
    archive_bytes : size of the archive; of one that is packed anew for each download, about.
    unpacked_bytes : size of the tracks, about.
    load_tracks : returns all tracks (GENRE/NAME), each with the SHA-256 digest of its file; empty where the archive is
        verified as a whole.
    archive_md5 : MD5 digest of the archive; empty where the tracks are verified one by one.
    license, citation : sentences for people.
    faults : known faults, by track.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    page: str
    archive_bytes: int
    unpacked_bytes: int
    load_tracks: Callable[[], dict[str, str]]
    archive_md5: str = ""
    license: str = _LICENSE
    citation: str = _CITATION
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def tracks(self) -> dict[str, str]:
        """All tracks (GENRE/NAME) with their SHA-256 digests, which are empty where the archive is verified."""
        return self.load_tracks()

    @property
    def genres(self) -> list[str]:
        """The genres, in alphabetical order."""
        return sorted({track.partition("/")[0] for track in self.tracks})

    @property
    def needed_bytes(self) -> int:
        """What the archive and the tracks take on the disk together, while it is unpacked."""
        return self.archive_bytes + self.unpacked_bytes


def _gtzan_mini_tracks() -> dict[str, str]:
    """The tracks of GTZAN-mini, from a list in the format of `sha256sum`, with which it can also be checked by hand."""
    lines = Path(__file__).with_name("gtzan_mini.sha256").read_text(encoding="ascii").splitlines()
    files = (line.split("  ", 1) for line in lines)
    return {"/".join(PurePosixPath(file).with_suffix("").parts[-2:]): digest for digest, file in files}


def _gtzan_tracks() -> dict[str, str]:
    return dict.fromkeys(gtzan.all_tracks(), "")


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Downloadable(
            name="gtzan-mini",
            title="GTZAN-mini",
            sources=("https://github.com/TempoBeatDownbeat/gtzan_mini/archive/refs/heads/main.zip",),
            page="https://github.com/TempoBeatDownbeat/gtzan_mini",
            archive_bytes=123_400_000,
            unpacked_bytes=132_500_000,
            load_tracks=_gtzan_mini_tracks,
        ),
        Downloadable(
            name="gtzan",
            title="GTZAN",
            sources=(
                "http://opihi.cs.uvic.ca/sound/genres.tar.gz",
                "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
            ),
            page="https://huggingface.co/datasets/marsyas/gtzan",
            archive_bytes=1_225_600_000,
            unpacked_bytes=1_323_900_000,
            load_tracks=_gtzan_tracks,
            archive_md5="5b3d6dddb579ab49814ab86dba69e7c7",
            faults={"jazz/jazz.00054": "The file is damaged, and is skipped."},
        ),
    )
}
"""The datasets by name, the smallest first."""


def find_dataset(name: str) -> Downloadable:
    """The dataset of a name.  Raises DatasetError if there is none."""
    if name not in DATASETS:
        raise DatasetError(f"There is no dataset {quoted(name)} to download; choose from {listed(list(DATASETS))}.")
    return DATASETS[name]


def with_track(track: str) -> list[Downloadable]:
    """The datasets that hold a track (GENRE/NAME), the smallest first."""
    return [dataset for dataset in DATASETS.values() if track in dataset.tracks]
