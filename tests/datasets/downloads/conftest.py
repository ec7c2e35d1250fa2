"""A dataset of synthetic songs to download, and no waiting between attempts."""

import pytest

from genre_core.datasets.downloads import transfer


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_WAITS_S", (0.0, 0.0))
