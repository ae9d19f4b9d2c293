"""What people are told about the engine: its states, and each way it can fail in plain words."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.engine.protocol import PROTOCOL, Failure

OFF = "off"
STARTING = "starting"
READY = "ready"
BUSY = "busy"
FAILED = "failed"


def setup_advice() -> str:
    """Return where the engine is set up."""
    return _tr("Open Settings > Options > Evenbeat: it shows what to type, and checks it.")


def missing(variable: str) -> Failure:
    """Say that no Python was found that could have the engine."""
    text = _tr(
        "The Evenbeat engine was not found: no Python with Evenbeat in the usual places, no "
        "{variable}, no evenbeat on the path."
    ).format(variable=variable)
    return Failure("EngineMissing", text, setup_advice(), 2)


def not_startable(python: str, reason: str) -> Failure:
    """Say that the operating system did not start the program."""
    text = _tr("{python} could not be started: {reason}.").format(python=python, reason=reason)
    return Failure("EngineMissing", text, setup_advice(), 2)


def ended_early(python: str, words: str) -> Failure:
    """Say that it ended before it answered the greeting."""
    text = _tr("{python} ended before it answered ({words}).").format(python=python, words=words)
    return Failure("EngineMissing", text, setup_advice(), 2)


def without_engine(python: str) -> Failure:
    """Say that it is a Python, but Evenbeat is not installed in it."""
    text = _tr("{python} is a Python, but Evenbeat is not installed in it.").format(python=python)
    advice = _tr(
        "In the folder of Evenbeat's sources, type: {command} Or choose another Python."
    ).format(command=f'"{python}" -m pip install -c constraints.txt .')
    return Failure("EngineMissing", text, f"{advice} {setup_advice()}", 2)


def silent(python: str, seconds: float) -> Failure:
    """Say that it started and did not answer the greeting."""
    text = _tr("{python} started, but did not answer within {seconds:.0f} seconds.").format(
        python=python, seconds=seconds
    )
    return Failure("EngineSilent", text, _is_it_evenbeat(), 2)


def garbled(python: str, text: str) -> Failure:
    """Say that what it wrote is not the protocol."""
    shown = text if len(text) <= 120 else text[:120] + "..."
    told = _tr("{python} wrote what is not the engine's language: {shown!r}.").format(
        python=python, shown=shown
    )
    return Failure("EngineGarbled", told, _is_it_evenbeat(), 2)


def wrong_protocol(spoken: object, version: str) -> Failure:
    """Say that engine and plugin do not belong together."""
    newer = isinstance(spoken, int) and spoken > PROTOCOL
    text = _tr("The engine {version} speaks protocol {spoken}, this plugin speaks {own}.").format(
        version=version, spoken=spoken, own=PROTOCOL
    )
    advice = (
        _tr("Update the plugin in Plugins > Manage and Install Plugins.")
        if newer
        else _tr("Update the engine: install it again from the sources of this plugin's version.")
    )
    return Failure("WrongProtocol", text.replace("  ", " "), advice, 2)


def crashed(code: int, last_words: str, *, killed_from_outside: bool) -> Failure:
    """Say that the process ended in the middle of an operation."""
    text = (
        _tr("The engine was ended from outside in the middle of its work.")
        if killed_from_outside
        else _tr("The engine ended with code {code} in the middle of its work.").format(code=code)
    )
    if last_words:
        text += " " + _tr("Its last words: {words}").format(words=last_words)
    advice = _tr(
        "QGIS and the workspace are unharmed; start it again. Where it happens again, it may lack "
        "memory: close other programs, or report it with the log messages of the Evenbeat tab."
    )
    return Failure("EngineCrashed", text, advice, 1)


def cancelled(stopped: bool) -> Failure:
    """Say that somebody wanted it to end."""
    text = _tr("Cancelled; what was finished stands.")
    if stopped:
        text += " " + _tr("The engine did not answer and was stopped.")
    return Failure("Cancelled", text, "", 130)


def _is_it_evenbeat() -> str:
    return f"{_tr('Is it a Python with Evenbeat?')} {setup_advice()}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Engine", text)
