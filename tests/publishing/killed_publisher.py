"""Publish again and again in child processes that are killed at random moments.

Usage: killed_publisher.py FOLDER KILLS SEED [URL RECORD]; with a URL the folder is copied there.
After each kill the next publication ends by itself. Prints what happened as JSON.
"""

import datetime as dt
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import published_city as city

from evenbeat.core.store.publication import prune_publication, publish_day
from evenbeat.core.store.remote.objects import Objects
from evenbeat.core.store.remote.upload import upload_publication

RUNS = 3
NOW = dt.datetime(2017, 1, 4, tzinfo=dt.UTC)


def arguments(number):
    """Return one of the runs of the day."""
    run = number % RUNS
    plan = city.assignments(city.grid(), status=dict.fromkeys(city.CALENDAR.names, "approved"))
    return city.arguments(run_id=f"run-{run}", seed=10 + run, plan=plan, crime_types=("robbery",))


def publish(folder, number, url, record):
    """Publish one of the runs as the command does."""
    publish_day(folder, **arguments(number))
    prune_publication(folder, keep_days=90, now=NOW)
    if url is not None:
        upload_publication(folder, Objects(url), record=Path(record), now=NOW)


def in_child(work, *, seconds=None):
    """Run a function in a child, killed after so many seconds; return how it ended."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}"


def undisturbed_seconds(url, record):
    """Return how long a publication takes that nobody disturbs, on another folder."""
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        elsewhere = None if url is None else f"{url}-trial"
        ended = in_child(lambda: publish(Path(name), 0, elsewhere, f"{record}-trial"))
        assert ended == "ended 0", ended
        return time.perf_counter() - started


def main(folder, kills, seed, url=None, record=None):
    """Kill, finish, and look for what was left; once for each kill."""
    span, moments = undisturbed_seconds(url, record), random.Random(seed)
    killed, finished, left = [], [], []
    for number in range(kills):
        seconds = moments.uniform(0.0, span)
        killed.append(in_child(lambda n=number: publish(folder, n, url, record), seconds=seconds))
        finished.append(in_child(lambda n=number: publish(folder, n + 1, url, record)))
        left += [path.name for path in folder.rglob(".writing-*")]
    print(json.dumps({"span": span, "killed": killed, "finished": finished, "left": left}))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), int(given[1]), int(given[2]), *given[3:])
