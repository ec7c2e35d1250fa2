"""`genre-lab train`."""

from pathlib import Path

from genre_core import storage
from genre_core.cli import main
from tests.command_line import Capture, answer


def test_runs_are_named_by_default_and_listed(capsys: Capture) -> None:
    trained = answer(capsys, "train", "--epochs", "20", "--layers", "32,16")
    assert trained["dataset"] == "bundled"
    assert trained["split"]["kind"] == "random"
    assert answer(capsys, "runs")[0]["run"] == trained["run"]
    assert answer(capsys, "evaluate", "--run", trained["run"], "--data", "bundled")["segments"] > 0


def test_a_second_training_with_a_folder_is_refused_before_the_work(capsys: Capture, tmp_path: Path) -> None:
    with storage.claimed(tmp_path / "run"):
        assert main(["train", "--data", str(tmp_path / "no dataset"), "--out", str(tmp_path / "run")]) == 2
    assert "is writing" in capsys.readouterr().err


def test_cross_validation_gives_intervals_folds_and_excluded_tracks(capsys: Capture) -> None:
    document = answer(capsys, "train", "--model", "svm", "--set", "c=3", "--split", "artist", "--folds", "3")
    assert document["model"] == "svm"
    assert document["settings"]["c"] == 3
    assert len(document["folds"]) == 3
    for name in ("accuracy", "track_accuracy"):
        low, high = document["ci95"][name]
        assert 0 <= low <= document[name] <= high <= 1
    assert document["log_loss"] > 0
    assert document["split"]["untested_genres"] == ["blues", "classical", "reggae", "rock"]
    assert sum(document["split"]["excluded"].values()) == 4
    assert document["validation"] is None
    assert document["split"]["shared_tracks"] == 0


def test_the_training_set_is_augmented_and_the_run_tested_on_augmented_tracks(capsys: Capture) -> None:
    command = ("train", "--model", "logistic", "--features", "leveled-embedding", "--split", "track")
    plain, augmented = (answer(capsys, *command, *flags) for flags in ((), ("--augment", "room,8-khz")))
    assert (plain["augmentations"], augmented["augmentations"]) == ([], ["room", "8-khz"])
    for document in (plain, augmented):
        assert list(document["augmented"]) == ["room", "8-khz", "telephone", "mp3"]
        for scores in document["augmented"].values():
            assert scores["tracks"] == document["split"]["test_tracks"]
            assert (
                scores["ci95"]["track_accuracy"][0] <= scores["track_accuracy"] <= scores["ci95"]["track_accuracy"][1]
            )
    assert augmented["augmented"]["room"]["accuracy"] > plain["augmented"]["room"]["accuracy"]


def test_an_augmentation_that_is_not_there_is_refused(capsys: Capture) -> None:
    for flags, message in (
        (("--augment", "tea"), "There is no augmentation 'tea'"),
        (("--augment", "room"), "no copies with the augmentation room of the feature set 'paper'"),
        (("--features", "embedding", "--augment", "hum"), "choose from room, 8-khz, telephone, mp3"),
    ):
        assert main(["train", "--model", "knn", *flags]) == 2
        assert message in capsys.readouterr().err


def test_a_cnn_is_trained_on_bundled_pictures(capsys: Capture) -> None:
    quick = ("--set", "filters=4", "--epochs", "2")
    document = answer(capsys, "train", "--model", "cnn", "--features", "mel+scalogram", "--split", "track", *quick)
    assert document["features"] == "mel+scalogram"
    assert document["epochs"] == 2


def test_people_read_scores_and_counts(capsys: Capture) -> None:
    assert main(["train", "--model", "lda", "--split", "track"]) == 0
    output = capsys.readouterr().out
    assert "Split: track split. Training set: " in output
    assert "Accuracy (tracks)" in output
    assert "95 % CI" in output
    assert "augmented test set" not in output
    assert main(["train", "--model", "lda", "--split", "track", "--features", "embedding"]) == 0
    assert "augmented test set" in capsys.readouterr().out


def test_the_settings_of_a_model_are_listed(capsys: Capture) -> None:
    document = answer(capsys, "train", "--model", "forest", "--help-settings")
    assert [item["name"] for item in document] == ["trees", "min_samples_leaf", "max_features"]
    assert document[0]["default"] == 300
    assert "5000" in document[0]["allowed"]
    assert main(["train", "--model", "mlp", "--help-settings"]) == 0
    assert "512,256,128,64" in capsys.readouterr().out
