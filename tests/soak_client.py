"""A bounded load on the tile service, in a process of its own; looks at every answer.

    soak_client.py PLAN.json ANSWER_FOLDER

It ends when its standard input does. Connections are kept and ask one after the other. What was
answered is written down for whoever started the load: the kinds of answers by what names them, and
when the last of each was asked for.
All times are of the clock that all processes of a computer share.
"""

import asyncio
import json
import random
import resource
import sys
import time
from pathlib import Path


class Seen:
    """What the answers were."""

    def __init__(self):
        self.waits, self.faults, self.counts = [], [], {}
        self.kinds = {}  # waits by kind of request
        self.contents = {}  # by path and tag: the body, which must be the same ever after
        self.asked = {}  # by key, status, what and version: first answered, last asked for

    def note(self, job, begin, status, tag, body, connection_key):
        waited = time.monotonic() - begin
        self.waits.append(waited)
        self.kinds.setdefault(job["kind"], []).append(waited)
        version = tag.strip('"').split("-")[0] if job["kind"] in ("tile", "wmts", "known") else ""
        if job["kind"] == "tilejson" and status == 200:
            version = json.loads(body)["tiles"][0].split("/v/")[1].split("/")[0]
        if job["kind"] == "point" and status == 200:
            version = json.loads(body)["version"]
        place = f"{connection_key} {status} {job['kind']} {job['raster']} {version}"
        answered, asked = self.asked.get(place, (time.monotonic(), begin))
        self.asked[place] = (answered, max(asked, begin))
        self.counts[f"{job['kind']} {status}"] = self.counts.get(f"{job['kind']} {status}", 0) + 1
        if status == 200 and job["kind"] != "tilejson":  # its addresses carry a signature
            former = self.contents.setdefault((job["path"], tag), body)
            if former != body:
                self.faults.append(f"{job['path']}: two bodies for the tag {tag}")


async def ask_always(plan, key, seed, ended, seen):
    """Ask over one connection until told to end."""
    chance = random.Random(seed)
    reader, writer = await asyncio.open_connection("127.0.0.1", plan["port"], limit=1 << 22)
    tags, jobs = {}, plan["jobs"]
    weights = [job["weight"] for job in jobs]
    order = chance.choices(range(len(jobs)), weights, k=5000)
    turn = 0
    try:
        while not ended.is_set():
            job = jobs[order[turn % len(order)]]
            turn += 1
            known = f"If-None-Match: {tags[job['path']]}\r\n" if (
                job["kind"] == "known" and job["path"] in tags) else ""  # fmt: skip
            begin = time.monotonic()
            writer.write(
                f"GET {job['path']} HTTP/1.1\r\nHost: 127.0.0.1:{plan['port']}\r\n"
                f"X-API-Key: {plan['keys'][key]}\r\n{known}\r\n".encode()
            )
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            fields = dict(
                line.split(": ", 1) for line in head.decode("latin-1").lower().split("\r\n")[1:-2]
            )
            length = int(fields.get("content-length", 0))
            body = await reader.readexactly(length) if length else b""
            status, tag = int(head[9:12]), fields.get("etag", "")
            tags[job["path"]] = tag
            if status not in (200, 304, 401):
                seen.faults.append(f"{status} {job['path']} {body[:200]!r}")
            elif known and status == 304 and tag != known.split(": ")[1].strip():
                seen.faults.append(f"304 with another tag, {job['path']}")
            seen.note(job, begin, status, tag, body, key)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        seen.faults.append(repr(error))
    finally:
        writer.close()


async def main(plan_file, folder):
    """Run the load and write what was seen."""
    plan, folder, seen = json.loads(Path(plan_file).read_text()), Path(folder), Seen()
    begin, cpu = time.monotonic(), time.process_time()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    keys = sorted(plan["keys"])
    await asyncio.gather(*(
        ask_always(plan, keys[number % len(keys)], number, ended, seen)
        for number in range(plan["connections"])
    ))  # fmt: skip
    spent = time.monotonic() - begin
    contents = []
    for number, ((path, tag), body) in enumerate(seen.contents.items()):
        (folder / f"{number}.body").write_bytes(body)
        contents.append([path, tag, f"{number}.body"])
    (folder / "seen.json").write_text(json.dumps({
        "waits": seen.waits, "kinds": seen.kinds, "faults": seen.faults[:50], "counts": seen.counts,
        "asked": seen.asked, "contents": contents, "seconds": spent,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }))  # fmt: skip


asyncio.run(main(*sys.argv[1:]))
