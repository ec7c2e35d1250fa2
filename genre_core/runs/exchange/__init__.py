"""Runs as one file: a ZIP archive to take home, and runs from such archives.

An archive holds

    README.md      what it is, on which split its accuracy was measured, the licenses of what is in it
    run/           the files of the run (`formats`); without its owner
    report.html    the report on the run
    predict.py     predicts without Genre Lab; predict.json has the facts that it needs
    genre_lab/     the modules of Genre Lab with which predict.py computes, and the networks of the run's features

`importing` reads run/ and the name in predict.json alone: nothing of an archive is executed or unpickled, and the
network in Keras format is left out, since it may contain code.
"""

from genre_core.runs.exchange.exporting import export_run
from genre_core.runs.exchange.importing import import_run

__all__ = ["export_run", "import_run"]
