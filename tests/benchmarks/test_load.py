"""A small class on one server: nothing fails, and nobody is shown what is another visitor's."""

import asyncio
import re
from pathlib import Path

import pytest

from benchmarks import load
from benchmarks.classroom import prepare
from benchmarks.load import Load
from benchmarks.visitor import VisitError, Visitor
from tests.e2e.conftest import served


def test_ten_visitors_click_and_predict_without_failures(tmp_path: Path) -> None:
    prepared = prepare(tmp_path)
    of_class = Load(
        sessions=10,
        seconds=30,
        predict_every_s=10,
        seed=1,
        lesson=prepared.lesson,
        challenge=prepared.challenge,
    )
    with served(tmp_path, environment=load.CLASS) as address:
        outcome = load.run(address, load.server_process(address), of_class)
    assert outcome.failures == []
    assert len(outcome.times_s[load.FIRST_PAGE]) == 10
    assert len(outcome.times_s[load.PREDICTION]) >= 2
    assert outcome.times_s["lesson, open"] and outcome.times_s["challenge, open"]
    assert len(outcome.all_of(", click")) + len(outcome.all_of(", open")) >= 40
    assert outcome.memory and outcome.generator_cores > 0
    assert "**all clicks**" in load.report(outcome)


def test_a_visitor_notices_what_is_not_theirs_and_what_fails(tmp_path: Path) -> None:
    async def visit(address: str) -> None:
        async with Visitor(address, "visitor-000", foreign=re.compile(b"Genre Lab")) as visitor:
            with pytest.raises(VisitError, match="was shown Genre Lab"):
                await visitor.open()
        async with Visitor(address, "visitor-001") as visitor:
            await visitor.open()
            assert set(visitor.pages) > {"explore", "train"}
            await visitor.open("explore")
            plot_type = next(group for group in visitor.find("button_group") if group.proto.label == "Plot type")
            await visitor.change(plot_type, string_array_value={"data": ["Box"]})
            assert any("quartiles of a genre" in element.proto.body for element in visitor.find("markdown"))

    with served(tmp_path) as address:
        asyncio.run(visit(address))
