"""Both languages are complete: nothing untranslated, nothing Chinese left in the English."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "translations"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def messages():
    for context in ElementTree.parse(FOLDER / "zongji_en.ts").getroot().iter("context"):
        for message in context.iter("message"):
            yield context.findtext("name"), message.findtext("source"), message.find("translation")


@pytest.mark.req("X2")
def test_every_sentence_is_in_english_too():
    for context, source, translation in messages():
        text = "".join(translation.itertext()).strip()
        assert text and translation.get("type") is None, (context, source)
        assert not CHINESE.search(text), (context, source, text)


def test_placeholders_are_the_same_in_both_languages():
    for context, source, translation in messages():
        for text in [form.text for form in translation] or [translation.text]:
            assert set(re.findall(r"\{\w+\}", source)) >= set(re.findall(r"\{\w+\}", text)), (context, source)


def test_the_shipped_translation_is_the_present_one(qapp):
    translator = QTranslator()
    assert translator.load("zongji_en", str(FOLDER))
    for context, source, translation in messages():
        if len(translation) == 0:
            assert translator.translate(context, source) == translation.text, (context, source)


def test_every_sentence_of_the_source_is_known_to_the_translation():
    known = {source for _, source, _ in messages()}
    root = FOLDER.parents[1] / "app" / "desktop"
    for path in root.rglob("*.py"):
        for sentence in re.findall(r"\btr\(\s*\"([^\"]+)\"", path.read_text("utf-8")):
            assert sentence in known, (path.name, sentence)
