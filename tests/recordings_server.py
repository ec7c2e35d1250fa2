"""A server on 127.0.0.1 that has a song under the names that librosa lists, and that song."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from genre_core.audio import librosa_songs, synthesis, wav_bytes
from genre_core.audio.librosa_songs import LibrosaSong

TEXT = "Vibe Ace by Kevin MacLeod\nLicense: CC BY 3.0"


@dataclass
class Recordings:
    """A server of recordings.

    Attributes
    ----------
    song : the first song of librosa, with the digests of what the server has.
    files : content by name; others are answered with 404.
    asked : the names that were asked for.
    """

    song: LibrosaSong
    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def running() -> Iterator[Recordings]:
    """Start a server, and end it."""
    audio, text = wav_bytes(synthesis.song("adagio").clip(seconds=4)), TEXT.encode()
    digests = [hashlib.sha256(content).hexdigest() for content in (audio, text)]
    song = replace(librosa_songs.SONGS[0], audio_sha256=digests[0], text_sha256=digests[1])
    server = Recordings(song, files={song.path.name: audio, song.text_path.name: text})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            server.asked.append(name)
            content = server.files.get(name)
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_port}/data/audio/"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
