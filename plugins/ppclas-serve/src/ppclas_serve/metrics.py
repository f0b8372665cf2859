# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of the server: `/metrics` in the text format of Prometheus, and the statistics extension of the protocol."""

from __future__ import annotations

from typing import Any, Dict, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector

from ppclas_serve.batcher import Call
from ppclas_serve.decoding import DecodePool
from ppclas_serve.repository import Repository

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)


class Metrics:
    """Counters of one server; methods may be called from any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter("ppclas_requests", "Requests that got a response", ["route", "model", "code"],
                                 registry=self._registry)
        self._seconds = Histogram("ppclas_request_seconds", "Time from the head of a request to its response",
                                  ["route", "model"], buckets=_SECONDS, registry=self._registry)
        self._refused = Counter("ppclas_connections_refused", "Connections closed before a request was complete",
                                ["reason"], registry=self._registry)
        self._images = Counter("ppclas_images", "Images that a runtime processed", ["model"], registry=self._registry)
        self._failures = Counter("ppclas_engine_failures", "Failed calls of a runtime", ["model"],
                                 registry=self._registry)
        self._batch = Histogram("ppclas_batch_images", "Images in one call of a runtime", ["model"],
                                buckets=(1, 2, 4, 8, 16, 32, 64, 128), registry=self._registry)
        self._runtime = Histogram("ppclas_engine_seconds", "Duration of a call of a runtime", ["model"],
                                  buckets=_SECONDS,
                                 registry=self._registry)
        self._waited = Histogram("ppclas_queue_seconds", "Time that the oldest request of a call waited in the queue",
                                 ["model"],
                                 buckets=_SECONDS, registry=self._registry)
        self._loads = Counter("ppclas_model_events", "Loads, failed loads and unloads of models", ["model", "event"],
                              registry=self._registry)
        self._totals: Dict[str, Dict[str, float]] = {}

    def count_response(self, route: str, model: str, code: int, seconds: float) -> None:
        """Count one request and its duration."""
        self._requests.labels(route, model, str(code)).inc()
        self._seconds.labels(route, model).observe(seconds)

    def count_refusal(self, reason: str) -> None:
        """Count one refused connection."""
        self._refused.labels(reason).inc()

    def count_call(self, model: str, call: Call) -> None:
        """Count one call of a runtime."""
        totals = self._totals.setdefault(model, {"calls": 0, "images": 0, "requests": 0, "failed": 0, "engine": 0.0,
                                                 "waited": 0.0})
        self._runtime.labels(model).observe(call.took)
        self._waited.labels(model).observe(call.waited)
        totals["calls"] += 1
        totals["engine"] += call.took
        totals["waited"] += call.waited
        if call.error:
            self._failures.labels(model).inc()
            totals["failed"] += call.requests
            return
        self._images.labels(model).inc(call.rows)
        self._batch.labels(model).observe(call.rows)
        totals["images"] += call.rows
        totals["requests"] += call.requests

    def model_event(self, model: str, event: str) -> None:
        """Count a load, a failed load or an unload."""
        self._loads.labels(model, event).inc()

    def statistics(self, model: str, version: str) -> Dict[str, Any]:
        """Return the entry of one model in the statistics extension; durations in ns, per call and not per request."""
        totals = self._totals.get(model, {})

        def duration(count: str, seconds: str) -> Dict[str, int]:
            return {"count": int(totals.get(count, 0)), "ns": int(1e9 * totals.get(seconds, 0))}

        return {"name": model, "version": version, "inference_count": int(totals.get("images", 0)),
                "execution_count": int(totals.get("calls", 0)),
                "inference_stats": {"success": duration("requests", "engine"), "fail": duration("failed", "none"),
                                    "queue": duration("calls", "waited"),
                                    "compute_infer": duration("calls", "engine")}}

    def text(self, repository: Repository, buffered: int, connections: int, pool: DecodePool) -> bytes:
        """Return all counters, and the current values of the gauges."""
        gauges = _Gauges(repository, buffered, connections, pool)
        now = CollectorRegistry()
        now.register(gauges)
        return generate_latest(self._registry) + generate_latest(now)


class _Gauges:
    """Collector of the gauges, which are read at each request of `/metrics`."""

    def __init__(self, repository: Repository, buffered: int, connections: int, pool: DecodePool) -> None:
        self._repository = repository
        self._buffered = buffered
        self._connections = connections
        self._pool = pool

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the metric families."""
        yield GaugeMetricFamily("ppclas_buffered_bytes", "Bytes of all request bodies in memory", value=self._buffered)
        yield GaugeMetricFamily("ppclas_connections", "Open connections", value=self._connections)
        decoding = GaugeMetricFamily("ppclas_images_decoding", "Threads that decode an image now", labels=["size"])
        decoding.add_metric(["light"], self._pool.light.busy)
        decoding.add_metric(["heavy"], self._pool.heavy.busy)
        yield decoding
        ready = GaugeMetricFamily("ppclas_model_ready", "1: the model is loaded", labels=["model"])
        for row in self._repository.index():
            ready.add_metric([row["name"]], float(row["state"] == "READY"))
        progress = GaugeMetricFamily("ppclas_images_in_progress", "Images of requests in progress", labels=["model"])
        queue = GaugeMetricFamily("ppclas_images_queued", "Images that wait for a runtime", labels=["model"])
        for model in self._repository.models:
            progress.add_metric([model.name], model.rows)
            queue.add_metric([model.name], model.waiting)
        yield from (ready, progress, queue)
