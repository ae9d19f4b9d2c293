"""Publish again and again in child processes that are killed at random moments.

Usage: killed_publisher.py TARGET ATTEMPTS SEED; prints how each attempt ended, as JSON.
"""

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

from evenbeat.core.store.publication import publish_day


def main(target: Path, attempts: int, seed: int) -> None:
    runs = [city.arguments(run_id=f"run-{number}", seed=10 + number) for number in range(3)]
    with tempfile.TemporaryDirectory() as elsewhere:
        started = time.perf_counter()
        publish_day(Path(elsewhere), **runs[0])
        undisturbed = time.perf_counter() - started
    moments = random.Random(seed)
    endings = []
    for attempt in range(attempts):
        child = os.fork()
        if child == 0:
            publish_day(target, **runs[attempt % len(runs)])
            os._exit(0)
        time.sleep(moments.uniform(0.0, 1.1 * undisturbed))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        endings.append("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}")
    print(json.dumps(endings))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
