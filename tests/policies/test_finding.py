"""A policy is found in one way, wherever it is named."""

from pathlib import Path

import pytest

from policies.finding import NoPolicy, find_policy
from policies.load import shipped_policy
from policies.problems import SourceError

MINE = "policy: {name}\nversion: 7\nsteps: [{{id: one, when: {{after_due: 1d}}, send: email}}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of own policies, beside the one where one stands."""
    there, here = tmp_path / "there", tmp_path / "here"
    for each in (there, here):
        (each / "ladders").mkdir(parents=True)
    monkeypatch.chdir(here)
    return there


def wrote(place: Path, name: str) -> None:
    place.write_text(MINE.format(name=name), encoding="utf-8")


def test_a_name_is_a_file_beside_and_then_a_shipped_policy(folder: Path) -> None:
    assert find_policy("nl-business", folder) == shipped_policy("nl-business")
    wrote(folder / "nl-business.yaml", "nl-business")
    assert find_policy("nl-business", folder).version == 7
    wrote(folder / "mine", "mine")
    assert find_policy("mine", folder).policy == "mine"


def test_a_name_is_not_looked_for_where_one_stands_and_is_no_folder(folder: Path) -> None:
    wrote(Path("mine.yaml"), "mine")
    (folder / "mine").mkdir()
    with pytest.raises(NoPolicy):
        find_policy("mine", folder)


def test_a_path_is_tried_from_the_folder_and_then_from_where_one_stands(folder: Path) -> None:
    wrote(Path("ladders/mine.yaml"), "here")
    assert find_policy("ladders/mine.yaml", folder).policy == "here"
    wrote(folder / "ladders" / "mine.yaml", "there")
    assert find_policy("ladders/mine.yaml", folder).policy == "there"
    assert find_policy("ladders/mine", folder).policy == "there"


def test_the_path_of_a_shipped_policy_means_it_also_without_the_checkout(folder: Path) -> None:
    assert find_policy("policies/nl-business.yaml", folder) == shipped_policy("nl-business")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "nl-busines",
            "nl-busines: there is no file nl-busines.yaml in FOLDER, and no policy of this name is shipped; "
            "did you mean nl-business?",
        ),
        ("own", "; did you mean owm?"),
        ("gone.yaml", "gone.yaml: there is no such policy file (tried FOLDER/gone.yaml and gone.yaml)"),
        ("x" * 3000, "and no policy of this name is shipped; known: owm, be-business, "),
    ],
)
def test_what_is_nowhere_is_told_with_where_it_was_looked_for(folder: Path, name: str, said: str) -> None:
    with pytest.raises(NoPolicy) as nowhere:
        find_policy(name, folder, besides=("owm",))
    assert said.replace("FOLDER", str(folder)) in str(nowhere.value)


def test_a_file_that_is_there_and_wrong_is_no_shipped_policy(folder: Path) -> None:
    (folder / "nl-business.yaml").write_text("policy: [\n", encoding="utf-8")
    with pytest.raises(SourceError) as wrong:
        find_policy("nl-business", folder)
    assert not isinstance(wrong.value, NoPolicy)
