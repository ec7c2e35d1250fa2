"""Where a browser may record: secure contexts."""

import pytest

from ui import recorder


@pytest.mark.parametrize(
    "address",
    [
        "https://lab.example/predict",
        "http://localhost:8501",
        "http://app.localhost:8501/predict",
        "http://127.0.0.1:8501/predict",
        "http://127.1.2.3/",
        "http://[::1]:8501/",
        None,
        "",
    ],
)
def test_secure_contexts(address: str | None) -> None:
    assert recorder.is_secure(address)


@pytest.mark.parametrize(
    "address",
    ["http://lab.example/", "http://192.168.1.20:8501/", "http://localhost.example/", "http://[fe80::1]:8501/"],
)
def test_other_addresses(address: str) -> None:
    assert not recorder.is_secure(address)
