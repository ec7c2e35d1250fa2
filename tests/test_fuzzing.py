"""What is stored or uploaded is changed at random: whoever reads it gets a result, or one GenreLabError with one
sentence, and nothing else happens.

A few hundred cases here, and thousands by `make soak`; a case is made by its number alone.  Others are in
test_fuzzing_texts.py and pages/test_fuzzing_pages.py.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets, escaping, report, runs, storage
from genre_core.cli.documents import run_document
from genre_core.errors import GenreLabError
from genre_core.models.domain import summaries
from genre_core.runs import Run, RunInfo, comparison
from genre_core.runs.folds import folds_of
from tests import changed_uploads, hostile_files, stored_files
from tests.hostile_files import Reading
from ui.compare import table

# Numbers that are allowed and absurd may overflow.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

Change = Callable[[bytes, np.random.Generator], bytes]
FILES: list[tuple[str, str, Change, int]] = [
    ("paper-track", "run.json", stored_files.changed_json, 100),
    ("two-networks", "run.json", stored_files.changed_json, 60),
    ("paper-track", "history.json", stored_files.changed_json, 20),
    ("paper-track", "scaler.npz", stored_files.changed_arrays, 25),
    ("lab-cnn", "scaler.npz", stored_files.changed_arrays, 15),
    ("paper-track", "training.npy", stored_files.changed_array, 20),
    ("lab-cnn", "training.npy", stored_files.changed_array, 10),
    ("paper-track", "domain.npz", stored_files.changed_arrays, 40),
    ("paper-track", "predictions.parquet", stored_files.changed_table, 25),
    ("two-networks", "predictions.parquet", stored_files.changed_table, 25),
    ("paper-track", "model.tflite", stored_files.changed_bytes, 15),
    ("two-networks", "model.skops", stored_files.changed_bytes, 15),
]
"""A bundled run, its file, how that is changed, and the number of cases of the quick part."""
SOAK_FACTOR = 12
UPLOADS = {"audio": 40, "csv": 30, "parquet": 20, "archive": 30}
"""Number of cases of the quick part, for each kind of upload."""
MOST_MB = 1500


def is_one_sentence(error: BaseException | str) -> bool:
    text = str(error)
    return text.endswith(".") and "\n" not in text and len(text.encode()) < 800


def show_facts(info: RunInfo) -> None:
    """What lists of runs show and write."""
    assert runs.run_labels([info])
    texts = json.dumps(run_document(info), allow_nan=False) + escaping.csv(report.runs_table([info]))
    assert (texts + str(table.display_table([info], set(), ranked=True))).encode()
    assert comparison.compare([info, info]).test_sets == 1
    comparison.describe_gap(comparison.runs_by_split(info, runs.list_runs()))


def use(run: Run) -> None:
    """What pages and commands do with an open run."""
    values = np.repeat(run.training_signatures[:1], 3, axis=0)
    if run.feature_set.is_picture:
        values = np.zeros((3, *run.feature_set.shape), dtype=np.uint8)
    probabilities = run.probabilities(values)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert np.isfinite(run.calibrated(probabilities.mean(axis=0), 3)).all()
    assert run.seen(values).shape == (3,)
    if run.domain:
        assert 0 <= run.domain.score(summaries(values), 3) <= 1
    assert np.isfinite(run.evaluation().scores.log_loss)
    assert len(folds_of(run.info, run.evaluation())) in (0, len(run.info.folds))
    assert all(np.isfinite([epoch.loss, epoch.accuracy]).all() for epoch in run.history())


def open_and_use(name: str) -> bool:
    """Whether a run of the user's could be used from end to end; what can't be is refused in one sentence."""
    listed = [info for info in runs.list_runs() if info.name == name]
    damaged = [run for run in runs.list_damaged_runs() if run.name == name]
    assert len(listed) + len(damaged) == 1
    for info in listed:
        show_facts(info)
    try:
        use(runs.load_run(name))
    except GenreLabError as error:
        assert is_one_sentence(error), error
        return False
    assert listed
    return True


def check_runs(home: Path, case: int, cases: int, *, first: int = 0) -> int:
    """Check some cases of one of FILES, and return how many of them could be used."""
    like, name, change, _ = FILES[case]
    folder = stored_files.copy_run(home, "changed", like)
    original, facts = (folder / name).read_bytes(), (folder / "run.json").read_bytes()
    used = 0
    for number in range(first, first + cases):
        content = change(original, np.random.default_rng([case, number]))
        if name == "run.json":
            (folder / name).write_bytes(content)
        else:
            (folder / "run.json").write_bytes(facts)
            stored_files.replace_file(folder, name, content)
        try:
            used += open_and_use("changed")
        except Exception as error:
            error.add_note(f"{like}/{name}, case {number}")
            raise
    runs.delete_run("changed")
    assert not folder.exists()
    return used


@pytest.mark.parametrize("case", range(len(FILES)), ids=[f"{like}/{name}" for like, name, *_ in FILES])
def test_a_run_with_a_changed_file_is_used_or_refused_in_a_sentence(home: Path, case: int) -> None:
    cases = FILES[case][-1]
    assert check_runs(home, case, cases) < cases


def check_settings(home: Path, cases: range) -> None:
    home.mkdir(exist_ok=True)
    original = json.dumps({"audio_folder": "/music", "other": "x"}).encode()
    for number in cases:
        (home / "settings.json").write_bytes(stored_files.changed_json(original, np.random.default_rng(number)))
        settings = storage.read_settings()
        assert all(isinstance(value, str) for value in settings.values())
        if folder := settings.get("audio_folder"):
            assert datasets.find_track(Path(folder), "blues/blues.00000") is None
        storage.write_setting("other", "y")
        assert storage.read_settings()["other"] == "y"


def test_changed_settings_are_read_or_left_out(home: Path) -> None:
    check_settings(home, range(60))


@pytest.mark.soak
def test_thousands_of_changed_files(home: Path) -> None:
    total = used = 0
    for case, (*_, cases) in enumerate(FILES):
        used += check_runs(home, case, SOAK_FACTOR * cases, first=cases)
        total += SOAK_FACTOR * cases
    check_settings(home, range(60, 800))
    print(f"\n{total} runs with a changed file: {used} could be used, the others were refused in a sentence")


def check_uploads(folder: Path, kind: str, cases: range) -> list[Reading]:
    """Read changed uploads in a process of its own, which ends if it computes for 20 s for one."""
    paths = []
    for number in cases:
        rng = np.random.default_rng([list(UPLOADS).index(kind), number])
        name, content = changed_uploads.KINDS[kind](rng)
        paths.append(folder / f"{number}-{name}")
        paths[-1].write_bytes(content)
    readings = list(hostile_files.measured(paths))
    for reading in readings:
        assert reading.is_sentence and not reading.deeds and not reading.left, (kind, reading)
        assert not reading.error or is_one_sentence(reading.error), (kind, reading)
        assert reading.peak_mb < MOST_MB, (kind, reading)
    return readings


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
@pytest.mark.parametrize("kind", UPLOADS)
def test_a_changed_upload_is_used_or_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    refused = [bool(reading.error) for reading in check_uploads(tmp_path, kind, range(UPLOADS[kind]))]
    assert any(refused) and not all(refused)


@pytest.mark.soak
def test_thousands_of_changed_uploads(tmp_path: Path) -> None:
    for kind, cases in UPLOADS.items():
        readings = check_uploads(tmp_path, kind, range(cases, SOAK_FACTOR * cases))
        used, longest = sum(not reading.error for reading in readings), max(reading.cpu_s for reading in readings)
        peak = max(reading.peak_mb for reading in readings)
        print(f"\n{kind}: {len(readings)} uploads, {used} used, at most {longest:.1f} s and {peak:.0f} MB for one")
