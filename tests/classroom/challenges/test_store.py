"""The store: codes, students, closing and deleting, several threads at once, and damaged files."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge, ChallengeConfig, DamagedChallenge
from genre_core.classroom.challenges import challenge as limits
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, DamagedFileError
from tests.classroom.challenges.made import synthetic

CONFIG = ChallengeConfig("Test")


def test_a_challenge_is_found_by_its_code_as_it_is_typed(challenge: Challenge) -> None:
    code = challenge.code
    assert challenges.find_challenge(f" {code[:3].lower()} {code[3:]} ") == challenge
    assert challenges.list_challenges() == [challenge]
    assert challenges.challenge_state(challenge) == "open"


@pytest.mark.parametrize("code", ["", "XXXXXX", "../runs", "AC/DEF", "A" * 5000])
def test_another_code_is_refused(challenge: Challenge, code: str) -> None:
    with pytest.raises(ConfigError, match="There is no challenge"):
        challenges.find_challenge(code)


def test_it_survives_a_restart(challenge: Challenge, bundled: Dataset) -> None:
    dataset = challenges.student_dataset(challenge.code)
    assert dataset.fingerprint == challenge.dataset_id
    assert dataset.name == challenge.dataset == f"challenge {challenge.code}"
    assert dataset.features == bundled.features
    assert dataset.n_tracks == challenge.train_tracks + challenge.valid_tracks == 70


def test_it_is_secret_only_if_that_is_known(challenge: Challenge, rng: np.random.Generator) -> None:
    assert not challenge.is_secret
    assert challenges.find_challenge(challenges.open_challenge(synthetic(rng), CONFIG, is_secret=True).code).is_secret


def test_pictures_can_be_a_challenge(rng: np.random.Generator, home: Path) -> None:
    whole = synthetic(rng)
    pictures = Dataset(
        name="pictures",
        features="mel",
        values=rng.integers(0, 255, (len(whole.genre), 64, 64, 1), dtype=np.uint8),
        genre=whole.genre,
        track=whole.track,
        start_s=whole.start_s,
    )
    opened = challenges.open_challenge(pictures, CONFIG)
    assert challenges.student_dataset(opened.code).values.dtype == np.uint8


# --- students ---------------------------------------------------------------------------------------------------------


def test_a_visitor_enters_once_and_may_change_the_nickname(challenge: Challenge) -> None:
    entered = challenges.enter_challenge(challenge.code, "anna", "  Anna   B. ")
    assert entered.nickname == "Anna B."
    renamed = challenges.enter_challenge(challenge.code, "anna", "Annabel")
    assert renamed.id == entered.id
    assert challenges.students(challenge.code) == (renamed,)
    assert challenges.student_of(challenge.code, "anna") == renamed
    assert challenges.student_of(challenge.code, "ben") is None


@pytest.mark.parametrize("taken", ["Zoë", "zoë", "ZOË ", "Zoe\u0308", "\uff3aoë"])
def test_nicknames_are_unique(challenge: Challenge, taken: str) -> None:
    challenges.enter_challenge(challenge.code, "anna", "Zoë")
    with pytest.raises(ConfigError, match="is taken"):
        challenges.enter_challenge(challenge.code, "ben", taken)


@pytest.mark.parametrize(
    ("known", "taken"),
    [
        ("Anna", "A.n-n a"),
        ("Anna", "\u00c1nna"),
        ("Oscar", "0scar"),
        ("Ilse", "llse"),
        ("Ilse", "1lse"),
        ("Pax", "\u0420\u0430\u0445"),  # Cyrillic
        ("NIKO", "\u039d\u0399\u039a\u039f"),  # Greek
    ],
)
def test_a_nickname_that_looks_like_another_is_refused(challenge: Challenge, known: str, taken: str) -> None:
    challenges.enter_challenge(challenge.code, "anna", known)
    with pytest.raises(ConfigError, match="looks like one that is"):
        challenges.enter_challenge(challenge.code, "ben", taken)


@pytest.mark.parametrize("nickname", ["\u0410nna", "Ann\u03b1", "Ben\u0581", "\u05d0\u0430"])
def test_letters_of_several_writing_systems_are_refused(challenge: Challenge, nickname: str) -> None:
    with pytest.raises(ConfigError, match="one writing system"):
        challenges.enter_challenge(challenge.code, "ben", nickname)


@pytest.mark.parametrize(
    "blank", ["\u3164", "\u115f", "\u1160", "\uffa0", "\u034f", "\u17b5", "\ufe0f", "\u180b", "\U000e0100", "\u200b"]
)
def test_invisible_letters_are_refused(challenge: Challenge, blank: str) -> None:
    for nickname in (blank, f"Anna{blank}"):
        with pytest.raises(ConfigError, match="A nickname has letters"):
            challenges.enter_challenge(challenge.code, "ben", nickname)


@pytest.mark.parametrize(
    "nickname", ["", "  ", "x" * 25, "<b>Ben</b>", "[Ben](x)", "a\u202eb", ":home:", "$x$", "--", "Ben\0"]
)
def test_nicknames_without_letters_or_with_markup_are_refused(challenge: Challenge, nickname: str) -> None:
    with pytest.raises(ConfigError, match=r"[Nn]ickname"):
        challenges.enter_challenge(challenge.code, "ben", nickname)
    assert challenges.students(challenge.code) == ()


@pytest.mark.parametrize(
    "nickname",
    [
        "Ben",
        "O'Neil",
        "Anna-Lena",
        "小明",
        "Ken 健",
        "ハナ子",
        "민준",
        "हिंदी",
        "J. 2",
        "Алёна",
        "علی ۲",
        "\u02bbIolana",
    ],
)
def test_nicknames_of_all_scripts_are_taken(challenge: Challenge, nickname: str) -> None:
    assert challenges.enter_challenge(challenge.code, "ben", nickname).nickname == nickname


def test_many_enter_at_once(challenge: Challenge) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: challenges.enter_challenge(challenge.code, f"owner {n}", f"Student {n}"), range(32)))
    students = challenges.students(challenge.code)
    assert len({student.id for student in students}) == len({student.nickname for student in students}) == 32


def test_a_nickname_is_given_to_one_of_those_who_want_it_at_once(challenge: Challenge) -> None:
    def enter(number: int) -> bool:
        try:
            challenges.enter_challenge(challenge.code, f"owner {number}", "Same")
        except ConfigError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(8))) == 1


def test_a_full_challenge_refuses_new_students_only(challenge: Challenge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenges.store, "MAX_STUDENTS", 1)
    challenges.enter_challenge(challenge.code, "anna", "Anna")
    challenges.enter_challenge(challenge.code, "anna", "Annabel")
    with pytest.raises(ConfigError, match="1 visitors have entered, which is the limit"):
        challenges.enter_challenge(challenge.code, "ben", "Ben")


def test_each_change_is_seen_whatever_the_clock_says(challenge: Challenge, folder: Path) -> None:
    versions = []
    for nickname in ("Anna", "Hanna", "Anna"):
        challenges.enter_challenge(challenge.code, "anna", nickname)
        for path in (folder, folder / "submissions", *folder.iterdir()):
            os.utime(path, ns=(0, 0))
        versions.append(challenges.version(challenge.code))
    assert versions[0] == versions[2] != versions[1]


# --- closing and deleting ---------------------------------------------------------------------------------------------


def test_a_closed_challenge_can_not_be_entered_until_it_is_opened_again(challenge: Challenge) -> None:
    before = challenges.version(challenge.code)
    challenges.set_open(challenge.code, False)
    assert challenges.version(challenge.code) != before
    assert challenges.challenge_state(challenges.find_challenge(challenge.code)) == "closed"
    with pytest.raises(ConfigError, match="is closed"):
        challenges.enter_challenge(challenge.code, "anna", "Anna")
    challenges.set_open(challenge.code, True)
    challenges.enter_challenge(challenge.code, "anna", "Anna")


def test_a_deleted_challenge_is_gone(challenge: Challenge, folder: Path) -> None:
    challenges.delete_challenge(challenge.code)
    assert not folder.exists()
    assert challenges.list_challenges() == []
    with pytest.raises(ConfigError):
        challenges.students(challenge.code)


def test_there_are_not_too_many_challenges(
    challenge: Challenge, bundled: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenges.store, "MAX_CHALLENGES", 1)
    with pytest.raises(ConfigError, match="1 challenges already; delete one"):
        challenges.open_challenge(bundled, CONFIG)


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"code": 3}'])
def test_a_damaged_challenge_says_so_and_can_be_deleted(challenge: Challenge, folder: Path, content: bytes) -> None:
    (folder / "challenge.json").write_bytes(content)
    (damaged,) = challenges.list_challenges()
    assert isinstance(damaged, DamagedChallenge)
    assert damaged.reason.startswith("challenge.json is damaged")
    with pytest.raises(DamagedFileError, match=r"challenge\.json is damaged"):
        challenges.find_challenge(challenge.code)
    challenges.delete_challenge(challenge.code)
    assert challenges.list_challenges() == []


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100])
def test_a_damaged_dataset_says_so(challenge: Challenge, folder: Path, content: bytes) -> None:
    (folder / "dataset.npz").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"dataset\.npz is damaged"):
        challenges.student_dataset(challenge.code)


def test_damaged_students_say_so(challenge: Challenge, folder: Path) -> None:
    (folder / "students.json").write_text('[{"id": 1}]')
    with pytest.raises(DamagedFileError, match=r"students\.json is damaged"):
        challenges.students(challenge.code)


def test_there_is_room_for_all_students() -> None:
    assert limits.MAX_STUDENTS * 300 < 1_000_000  # bytes that students.json may have
