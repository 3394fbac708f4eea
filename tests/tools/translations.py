# SPDX-License-Identifier: GPL-2.0-or-later
"""Update the translations: `python -m tests.tools.translations` writes .ts and .qm files.

Source texts are those that the algorithms declare, which are read from the algorithms, and those
of windows and reports, which are read from the code. Existing translations are kept.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from superseg_plugin.gui.parameter_words import TEXTS
from superseg_plugin.pipeline.planning.estimate import PHRASES
from superseg_plugin.resources import MODELS, PACKAGE

CONTEXT = "SuperSeg"
FOLDER = PACKAGE / "i18n"
LANGUAGES = ("zh_CN",)
PLACES = ("plugin.py", "gui", "algorithms", "pipeline")
# The first argument of this is shown, too.
ENTRY = "Entry"


def window_texts():
    """Texts of windows, fields and reports: what `translate`, `tr` and `Entry` take, phrases."""
    found = [*PHRASES.values(), *TEXTS]
    for place in PLACES:
        path = PACKAGE / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                found += _texts_of(node)
    return list(dict.fromkeys(found))


def _texts_of(node):
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        # That of bytes has one argument.
        if name == "translate" and len(node.args) > 1:
            return _literals(node.args[1])
        if name in (ENTRY, "tr"):
            return _literals(node.args[0])
    return []


def _literals(node):
    """The text; "" for an entry's title, which is a literal elsewhere."""
    return [node.value] if isinstance(node, ast.Constant) else []


def algorithm_texts():
    """Texts of the algorithms and models, in their order."""
    from superseg_plugin.algorithms.shipped_model import ShippedModel
    from superseg_plugin.provider import ALGORITHMS

    found = []
    for kind in ALGORITHMS:
        algorithm = kind()
        algorithm.initAlgorithm()
        found += [kind.TITLE, kind.GROUP, *kind.TAGS, kind.SUMMARY, " ".join(kind.HELP.split())]
        found.append(kind.CANCELLED)
        for definition in algorithm.parameterDefinitions():
            found += [definition.description(), definition.help()]
        found += [output.description() for output in algorithm.outputDefinitions()]
    for path in sorted(MODELS.glob("*.model3")):
        model = ShippedModel(str(path))
        found += [model.displayName(), model.group()]
    return [text for text in dict.fromkeys(found) if text]


def read_translations(path):
    """The translations of a .ts file by source text."""
    if not path.is_file():
        return {}
    messages = ElementTree.parse(path).getroot().iter("message")
    pairs = ((message.findtext("source"), message.find("translation")) for message in messages)
    return {source: done.text or "" for source, done in pairs if done.get("type") is None}


def write_translations(path, language, texts, known):
    """Write a .ts file; texts without a translation are marked as unfinished."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en_US")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text in texts:
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = text
        done = ElementTree.SubElement(message, "translation")
        if known.get(text):
            done.text = known[text]
        else:
            done.set("type", "unfinished")
    ElementTree.indent(root)
    content = ElementTree.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(f"{head}{content}\n", encoding="utf-8")


def main():
    """Write all translations, and list missing ones."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    texts = list(dict.fromkeys([*window_texts(), *algorithm_texts()]))
    FOLDER.mkdir(exist_ok=True)
    missing = 0
    for language in LANGUAGES:
        path = FOLDER / f"superseg_{language}.ts"
        known = read_translations(path)
        write_translations(path, language, texts, known)
        lost = [text for text in texts if not known.get(text)]
        missing += len(lost)
        print(f"{path.name}: {len(texts)} texts, {len(lost)} not translated", flush=True)
        for text in lost:
            print(f"  {text[:100]}", flush=True)
        made = path.with_suffix(".qm")
        if shutil.which("lrelease") is None:
            sys.exit("lrelease is missing; apt-get install qttools5-dev-tools")
        subprocess.run(["lrelease", "-silent", str(path), "-qm", str(made)], check=True)
    sys.stdout.flush()
    # Ending QGIS from Python crashes some releases.
    os._exit(1 if missing else 0)


if __name__ == "__main__":
    main()
