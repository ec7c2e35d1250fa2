"""The recorder in a real browser: on localhost and over HTTPS it is there, elsewhere a phone's own one is asked for."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from genre_core import audio
from genre_core.audio import synthesis
from tests.browser import new_context, settled
from tests.e2e.conftest import FLAGS, chromium, served

NAME = "lab.example"
"""A name that is no localhost, and leads to this machine."""
WHY_NOT = "The browser records only on localhost or over HTTPS"


@pytest.fixture(scope="module")
def named(browser: Browser) -> Iterator[Browser]:
    """A browser that finds this machine under another name, and has a microphone that beeps."""
    flags = (
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    )
    launched = browser.browser_type.launch(executable_path=chromium(), args=[*FLAGS, *flags])
    yield launched
    launched.close()


def open_predict(browser: Browser, address: str, **options: object) -> Page:
    page = new_context(browser, viewport={"width": 390, "height": 844}, **options).new_page()
    page.goto(f"{address}/predict")
    page.get_by_role("heading", name="Predict", exact=True).wait_for()
    settled(page)
    if (closed := page.get_by_text("Choose other songs")).is_visible():  # another test has added songs
        closed.click()
    return page


def test_over_plain_http_a_file_input_takes_the_place_of_the_recorder(named: Browser, server: str) -> None:
    page = open_predict(named, server.replace("localhost", NAME))
    assert page.evaluate("window.isSecureContext") is False
    expect(page.get_by_text(WHY_NOT)).to_be_visible()
    assert page.get_by_test_id("stAudioInput").count() == 0
    recorder = page.get_by_test_id("stFileUploader").filter(has_text="Record audio")
    assert recorder.locator("input[type=file]").get_attribute("accept") == "audio/*"
    recording = audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))
    recorder.locator("input[type=file]").set_input_files(
        FilePayload(name="voice memo.wav", mimeType="audio/wav", buffer=recording)
    )
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("voice memo.wav").filter(visible=True).first).to_be_visible()
    page.context.close()


def test_on_localhost_the_browser_records(named: Browser, server: str) -> None:
    page = open_predict(named, server, permissions=["microphone"])
    assert page.evaluate("window.isSecureContext") is True
    assert page.get_by_text(WHY_NOT).count() == 0
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("button", name="Stop recording").wait_for()
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_text("Recording.wav").filter(visible=True).first).to_be_visible()
    page.context.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    if not shutil.which("openssl"):
        if os.environ.get("GENRE_LAB_REQUIRE_BROWSER") == "1":
            pytest.fail("openssl is required here and is not installed")
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


def test_over_https_the_browser_records(named: Browser, certificate: tuple[Path, Path], tmp_path: Path) -> None:
    flags = (f"--server.sslCertFile={certificate[0]}", f"--server.sslKeyFile={certificate[1]}")
    with served(tmp_path, flags=flags, scheme="https") as address:
        page = open_predict(named, address.replace("localhost", NAME), ignore_https_errors=True)
        assert page.evaluate("window.isSecureContext") is True
        expect(page.get_by_test_id("stAudioInput")).to_be_visible()
        assert page.get_by_text(WHY_NOT).count() == 0
        page.context.close()
