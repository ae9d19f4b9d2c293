"""Append to a log and say how long each append took.

Usage: appending_writer.py LOCATION WRITER TIMES; prints ready, waits for a line, appends, prints
the seconds of each append as JSON.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from store.store_rows import NOON

from evenbeat.core.store.database import AuditLog, Database


def main(location, writer, times):
    log = AuditLog(Database.open(location, crs=None))
    log.append("note", {"writer": writer, "number": -1}, actor="w", at=NOON)
    print("ready", flush=True)
    sys.stdin.readline()
    took = []
    for number in range(times):
        begun = time.perf_counter()
        log.append("note", {"writer": writer, "number": number}, actor="w", at=NOON)
        took.append(time.perf_counter() - begun)
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
