"""The panel at the end of a page, in which the operator makes lesson links of it."""

import streamlit as st

from genre_core import escaping, runs
from genre_core.classroom.lessons import MAX_TEXT_LENGTH, MAX_TITLE_LENGTH, Lesson, Lessons
from genre_core.datasets import BUNDLED, Dataset
from genre_core.datasets.stored import StoredDataset
from genre_core.errors import GenreLabError
from ui import cached, qr, shell, visitors
from ui.lessons import opened
from ui.lessons.controls import Control, controls_of
from ui.state import Keys

_TITLE, _TEXT, _VISIBLE = "lesson_title", "lesson_text", "lesson_visible"
_SHOWN, _PROBLEM = "lesson_shown", "lesson_problem"
"""The code of the lesson whose link is shown, and why none could be made."""


def show() -> None:
    """Show the panel to the operator; others, and those who have a lesson open here, see nothing."""
    if not visitors.current().is_operator or opened.current() is not None:
        return
    page = opened.page()
    panel = st.expander("Lesson link", icon=":material/school:", key=f"lesson_panel_{page}", on_change="rerun")
    if panel.open:
        with panel, shell.messages():
            _show_new(page)
            _show_stored(page)


def _show_new(page: str) -> None:
    """The title, the text and the controls of a new lesson."""
    st.caption("A lesson link opens this page as it is set up now, with the controls that you choose.")
    values = opened.values()
    controls = [control for control in controls_of(page) if not control.of or control.name in values]
    dataset = _stored_name(st.session_state[Keys.DATASET]) if _has_dataset(controls) else ""
    if dataset is None:
        shell.show_problem(
            "A lesson link can't hold this dataset; choose the bundled dataset or a stored one.", kind="info"
        )
    for warning in _warnings(values, dataset):
        shell.show_problem(warning, kind="warning")
    st.text_input("Title", key=_TITLE, max_chars=MAX_TITLE_LENGTH, placeholder="Random or track split?")
    st.text_area(
        "Text for the students",
        key=_TEXT,
        max_chars=MAX_TEXT_LENGTH,
        placeholder="What to do, in a few sentences (optional)",
        height=100,
    )
    labels = {control.name: control.label for control in controls}
    key = f"{_VISIBLE}_{page}_{values.get('model', '')}"
    st.multiselect(
        "Controls that students see",
        list(labels),
        default=list(labels),
        format_func=labels.__getitem__,
        key=key,
        placeholder="No controls",
        help="All other controls keep their present values.",
    )
    st.button(
        "Create the lesson link",
        icon=":material/add_link:",
        key="lesson_create",
        on_click=_create,
        args=(page, key, tuple(labels), dataset, _gathered_features(dataset)),
        disabled=dataset is None,
    )
    if message := st.session_state.pop(_PROBLEM, None):
        shell.show_problem(message)


def _create(page: str, visible: str, names: tuple[str, ...], dataset: str, features: str) -> None:
    """Store the lesson that the panel describes; `visible` is the key of the chosen controls."""
    state = st.session_state
    if not visitors.current().is_operator:
        return
    hidden = [name for name in names if name not in state[visible]]
    try:
        lesson = Lessons().create(
            page,
            state[_TITLE],
            text=state[_TEXT],
            parameters=opened.values(),
            dataset=dataset,
            features=features,
            hidden=hidden,
        )
    except GenreLabError as error:
        state[_PROBLEM] = str(error)
        return
    state[_SHOWN] = lesson.code
    state[_TITLE] = state[_TEXT] = ""


def _has_dataset(controls: list[Control]) -> bool:
    return any(control.name == "dataset" for control in controls)


def _stored_name(dataset: Dataset | None) -> str | None:
    """The name of the stored or gathered dataset that is in use, empty for the bundled one; None for others."""
    if dataset is None or dataset.name == BUNDLED:
        return ""
    visible = cached.visible_datasets()
    if dataset.gathered:
        return dataset.gathered if any(facts.name == dataset.gathered for facts in visible) else None
    alike = [facts for facts in visible if facts.title == dataset.name and isinstance(facts, StoredDataset)]
    jobs = [cached.open_dataset(facts.name) for facts in alike]
    if jobs and not cached.ready(jobs, "Reading the dataset"):
        return None
    for facts, job in zip(alike, jobs, strict=True):
        if job.result is not None and cached.digest(job.result) == cached.digest(dataset):
            return facts.name
    return None


def _gathered_features(name: str | None) -> str:
    """The feature set in which a gathered dataset is in use; empty for others."""
    dataset = st.session_state[Keys.DATASET]
    return dataset.features if name and dataset is not None and dataset.gathered == name else ""


def _warnings(values: dict[str, str], dataset: str | None) -> list[str]:
    """Say what students can't see of the run and the dataset in use."""
    if not visitors.is_served():
        return []
    warnings = []
    if "run" in values:
        info = cached.run(values["run"]).info
        if not (info.shared or runs.is_bundled(info)):
            warnings.append("Students do not see this run; share it with the class on Compare.")
    if dataset and not cached.stored_dataset(dataset).shared:
        warnings.append("Students do not see this dataset; share it with the class under Change dataset.")
    return warnings


def _show_stored(page: str) -> None:
    """The lessons of this page, with the link of one of them."""
    lessons = Lessons().of_page(page)
    if not lessons:
        return
    st.markdown("**Lessons on this page**")
    for lesson in lessons:
        with st.container(horizontal=True, vertical_alignment="center", key=f"lesson_row_{lesson.code}"):
            st.markdown(f"{escaping.markdown(lesson.title)} · `{lesson.code}`", width="content")
            is_shown = st.session_state.get(_SHOWN) == lesson.code
            st.button(
                "Hide link" if is_shown else "Show link",
                icon=":material/qr_code:",
                type="tertiary",
                key=f"lesson_show_{lesson.code}",
                on_click=_set_shown,
                args=(None if is_shown else lesson.code,),
            )
            st.button(
                "Delete",
                icon=":material/delete:",
                type="tertiary",
                key=f"lesson_delete_{lesson.code}",
                on_click=_delete,
                args=(lesson.code,),
                help="The link stops working.",
            )
        if is_shown:
            _show_link(lesson)


def _show_link(lesson: Lesson) -> None:
    qr.show(visitors.public_url(f"{lesson.page}?{opened.PARAMETER}={lesson.code}"), escaping.markdown(lesson.title))
    if not visitors.is_served():
        st.caption("To let a class open this link, start the dashboard with `genre-lab app --serve`.")


def _set_shown(code: str | None) -> None:
    st.session_state[_SHOWN] = code


def _delete(code: str) -> None:
    if visitors.current().is_operator:
        try:
            Lessons().delete(code)
        except GenreLabError as error:
            st.session_state[_PROBLEM] = str(error)
