"""Names from data that become names of files: harmless, short, and different from each other."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.file_names import distinct_filenames, extension_of, safe_filename, with_extension
from tests.rows import in_rows

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("/\\.:\x00\n\u202e\u2066\u200b\u3164 -~%|<>?*\"'CONconAUXnulLPT1²éß中"),
    ),
    max_size=300,
)
DEVICES = ("con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"))


@given(HOSTILE)
@example("CON")
@example("nul.tar.gz")
@example("COM¹ .pdf")
@example("." * 200)
@example("\u3164\u115f")
@example("factuur\u202efdp.exe")
@example("é" * 400 + ".pdf")
@example("e\u0301" * 400 + ".pdf")
@example("-rf *")
@example("a" + " " * 300 + ".pdf")
def test_any_text_becomes_one_harmless_name_that_stays_as_it_is(text: str) -> None:
    name = safe_filename(text, otherwise="document")
    assert 0 < len(name.encode("utf-8")) <= 120
    assert not set(name) & set('/\\:*?"<>|')
    assert not [char for char in name if unicodedata.category(char)[0] in "CZ" and char != " "]
    assert name[0] not in ".- "
    assert name[-1] not in ". "
    assert name.split(".")[0].rstrip().lower() not in DEVICES
    assert safe_filename(name, otherwise="other") == name
    assert unicodedata.normalize("NFC", name) == name


@in_rows(
    ("text", "name"),
    [
        ("Factuur 2026-001 (kopie).pdf", "Factuur 2026-001 (kopie).pdf"),
        ("Rekening Ångström.pdf", "Rekening Ångström.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Users\\x\\f.pdf", "C_ Users x f.pdf"),
        ("factuur\u202efdp.exe", "factuur_fdp.exe"),
        ("con.pdf", "_con.pdf"),
        ("Aux", "_Aux"),
        ("CONSTANT.pdf", "CONSTANT.pdf"),
        (".htaccess", "htaccess"),
        ("x.pdf. . ", "x.pdf"),
        ("\u3164", "_"),
        ("...", "document"),
        ("", "document"),
    ],
)
def test_what_becomes_of_a_name(text: str, name: str) -> None:
    assert safe_filename(text, otherwise="document") == name


@given(st.text(st.sampled_from("aé中 ."), min_size=130, max_size=300))
def test_a_name_that_is_too_long_keeps_its_extension(stem: str) -> None:
    assert safe_filename(f"x{stem}y.pdf", otherwise="d").endswith(".pdf")


@given(st.lists(HOSTILE, max_size=12), st.sampled_from(["", ".pdf"]))
@example(["a", "A", "a (2)", "ﬁ", "FI"], ".pdf")
@example(["x" * 200] * 11, ".pdf")
@example(["straße", "STRASSE"], "")
def test_names_differ_also_where_capitals_do_not_count(texts: list[str], ending: str) -> None:
    names = [safe_filename(f"{text}{ending}", otherwise="document") for text in texts]
    distinct = distinct_filenames(names)
    assert len(distinct) == len(names)
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in distinct}) == len(names)
    assert all(len(name.encode()) <= 120 for name in distinct)
    assert all(safe_filename(name, otherwise="other") == name for name in distinct)
    assert distinct_filenames(distinct) == distinct


@pytest.mark.parametrize(
    ("name", "media_type", "ends"),
    [
        ("factuur.PDF", "application/pdf", "factuur.PDF"),
        ("factuur.exe", "application/pdf", "factuur.exe.pdf"),
        ("foto.jpeg", "image/jpeg", "foto.jpeg"),
        ("foto", "image/png; charset=binary", "foto.png"),
        ("what", "application/x-unknown", "what"),
    ],
)
def test_a_name_ends_as_what_it_is(name: str, media_type: str, ends: str) -> None:
    assert with_extension(name, media_type) == ends


def test_every_file_has_an_extension() -> None:
    assert (extension_of("Application/PDF"), extension_of("application/x-unknown")) == (".pdf", ".bin")
