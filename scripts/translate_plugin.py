"""Brings the plugin's translations up to date with its texts, and compiles them.

Run: python3 scripts/translate_plugin.py. Finished translations are kept; new texts are added as
unfinished and counted; texts that are gone are dropped. Translate them in Qt Linguist or in the
file, and run it again. Compiling needs Qt's lrelease (on Debian: apt-get install
qttools5-dev-tools). A new language: python3 scripts/translate_plugin.py pt.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from plugin_texts import SOURCE, Text, texts

FOLDER = SOURCE / "i18n"


def read(path: Path) -> dict[Text, str]:
    """Return the finished translations of a file by context and text."""
    if not path.is_file():
        return {}
    found = {}
    for context in ElementTree.parse(path).iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.text and translation.get("type") is None:
                key = context.findtext("name") or "", message.findtext("source") or ""
                found[key] = translation.text
    return found


def merge(wanted: list[Text], known: dict[Text, str]) -> dict[Text, str]:
    """Return a translation for each text, "" where there is none; other contexts help out."""
    elsewhere = {text: translation for (_context, text), translation in known.items()}
    return {key: known.get(key, elsewhere.get(key[1], "")) for key in wanted}


def write(path: Path, language: str, translations: dict[Text, str]) -> None:
    """Write a translation as Qt Linguist reads it."""
    top = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    for (name, text), translation in translations.items():
        if name not in contexts:
            contexts[name] = ElementTree.SubElement(top, "context")
            ElementTree.SubElement(contexts[name], "name").text = name
        message = ElementTree.SubElement(contexts[name], "message")
        ElementTree.SubElement(message, "source").text = text
        translated = ElementTree.SubElement(message, "translation")
        translated.text = translation
        if not translation:
            translated.set("type", "unfinished")
    ElementTree.indent(top, " ")
    body = ElementTree.tostring(top, "unicode")
    header = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(f"{header}{body}\n", "utf-8")


def compile_all() -> bool:
    """Compile every translation; False where there is no lrelease."""
    program = shutil.which("lrelease")
    if program is None:
        return False
    for path in sorted(FOLDER.glob("*.ts")):
        command = [program, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))]
        subprocess.run(command, check=True)
    return True


def main(languages: list[str]) -> int:
    """Update and compile; return 1 where a translation is not complete."""
    for one in languages:
        if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", one):
            print((__doc__ or "").strip())
            print(f"\n'{one}' is no language; es or pt_BR are.", file=sys.stderr)
            return 2
    FOLDER.mkdir(exist_ok=True)
    wanted = texts()
    paths = {*FOLDER.glob("evenbeat_*.ts"), *(FOLDER / f"evenbeat_{one}.ts" for one in languages)}
    missing = 0
    for path in sorted(paths):
        translations = merge(wanted, read(path))
        unfinished = sum(not translation for translation in translations.values())
        write(path, path.stem.removeprefix("evenbeat_"), translations)
        print(f"{path.name}: {len(translations)} texts, {unfinished} not translated")
        missing += unfinished
    if not compile_all():
        print("lrelease is missing, so nothing was compiled; on Debian: apt-get install "
              "qttools5-dev-tools", file=sys.stderr)  # fmt: skip
        return 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
