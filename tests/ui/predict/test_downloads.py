"""The JSON download of the page Predict."""

import json

import jsonschema
import pytest

from genre_core.audio import synthesis
from genre_core.prediction import predict
from genre_core.runs import load_run
from tests.command_line import validate
from ui.predict import downloads


def test_a_download_is_as_the_schema_says() -> None:
    run = load_run("paper-track")
    prediction = predict(synthesis.song("adagio").clip(seconds=6), run)
    document = json.loads(json.dumps(downloads.document("adagio", prediction, run.info)))
    validate(document, "page_download")
    assert {**document, "run": None} == {"file": "adagio", **json.loads(json.dumps(prediction.to_dict())), "run": None}
    assert document["run"]["split"]["shared_tracks"] == 0
    document["surplus"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surplus"):
        validate(document, "page_download")
