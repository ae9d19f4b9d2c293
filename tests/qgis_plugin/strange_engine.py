"""An engine that misbehaves in the manner its argument names; for tests of the plugin's client."""

import json
import os
import signal
import sys
import threading
import time

MANNER = sys.argv[1]
HELLO = {"protocol": 1, "evenbeat": "0.0-strange", "python": "3.11", "packages": {},
         "operations": ["echo"], "self_test": []}  # fmt: skip


def say(identity, kind, **content):
    print(json.dumps({"id": identity, "type": kind, **content}), flush=True)


def greet(identity):
    if MANNER == "silent":
        return
    if MANNER == "garbage":
        print("Welcome to the calculator", flush=True)
        return
    if MANNER == "newer":
        error = {"kind": "WrongProtocol", "message": "This engine speaks protocol 2.",
                 "advice": "Update the plugin.", "exit_code": 2}  # fmt: skip
        say(identity, "error", error=error)
        return
    say(identity, "result", result=dict(HELLO, protocol=7 if MANNER == "liar" else 1))


def work(identity, operation, parameters):
    say(identity, "progress", stage="Working", fraction=0.25, remaining_seconds=None)
    say(identity, "note", text="A note.")
    if operation == "die":
        print("about to die of hunger", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if operation == "leave":
        print("ValueError: no more", file=sys.stderr, flush=True)
        os._exit(3)
    if operation == "chatter":
        print("a stray print", flush=True)
        print('["a", "list"]', flush=True)
        say(identity, "progress", stage="Working", fraction="much")
    if operation == "hang":
        if MANNER == "obedient":
            CANCELLED.wait()
            error = {"kind": "Cancelled", "message": "Cancelled.", "advice": "", "exit_code": 130}
            say(identity, "error", error=error)
            return
        time.sleep(600)
    say(identity, "result", result={"echo": parameters, "pid": os.getpid()})


CANCELLED = threading.Event()
WORKING = threading.Lock()


def working(*arguments):
    with WORKING:
        work(*arguments)


if MANNER == "dead":
    print("Fatal: broken installation", file=sys.stderr)
    sys.exit(1)
if MANNER == "without":
    print("/usr/bin/python: Error while finding module specification for 'evenbeat.core.engine' "
          "(ModuleNotFoundError: No module named 'evenbeat')", file=sys.stderr)  # fmt: skip
    sys.exit(1)
for line in sys.stdin:
    request = json.loads(line)
    if request["operation"] == "hello":
        greet(request["id"])
    elif request["operation"] == "cancel":
        CANCELLED.set()
    else:
        arguments = (request["id"], request["operation"], request["parameters"])
        threading.Thread(target=working, args=arguments, daemon=True).start()
os._exit(0)
