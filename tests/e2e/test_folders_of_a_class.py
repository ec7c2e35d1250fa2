"""A visitor of a class who makes messages of their own can't name a folder of the server either."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.visitor import Visitor
from genre_core.audio import synthesis
from genre_core.visitors import Serving, new_token
from tests.e2e.conftest import served


@pytest.mark.parametrize("spelled", ["{forbidden}", "../forbidden", "{allowed}/../forbidden", "{forbidden}/blues"])
def test_a_folder_that_is_not_allowed_is_not_read(folders: tuple[str, Path, Path], spelled: str) -> None:
    address, allowed, forbidden = folders

    async def visit() -> None:
        async with Visitor(address, "visitor") as visitor:
            await visitor.open()
            await visitor.open("explore")
            source = next(group for group in visitor.find("button_group") if group.proto.label == "Source")
            await visitor.change(source, string_array_value={"data": [":material/folder_open: Folder"]})
            await name_folder(visitor)
            button = next(button for button in visitor.find("button") if button.proto.label == "Extract features")
            await visitor.change(button, trigger_value=True)
            refusals = [body(element.proto) for element in visitor.find("alert")]
            assert refusals == ["The operator does not allow this folder; choose another one."]

            await visitor.open("listen")
            source = next(group for group in visitor.find("button_group") if group.proto.label == "Song")
            await visitor.change(source, string_array_value={"data": [":material/folder_open: Folder"]})
            assert "Track in allowed" in labels(visitor)
            await name_folder(visitor)
            assert {label for label in labels(visitor) if label.startswith("Track in")} <= {"Track in allowed"}

    async def name_folder(visitor: Visitor) -> None:
        box = next(box for box in visitor.find("selectbox") if box.proto.label == "Audio folder")
        assert list(box.proto.options) == ["allowed", "second"]
        await visitor.change(box, string_value=spelled.format(forbidden=forbidden, allowed=allowed))

    asyncio.run(visit())


def labels(visitor: Visitor) -> list[str]:
    return [box.proto.label for box in visitor.find("selectbox")]


def body(proto: object) -> str:
    return str(getattr(proto, "body", ""))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """The address of a server, a folder that its operator allows, and one that is not allowed."""
    root = tmp_path_factory.mktemp("class")
    for name in ("allowed", "second", "forbidden"):
        synthesis.write_genre_folders(root / name, tracks=2, seconds=7.0)
    (root / "home").mkdir()
    settings = Serving(new_token(), allowed=(root / "allowed", root / "second"))
    with served(root / "home", environment=settings.environment()) as address:
        yield address, root / "allowed", root / "forbidden"
