"""The catalogues: complete, compiled from what is committed, with the placeholders that the source gives."""

import importlib.util
import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from paribus.words.korean import PARTICLES

ROOT = Path(__file__).resolve().parents[2]
KOREAN = ROOT / "src/paribus/words/locale/ko/LC_MESSAGES/paribus.po"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compile_messages", ROOT / "tools/compile_messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with KOREAN.open("rb") as file:
        return read_po(file, locale="ko", domain="paribus")


def _texts(message: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message)


def _fields(text: str) -> dict[str, str]:
    """Placeholders of a format string with their format specs."""
    parsed = string.Formatter().parse(text)
    return {name: (f"!{converted}" if converted else "") + (spec or "") for _, name, spec, converted in parsed if name}


def test_the_catalogue_has_just_the_messages_of_the_source(tool: ModuleType, catalog: Catalog) -> None:
    used = {tuple(_texts(message.id)) for message in tool.messages() if message.id}
    kept = {tuple(_texts(message.id)) for message in catalog if message.id}
    assert len(used) > 150
    assert kept == used
    assert not catalog.obsolete


def test_every_message_is_translated_by_a_person(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(_texts(message.string)), message.id


def test_translations_have_the_same_placeholders(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            for id_ in _texts(message.id):
                for translation in _texts(message.string):
                    assert set(_fields(translation)) == set(_fields(id_)), message.id
                    assert translation.count("\n") == id_.count("\n"), message.id


def test_korean_adds_particles_and_changes_no_other_format(catalog: Catalog) -> None:
    for message in catalog:
        for translation in _texts(message.string) if message.id else []:
            english = _fields(_texts(message.id)[-1])
            for name, spec in _fields(translation).items():
                assert next((spec.removesuffix(p) for p in PARTICLES if spec.endswith(p)), spec) == english[name]


def test_korean_never_fixes_a_particle_after_a_name(catalog: Catalog) -> None:
    """`{arm}는` is right for some arms only. After a unit or a number's counter the particle is known."""
    sure = {
        "best",
        "other",
        "interval",
        "accuracy",
        "signed",
        "ends",
    }  # end in a percent sign, or in a bracket after `%p`

    def faulty(message: Message) -> bool:
        pieces = list(string.Formatter().parse(_texts(message.string)[0]))
        following = [text for text, _, _, _ in pieces[1:]]
        return any(
            name is not None and not spec and name not in sure and text[:1] in tuple("은는이가을를와과")
            for (_, name, spec, _), text in zip(pieces, following, strict=False)
        )

    assert [message.id for message in catalog if message.id and faulty(message)] == []


def test_the_compiled_catalogue_is_a_fresh_compile_of_the_source(tool: ModuleType) -> None:
    assert KOREAN.with_suffix(".mo").read_bytes() == tool.mo_bytes(KOREAN.read_bytes(), "ko")


def test_the_tool_would_change_nothing(tool: ModuleType) -> None:
    assert tool.main(["--check"]) == 0
