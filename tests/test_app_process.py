"""The process of the app never imports TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

VISIT = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from genre_core.audio import synthesis
from genre_core.features import feature_set
from genre_core.prediction import predict
from ui import server
from ui.state import Keys

server.who = lambda cookies: ""  # the operator of a class, who has all pages
app = AppTest.from_file("app.py", default_timeout=180)
app.run()
for page in sorted(Path("pages").glob("*.py")):
    app.switch_page(str(page)).run()
    assert not app.exception, (page, app.exception)
app.switch_page("pages/train.py").run()
app.select_slider(key="train_mlp_epochs").set_value(10).run()
next(button for button in app.button if button.label == "Start training").click().run()
assert app.session_state[Keys.TRAINING].result().info.epochs == 10
app.run()
predict(synthesis.song("adagio").clip(seconds=6))
assert len(feature_set("paper+embedding").extract_segments(synthesis.song("adagio").clip(seconds=6).samples)) == 2
heavy = sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras"})
print("imported:", heavy)
"""


def test_no_page_no_training_and_no_prediction_imports_tensorflow() -> None:
    project = Path(__file__).parents[1]
    environment = os.environ | {"GENRE_LAB_SERVE": "1"}
    command = [sys.executable, "-c", VISIT]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("imported: []")
