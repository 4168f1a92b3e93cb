"""The one QApplication, dressed: fonts, style, palette, style sheet, Qt's own words."""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.desktop.theme.current import Look, choose, font
from app.desktop.theme.fonts import load_fonts
from app.desktop.theme.palette import palette
from app.desktop.theme.sheet import style_sheet

TRANSLATIONS = Path(__file__).parents[3] / "resources" / "translations"
_installed: list[QTranslator] = []


def application() -> QApplication:
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    made.setApplicationName("zongji")
    made.setOrganizationName("zongji")
    made.setStyle(QStyleFactory.create("Fusion"))
    load_fonts()
    return made


def dress(chosen: Look) -> None:
    """Put a look in force for everything built from now on."""
    choose(chosen)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setPalette(palette(chosen.tokens))
    app.setFont(font(14))
    app.setStyleSheet(style_sheet(chosen))


def speak(language: str) -> None:
    """`zh_CN` (the source language) or `en`; views built from now on are in it, Qt's own texts too."""
    for old in _installed:
        QCoreApplication.removeTranslator(old)
    _installed.clear()
    QLocale.setDefault(QLocale(language))
    QApplication.setApplicationDisplayName("总机" if language == "zh_CN" else "Zongji")
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, place in ((f"qtbase_{language}", folder), (f"zongji_{language}", str(TRANSLATIONS))):
        translator = QTranslator()
        if translator.load(name, place):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
