"""Headless Chromium over its debugging pipe: enough to open a page, act on it and look at it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

_FLAGS = (
    "--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe", "--hide-scrollbars",
)  # fmt: skip


def find_browser() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


class Page:
    """One page.

    ``complaints`` collects what it wrote to the console as warning or error, ``addresses`` what it
    asked for.
    """

    def __init__(self, send, receive):
        self._send, self._receive, self._buffer = send, receive, b""
        self._number, self._session = 0, None
        self.complaints: list[str] = []
        self.addresses: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """Call a method of the DevTools protocol and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(60.0)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def open(self, address, *, width, height, mobile=False):
        """Open an address in a window of a size and wait until the page says it is ready."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if mobile else 1, mobile=mobile)  # fmt: skip
        self.call("Page.navigate", url="about:blank")  # else the former page may answer
        self.wait("location.href === 'about:blank'")
        self.call("Page.navigate", url=address)
        self.wait("document.body?.dataset.ready === 'yes'")

    def run(self, script):
        """Return the value of an expression in the page; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)  # fmt: skip
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def wait(self, condition, seconds=60.0):
        """Wait until an expression in the page is true."""
        end = time.monotonic() + seconds
        while not self._holds(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"{condition} stays false; the page says {self.complaints}")
            time.sleep(0.1)

    def _holds(self, condition):
        try:
            return self.run(f"Boolean({condition})")
        except RuntimeError:  # the page is just being replaced
            return False

    def press(self, key, code, number):
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code,
                      windowsVirtualKeyCode=number)  # fmt: skip

    def click(self, x, y):
        """Click a point of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path, *, whole=False):
        """Store what the window shows, or the whole page, as PNG."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(data["data"]))

    def _next(self, seconds):
        while b"\0" not in self._buffer:
            if not select.select([self._receive], [], [], seconds)[0]:
                raise TimeoutError("Chromium does not answer")
            read = os.read(self._receive, 1 << 20)
            if not read:
                raise ConnectionError("Chromium has ended")
            self._buffer += read
        message, self._buffer = self._buffer.split(b"\0", 1)
        answer = json.loads(message)
        self._listen(answer.get("method"), answer.get("params", {}))
        return answer

    def _listen(self, event, details):
        if event == "Runtime.exceptionThrown":
            thrown = details["exceptionDetails"]
            self.complaints.append(thrown.get("exception", {}).get("description", thrown["text"]))
        elif event == "Log.entryAdded" and details["entry"]["level"] in ("warning", "error"):
            self.complaints.append(details["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and details["type"] in ("warning", "error"):
            said = [item.get("value", item.get("description")) for item in details["args"]]
            self.complaints.append(" ".join(map(str, said)))
        elif event == "Network.requestWillBeSent":
            self.addresses.append(details["request"]["url"])
        elif event == "Network.responseReceived" and details["response"]["status"] >= 400:
            self.complaints.append(f"{details['response']['status']} {details['response']['url']}")


@contextlib.contextmanager
def open_browser(program):
    """Start a browser, yield its page, and end it."""
    to_read, send = os.pipe()
    receive, to_write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        shell = f'exec "$@" 3<&{to_read} 4>&{to_write}'
        command = ["bash", "-c", shell, "bash", program, *_FLAGS, f"--user-data-dir={profile}"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, pass_fds=(to_read, to_write), **quiet)
        os.close(to_read)
        os.close(to_write)
        try:
            yield Page(send, receive)
        finally:
            os.close(send)
            os.close(receive)
            process.terminate()
            process.wait(30)
