"""A real PostgreSQL with PostGIS for tests, started from the system's packages."""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

_ROOT = 0
_DATABASE = "evenbeat"


@dataclass
class Server:
    """A running server; it listens on a unix socket in a folder of its own and nowhere else."""

    folder: Path
    options: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def url(self, database, *, user="postgres"):
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def administer(self, *statements, database=_DATABASE):
        """Run statements as an administrator, each at once."""
        engine = sa.create_engine(self.url(database), poolclass=sa.pool.NullPool)
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def start(self):
        settings = f"-c listen_addresses= -c unix_socket_directories={self.folder} {self.options}"
        _control(self.folder, "-o", settings, "-l", self.folder / "log", "start")

    def stop(self):
        """Stop as in a crash: what was not written through is lost."""
        _control(self.folder, "-m", "immediate", "stop")

    def new_store(self):
        """Return the URL of a place with PostGIS where nothing of ours is yet.

        A schema of its own, because a database of its own costs hundreds of files each time.
        """
        name = f"store_{next(self._numbers)}"
        self.administer(f"CREATE SCHEMA {name}")
        return f"{self.url(_DATABASE)}&options=-csearch_path%3D{name},public"


def programs():
    """Return the folder of the newest server with PostGIS, or None."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    with_postgis = [
        path.parent
        for path in found
        if Path(f"/usr/share/postgresql/{path.parts[-3]}/extension/postgis.control").is_file()
    ]
    return max(with_postgis, key=lambda path: int(path.parts[-2]), default=None)


@contextlib.contextmanager
def running_server(*, parent=None, options=""):
    """Yield a server on a new cluster; stop it and remove everything afterwards.

    Its settings are those of a real one, so a commit waits until it is written through; where
    there is a folder in memory the cluster is there, which makes that quick, unless ``parent``
    names another.
    """
    binaries = programs()
    assert binaries is not None, "install postgresql and its postgis package"
    # Not in pytest's folder: that is closed to the user that the server must run as.
    folder = Path(tempfile.mkdtemp(prefix="evenbeat-pg-", dir=parent or _quick_folder()))
    try:
        if os.geteuid() == _ROOT:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        _run(
            binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        server = Server(folder, options)
        server.start()
        try:
            server.administer(f"CREATE DATABASE {_DATABASE}", database="postgres")
            server.administer("CREATE EXTENSION postgis")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _quick_folder():
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else None


def _control(folder, *arguments):
    _run(programs() / "pg_ctl", "-D", folder / "data", "-w", *arguments)


def _run(*command):
    """Run a program of the server, as its own user where this is root, which it refuses."""
    prefix = ("runuser", "-u", "postgres", "--") if os.geteuid() == _ROOT else ()
    done = subprocess.run(
        [*prefix, *map(str, command)], check=False, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
