"""What the workers counted, as Prometheus reads it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from evenbeat.tile_server.operations.board import BUCKETS_S, Board

_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class BoardCollector(Collector):
    """Reads the board of all workers whenever it is asked.

    Parameters
    ----------
    board
        What the workers count.
    """

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        yield from self._requests()
        yield self._seconds()
        refused = CounterMetricFamily(
            "evenbeat_refused", "Requests that were not let in", labels=["reason"]
        )
        for reason, number in self._board.refusals():
            refused.add_metric([reason], number)
        yield refused
        yield from self._workers()

    def _requests(self) -> Iterator[Metric]:
        number = CounterMetricFamily(
            "evenbeat_requests", "Answered requests", labels=["route", "status"]
        )
        size = CounterMetricFamily(
            "evenbeat_response_bytes", "Bytes of answers' bodies", labels=["route", "status"]
        )
        for route, status, requests, many in self._board.requests():
            number.add_metric([route, status], requests)
            size.add_metric([route, status], many)
        yield number
        yield size

    def _seconds(self) -> Metric:
        family = HistogramMetricFamily(
            "evenbeat_request_seconds", "From a request to the end of its answer", labels=["route"]
        )
        for route, numbers, total in self._board.seconds():
            so_far, buckets = 0.0, []
            for edge, number in zip([*map(str, BUCKETS_S), "+Inf"], numbers, strict=True):
                so_far += number
                buckets.append((edge, so_far))
            family.add_metric([route], buckets, sum_value=total)
        return family

    def _workers(self) -> Iterator[Metric]:
        workers = self._board.workers()
        yield GaugeMetricFamily("evenbeat_workers", "Worker processes", value=len(workers))
        for name, text in (
            ("archives", "Archives of tiles that are mapped"),
            ("running", "Threads at work on cells"),
            ("waiting", "Requests that wait for such a thread"),
            ("connections", "Open connections"),
        ):
            total = sum(shown[name] for _, shown in workers)
            yield GaugeMetricFamily(f"evenbeat_{name}", f"{text}, all workers", value=total)
        moments = [shown["as_of"] for _, shown in workers if shown["as_of"]]
        if moments:
            yield GaugeMetricFamily(
                "evenbeat_publication_age_seconds", "Since what the newest raster is as of",
                value=max(0.0, time.time() - min(moments)),
            )  # fmt: skip
        yield GaugeMetricFamily(
            "evenbeat_publication_stale_seconds", "Since the publication's store last answered",
            value=max((shown["stale"] for _, shown in workers), default=0.0),
        )  # fmt: skip
        yield from _processes([pid for pid, _ in workers])


def _processes(pids: list[int]) -> Iterator[Metric]:
    memory = GaugeMetricFamily(
        "evenbeat_worker_resident_bytes", "Memory of a worker", labels=["pid"]
    )
    spent = CounterMetricFamily("evenbeat_worker_cpu_seconds", "CPU of a worker", labels=["pid"])
    for pid in pids:
        try:
            pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except (OSError, IndexError):
            continue  # it ended meanwhile, or this is not Linux
        memory.add_metric([str(pid)], int(pages) * _PAGE_BYTES)
        spent.add_metric([str(pid)], (int(fields[11]) + int(fields[12])) * _TICK_S)
    yield memory
    yield spent


def exposition(board: Board) -> tuple[bytes, str]:
    """Return the metrics of all workers and the type of the text."""
    return generate_latest(_registry(board)), CONTENT_TYPE_PLAIN_0_0_4


def serve_metrics(board: Board, host: str, port: int) -> WSGIServer:
    """Answer ``/metrics`` on an address of its own, from a thread; return its server."""
    server, _ = start_http_server(port, host, registry=_registry(board))
    return server


def _registry(board: Board) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(BoardCollector(board))
    return registry
