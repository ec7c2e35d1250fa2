"""Export: a run as a ZIP archive."""

import json
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

from genre_core import storage
from genre_core.features import network_files
from genre_core.features.extractors import NETWORK_FILES
from genre_core.runs.exchange.facts import FACTS_FILE, facts_of
from genre_core.runs.exchange.readme import readme
from genre_core.runs.formats import RUN_FILE, RunFile, files_to_verify, read_run_file, run_document
from genre_core.runs.run import Run

RUN_FOLDER = "run"
_SCRIPT = "predict.py"
_PROJECT = Path(__file__).resolve().parents[3]
_CORE, _LIBRARY = _PROJECT / "genre_core", "genre_lab"
_PACKAGES = ("", "audio", "features", "models")
"""Their `__init__` imports all of them, so the archive has empty ones."""
_MODULES = (
    "errors.py",
    "old_names.py",
    "storage.py",
    "reading/__init__.py",
    "reading/archives.py",
    "reading/array_files.py",
    "reading/damage.py",
    "reading/json_files.py",
    "reading/limits.py",
    "audio/clip.py",
    "audio/containers.py",
    "audio/decoding.py",
    "audio/mixing.py",
    "audio/segments.py",
    "features/embedding.py",
    "features/extractors.py",
    "features/lab.py",
    "features/mel.py",
    "features/musicnn.py",
    "features/network_files.py",
    "features/spectra.py",
    "features/wide_mel.py",
    "models/calibration.py",
    "models/estimator_checks.py",
    "models/linear.py",
    "models/scaling.py",
    "models/serving.py",
)
"""What predict.py imports: of other packages NumPy, soundfile, soxr and LiteRT alone."""


def export_run(run: Run, target: Path, *, report: str) -> None:
    """Write a run as a ZIP archive; an existing file is replaced.

    Parameters
    ----------
    report : the report on the run, HTML.

    Raises
    ------
    StorageError
        If the file can't be written.
    RunError
        If the run was damaged meanwhile.
    """
    stored = read_run_file(run.folder)
    private = RunFile(replace(stored.info, owner="", shared=False, gathered=""), stored.checksums)
    facts = facts_of(run)
    texts = {
        "README.md": readme(run, facts),
        "report.html": report,
        FACTS_FILE: json.dumps(asdict(facts)),
        f"{RUN_FOLDER}/{RUN_FILE}": json.dumps(run_document(private), indent=2),
        **{f"{_LIBRARY}/{_CORE.name}/{package}/__init__.py".replace("//", "/"): "" for package in _PACKAGES},
    }
    files = {_SCRIPT: Path(__file__).with_name(_SCRIPT), f"{_LIBRARY}/LICENSE": _PROJECT / "LICENSE"}
    files |= {f"{_LIBRARY}/{_CORE.name}/{module}": _CORE / module for module in _MODULES}
    files |= {f"{RUN_FOLDER}/{name}": run.folder / name for name in files_to_verify(run.folder, stored)}
    for file in _network_files(run):
        files[f"{_LIBRARY}/{file.relative_to(_PROJECT).as_posix()}"] = file
    with storage.writing_file(target) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
        for name, path in files.items():
            archive.write(path, name)


def _network_files(run: Run) -> list[Path]:
    """The networks of the run's features, with their checksums and licenses."""
    networks = NETWORK_FILES.get(run.info.features, ())
    folders = dict.fromkeys(network.parent for network in networks)
    beside = [folder / name for folder in folders for name in (network_files.CHECKSUMS_FILE, "LICENSE", "README.md")]
    return [*networks, *(path for path in beside if path.is_file())]
