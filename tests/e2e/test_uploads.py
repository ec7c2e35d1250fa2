"""Uploads with a real server: they are stored, found again by a new session, and leave Streamlit's memory."""

import asyncio
import re
import urllib.request
from pathlib import Path

from benchmarks.visitor import Visitor
from genre_core import audio
from genre_core.audio import synthesis
from genre_core.visitors import Serving, new_token
from tests.e2e.conftest import served

SONG = audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


def test_an_upload_is_found_again_by_a_new_session_and_is_not_in_memory(tmp_path: Path) -> None:
    async def visit(address: str) -> None:
        for session in range(2):
            async with Visitor(address, f"visitor-{session}") as visitor:
                await visitor.open()
                await visitor.open("predict")
                if session == 0:
                    await visitor.upload(visitor.find("file_uploader")[0], "mine.wav", SONG)
                await visitor.until(lambda element: getattr(element.proto, "label", "") == "Prediction (JSON)")
                assert [box.proto.options for box in visitor.find("multiselect")] == [["mine.wav"]]
                assert uploaded_bytes(address) == 0

    with served(tmp_path) as address:
        asyncio.run(visit(address))
    (content,) = tmp_path.glob("uploads/operator/*/content")
    assert content.read_bytes() == SONG


def test_a_visitor_of_a_class_sees_no_songs_of_another(tmp_path: Path) -> None:
    async def visit(address: str) -> None:
        async with Visitor(address, "visitor-0") as first, Visitor(address, "visitor-1") as second:
            for visitor, name in ((first, "mine.wav"), (second, "theirs.wav")):
                await visitor.open()
                await visitor.open("predict")
                await visitor.upload(visitor.find("file_uploader")[0], name, SONG)
                await visitor.open("listen")
            for visitor, name in ((first, "mine.wav"), (second, "theirs.wav")):
                await visitor.open("predict")
                assert [box.proto.options for box in visitor.find("multiselect")] == [[name]]

    with served(tmp_path, environment=Serving(new_token()).environment()) as address:
        asyncio.run(visit(address))
    assert len(list(tmp_path.glob("uploads/*"))) == 2
    assert not (tmp_path / "uploads" / "operator").exists()


def uploaded_bytes(address: str) -> int:
    """Bytes of uploaded files that Streamlit holds in memory for all sessions."""
    with urllib.request.urlopen(f"{address}/_stcore/metrics") as answer:
        metrics = answer.read().decode()
    assert "cache_memory_bytes" in metrics
    return sum(int(n) for n in re.findall(r'cache_memory_bytes\{cache_type="UploadedFileManager".*\} (\d+)', metrics))
