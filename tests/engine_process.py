"""A caller of the engine: a real process over pipes, every line held against the schema."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import jsonschema

SCHEMA = Path(__file__).parent.parent / "qgis_plugin" / "engine" / "protocol.schema.json"
COMMAND = (sys.executable, "-I", "-m", "evenbeat.core.engine")
PATIENCE_S = 300


class Refused(Exception):
    """The engine answered with an error."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.kind, self.message = error["kind"], error["message"]
        self.advice, self.exit_code = error["advice"], error["exit_code"]


@cache
def schema():
    """The published protocol."""
    return json.loads(SCHEMA.read_text("utf-8"))


@cache
def validator(reference):
    """A validator of one definition of the protocol."""
    return jsonschema.Draft202012Validator({"$ref": reference, "$defs": schema()["$defs"]})


class Engine:
    """One engine and its pipes.

    Parameters
    ----------
    folder
        Where its caches, its log and its stderr go.
    environ
        Variables besides those of the test.
    arguments
        Of its command line.
    prefix
        A command that starts the engine's, such as one that makes a folder read-only.
    """

    def __init__(self, folder, *, environ=None, arguments=(), prefix=(), actor="sue"):
        folder.mkdir(parents=True, exist_ok=True)
        variables = {
            **os.environ, "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"), "LOGNAME": actor, **(environ or {}),
        }  # fmt: skip
        self.stderr = folder / "stderr.txt"
        with self.stderr.open("ab") as stream:
            self.process = subprocess.Popen(
                [*prefix, *COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=stream, env=variables, cwd=folder,
            )  # fmt: skip
        self.asked = {}
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    def say(self, line):
        """Write bytes as they are."""
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def send(self, operation, /, **parameters):
        """Ask for an operation; return the id."""
        identity = f"request {len(self.asked) + 1}"
        self.asked[identity] = operation
        request = {"id": identity, "operation": operation, "parameters": parameters}
        self.say(json.dumps(request, default=str).encode() + b"\n")
        return identity

    def read(self):
        """Return the next message, which must be one of the protocol."""
        # A test that waits for a message that never comes must end.
        guard = threading.Timer(PATIENCE_S, self.process.kill)
        guard.start()
        line = self.process.stdout.readline()
        guard.cancel()
        assert line, f"the engine ended: {self.stderr.read_text()[-2000:]}"
        message = json.loads(line)
        self.seen.append(message)
        validator("#/$defs/Message").validate(message)
        if message["type"] == "result":
            declared = schema()["operations"][self.asked[message["id"]]]
            validator(declared["result"]["$ref"]).validate(message["result"])
        return message

    def end_of(self, identity):
        """Read until a request ends; return its result.

        Raises
        ------
        Refused
            It ended with an error.
        """
        while True:
            message = self.read()
            if message["id"] == identity and message["type"] == "result":
                return message["result"]
            if message["id"] == identity and message["type"] == "error":
                raise Refused(message["error"])

    def ask(self, operation, /, **parameters):
        """Ask and wait for the end."""
        return self.end_of(self.send(operation, **parameters))

    def notes(self):
        """All notes so far."""
        return [message["text"] for message in self.seen if message["type"] == "note"]

    def leave(self):
        """Close its input and wait until it ends; return its exit code."""
        self.process.stdin.close()
        return self.process.wait(timeout=60)
