# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Throughput, latency and robustness of `ppclas serve`.

    python benchmarks/serving.py [--model NAME] [--runtime NAME] [--seconds S] [--quick]

1. Saturation: clients in a second process send binary tensors of one image in a closed loop. The goal: at least 0.85 of
   the throughput of the bare runtime at the same batch size, measured before and after while the server is idle.
2. Half load: requests at random times at half of that rate; p50 and p99.
3. Abuse: 1,000 bad requests (wrong types, truncated, huge, bombs, slow senders) among good ones. The goal: no response
   to a good request changes, each bad one is refused, and memory does not grow.
4. Shutdown: SIGTERM under load. The goal: every accepted request gets its response.

Server and clients use the same cores; the CPU time of each is printed. `--quick` uses a toy network and a tenth of the
abuse, and sets no goal for throughput. Exit code 1 if a goal is missed.
Duration: about 5 minutes on two cores, less than a minute with `--quick`.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import itertools
import json
import os
import random
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser, start
from http_load import Load, Result, abuse, open_loop, post
from results import Row, record

ROOT = Path(__file__).resolve().parent.parent
THROUGHPUT_GOAL = 0.85
"""Smallest ratio to the throughput of the bare runtime."""
BATCH = 8
CLIENTS = 3 * BATCH
ROUNDS = 3
GROWTH_MB = 32
"""Allowed growth of memory in MB in the second half of the abuse; threads and buffers grow in the first."""
MODEL = "ResNet50"


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Print the values; return 1 if a goal is missed."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--model", default=MODEL, help=f"architecture ({MODEL})")
    parser.add_argument("--runtime", default="auto", help="runtime; auto: the fastest one on this machine")
    parser.add_argument("--seconds", type=float, default=30.0, help="duration of each measurement (30)")
    parser.add_argument("--quick", action="store_true", help="a short run with a toy network")
    args = start(parser, "about 5 minutes on two cores, less than a minute with --quick", argv)
    try:
        import ppclas_serve  # noqa: F401  only whether it is installed
    except ImportError:
        print("ppclas-serve is not installed; install it with: pip install ppclas-serve")
        return 1
    missed: List[str] = []
    seconds = 1.0 if args.quick else args.seconds
    with tempfile.TemporaryDirectory(prefix="ppclas-serving-") as work:
        bundle = _bundle("ToyNet" if args.quick else args.model, Path(work))
        with _server(bundle, args.runtime) as server:
            rate = _saturation(server, bundle, seconds, missed) if args.quick else \
                _against_bare(server, bundle, args.runtime, seconds / ROUNDS, Path(work), missed)
            _half_load(server, bundle, seconds, rate, missed)
            _abuse(server, bundle, 92 if args.quick else 1000, missed)
            _end(server, bundle, missed)
    print("\n" + ("\n".join(f"goal missed: {text}" for text in missed) or "all goals are met"))
    return 1 if missed else 0


def _bundle(model: str, work: Path) -> Path:
    from ppclas_core.export import export

    if model == "ToyNet":
        from ppclas_core.testing.toy import toy_checkpoint

        checkpoint = toy_checkpoint(work / "toy", num_classes=10)
    else:
        from deterministic import deterministic_checkpoint

        checkpoint = deterministic_checkpoint(model, work / model)
    return export(checkpoint, "inference", work / "bundle").path


def _bare(bundle: Path, runtime: str, seconds: float, work: Path) -> float:
    """Return images per second of the runtime in its own process."""
    from ppclas_core.predict.benchmark import BenchmarkPlan, benchmark
    from ppclas_core.system.cores import usable_cores

    (row,) = benchmark(bundle, BenchmarkPlan([runtime], [BATCH], [usable_cores()], seconds), work)
    print(f"bare runtime: {row['engine']}, batch {BATCH}, {row['threads']} threads: {row['images_per_s']:.1f} images/s",
          flush=True)
    return float(row["images_per_s"])


def _against_bare(server: Server, bundle: Path, runtime: str, seconds: float, work: Path, missed: List[str]) -> float:
    """Measure server and bare runtime alternately, so that other load affects both; return the median of the ratios."""
    bare, rates = [_bare(bundle, runtime, seconds, work)], []
    for _ in range(ROUNDS):
        rates.append(_saturation(server, bundle, seconds, missed))
        bare.append(_bare(bundle, runtime, seconds, work))
    ratios = [2 * rate / (bare[turn] + bare[turn + 1]) for turn, rate in enumerate(rates)]
    print(f"the server gives {', '.join(f'{ratio:.2f}' for ratio in ratios)} of the bare runtime before and after it; "
          f"goal: median of at least {THROUGHPUT_GOAL}", flush=True)
    record(Row(f"saturation, batch {BATCH}", "bare runtime", statistics.median(bare), "images/s"))
    record(Row(f"saturation, batch {BATCH}", "server", statistics.median(rates), "images/s", "bare runtime",
               statistics.median(ratios), THROUGHPUT_GOAL))
    if statistics.median(ratios) < THROUGHPUT_GOAL:
        missed.append(f"throughput is {statistics.median(ratios):.2f} of the bare runtime")
    return statistics.median(rates)


class Server:
    """`ppclas serve` in its own process."""

    def __init__(self, bundle: Path, runtime: str) -> None:
        command = [sys.executable, "-m", "ppclas_core", "serve", f"model={bundle}", "--port", "0", "--runtime", runtime,
                   "--max-batch", str(BATCH), "--read-timeout", "2", "--watch", "0", "--max-image-mb", "1",
                   "--no-access-log"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        assert self.process.stderr is not None
        self.port = 0
        for line in self.process.stderr:
            found = re.search(r'"listening".*http://127\.0\.0\.1:(\d+)', line)
            if found:
                self.port = int(found.group(1))
                break
        else:
            raise SystemExit("the server did not start")
        self.log: List[str] = []
        threading.Thread(target=lambda stream: self.log.extend(stream), args=(self.process.stderr,),
                         daemon=True).start()

    def metrics(self) -> Dict[str, float]:
        """Return the metrics by name with labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as response:
            lines = response.read().decode().splitlines()
        return {name: float(value) for name, _, value in
                (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def memory(self) -> float:
        """Return the resident memory in MB."""
        return self.metrics()["process_resident_memory_bytes"] / 2**20


@contextlib.contextmanager
def _server(bundle: Path, runtime: str) -> Iterator[Server]:
    server = Server(bundle, runtime)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait()


class GoldenRequests:
    """Requests with binary tensors of one image of the golden batch, and the check of their responses."""

    def __init__(self, bundle: Path) -> None:
        from ppclas_core.bundles import read_bundle

        inputs, self._logits = read_bundle(bundle).golden()
        self.requests: List[bytes] = []
        for row in inputs[:BATCH]:
            raw = row.astype("<f4").tobytes()
            head = json.dumps({"inputs": [{"name": "image", "datatype": "FP32", "shape": [1, *row.shape],
                                           "parameters": {"binary_data_size": len(raw)}}],
                               "outputs": [{"name": "logits", "parameters": {"binary_data": True}}]}).encode()
            self.requests.append(post("/v2/models/model/infer", head + raw,
                                      f"Inference-Header-Content-Length: {len(head)}\r\n"))

    def check(self, number: int, status: int, body: bytes) -> str:
        """Check that the logits equal those of the model within the rounding of runtimes and batch sizes."""
        if status != 200:
            return f"status {status}: {body[:200]!r}"
        expected = self._logits[number]
        logits = np.frombuffer(body[-expected.nbytes:], "<f4")
        difference = float(np.abs(logits - expected).max() / expected.std())
        return "" if difference < 1e-3 else f"logits differ by {difference:.1e} standard deviations"


def _saturation(server: Server, bundle: Path, seconds: float, missed: List[str]) -> float:
    golden = GoldenRequests(bundle)
    load = Load(server.port, golden.requests, golden.check, CLIENTS)
    while len(load.result.seconds) < 2 * CLIENTS:  # the pipeline is full
        time.sleep(0.05)
    before = server.metrics()
    cpu_before = time.process_time()
    started = time.perf_counter()
    known = len(load.result.seconds)
    time.sleep(seconds)
    responses = len(load.result.seconds) - known
    elapsed = time.perf_counter() - started
    after = server.metrics()
    client_cpu = time.process_time() - cpu_before
    result = load.stop()
    rate = responses / elapsed

    def part(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    calls = part('ppclas_engine_seconds_count{model="model"}')
    size = part('ppclas_images_total{model="model"}') / max(calls, 1)
    busy = part('ppclas_engine_seconds_sum{model="model"}') / elapsed
    print(f"saturation: {CLIENTS} clients, {len(golden.requests[0]) / 1e3:.0f} kB each: {rate:.1f} images/s, "
          f"p50 {result.percentile(0.5):.0f} ms, p99 {result.percentile(0.99):.0f} ms; {size:.1f} images per call")
    server_cores = part("process_cpu_seconds_total") / elapsed
    print(f"  limits: a runtime was running {100 * busy:.0f} % of the time; of {os.cpu_count()} cores the server used "
          f"{server_cores:.2f}, the clients {client_cpu / elapsed:.2f}")
    _faults("saturation", result, missed)
    sys.stdout.flush()
    return rate


def _half_load(server: Server, bundle: Path, seconds: float, rate: float, missed: List[str]) -> None:
    golden = GoldenRequests(bundle)
    result = open_loop(server.port, golden.requests, golden.check, rate=rate / 2, seconds=seconds,
                       clients=2 * CLIENTS)
    print(f"half load: {rate / 2:.1f} requests/s at random times: p50 {result.percentile(0.5):.1f} ms, "
          f"p99 {result.percentile(0.99):.1f} ms, {len(result.seconds)} responses", flush=True)
    for share in (0.5, 0.99):
        record(Row("latency at half load", f"p{100 * share:.0f}", result.percentile(share), "ms", less=True))
    _faults("half load", result, missed)


def _faults(what: str, result: Result, missed: List[str]) -> None:
    if result.wrong:
        missed.append(f"{what}: {len(result.wrong)} wrong responses: {result.wrong[0]}")
    if result.lost:
        missed.append(f"{what}: {len(result.lost)} requests without a response: {result.lost[0]}")


def _abuse(server: Server, bundle: Path, count: int, missed: List[str]) -> None:
    golden = GoldenRequests(bundle)
    bad = list(itertools.islice(_bad_requests(), count))
    load = Load(server.port, golden.requests, golden.check, 2)
    started = time.perf_counter()
    halves = [server.memory()]
    wrong: List[str] = []
    for half in (bad[:count // 2], bad[count // 2:]):
        rest = iter(half)
        lock = threading.Lock()

        def work(rest: Iterator[Bad] = rest, lock: threading.Lock = lock) -> None:
            while True:
                with lock:
                    kind, parts, pause, codes = next(rest, ("", [], 0.0, ()))
                if not kind:
                    return
                response = abuse(server.port, parts, pause)
                if not any(response.startswith(b"HTTP/1.1 %d" % code) for code in codes) and (response or codes):
                    wrong.append(f"{kind}: {response[:80]!r}")

        threads = [threading.Thread(target=work) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        halves.append(server.memory())
    elapsed = time.perf_counter() - started
    result = load.stop()
    print(f"abuse: {count} bad requests of {len({kind for kind, *_ in bad})} kinds in {elapsed:.0f} s among "
          f"{len(result.seconds)} good ones; {len(wrong)} not refused, {len(result.wrong)} good responses changed, "
          f"{len(result.lost)} lost; memory {halves[0]:.0f} -> {halves[1]:.0f} -> {halves[2]:.0f} MB", flush=True)
    _faults("abuse", result, missed)
    if wrong:
        missed.append(f"abuse: not refused: {wrong[0]}")
    if halves[2] - halves[1] > GROWTH_MB:
        missed.append(f"abuse: memory grew by {halves[2] - halves[1]:.0f} MB in its second half")


Bad = Tuple[str, List[bytes], float, Tuple[int, ...]]
"""Kind, parts to send, pause after each in s, expected statuses; () also allows a close without a response."""


def _bad_requests() -> Iterator[Bad]:
    """Yield bad requests of all kinds in turn, forever."""
    rng = random.Random(0)
    infer, classify = "/v2/models/model/infer", "/v2/models/model/classify"
    bomb = _png_bomb(40000)
    tensor = {"name": "image", "datatype": "FP32", "shape": [1, 3, 224, 224], "data": [1.0]}
    images = {"name": "image_bytes", "datatype": "BYTES", "shape": [1]}
    zipped = gzip.compress(bytes(64 << 20))
    jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"

    def infer_json(**change: object) -> List[bytes]:
        return [post(infer, json.dumps({"inputs": [{**tensor, **change}]}).encode())]

    def length(path: str, size: int) -> bytes:
        return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode()

    while True:
        noise = rng.randbytes(rng.randrange(1, 5000))
        deep = b"[" * 50000
        yield "wrong datatype", infer_json(datatype="FP64"), 0, (400,)
        yield "wrong shape", infer_json(shape=[1, 1, 1]), 0, (400,)
        yield "too many images", infer_json(shape=[10**9, 3, 224, 224]), 0, (400,)
        yield "few values", infer_json(), 0, (400,)
        yield "text for numbers", infer_json(data=["x"] * 9), 0, (400,)
        yield "no JSON", [post(infer, noise)], 0, (400,)
        yield "deep JSON", [post(infer, deep)], 0, (400,)
        yield "lying header length", [post(infer, b"{}", "Inference-Header-Content-Length: 999999\r\n")], 0, (400,)
        yield "cut element", [post(infer, *_binary(images, struct.pack("<I", 10**9) + noise))], 0, (400,)
        yield "noise as image", [post(classify, noise)], 0, (400,)
        yield "cut JPEG", [post(classify, jpeg + noise)], 0, (400, 413)
        yield "pixel bomb", [post(classify, bomb)], 0, (413,)
        yield "pixel bomb in JSON", [post("/image/prediction", json.dumps({"feed": [{"image": base64.b64encode(
            bomb).decode()}], "fetch": ["prediction"]}).encode(), "Content-Type: application/json\r\n")], 0, (200,)
        yield "large image", [post(classify, jpeg + bytes(2 << 20))], 0, (413,)
        yield "zip bomb", [post(infer, zipped, "Content-Encoding: gzip\r\n")], 0, (413,)
        yield "huge announcement", [length(classify, 10**13)], 0, (413,)
        yield "huge chunked", [f"POST {classify} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode(),
                               *[b"400000\r\n" + bytes(0x400000) + b"\r\n"] * 9], 0, (413, 408, 503)
        yield "endless head", [b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200000], 0, (431,)
        yield "no HTTP", [b"\x16\x03\x01" + noise[:200]], 0, (400,)
        yield "unknown model", [post("/v2/models/none/infer", noise)], 0, (404,)
        yield "slow head", [b"POST / HT", b"TP/1.1\r\nHo", b"st: a"], 0.5, (408,)
        yield "slow body", [length(classify, 1000), b"a", b"b", b"c"], 0.5, (408,)
        yield "gone away", [length(classify, 100000) + noise], 0, (408,)


def _binary(tensor: Mapping[str, object], raw: bytes) -> Tuple[bytes, str]:
    """Return body and extra header of a request with one binary tensor."""
    head = json.dumps({"inputs": [{**tensor, "parameters": {"binary_data_size": len(raw)}}]}).encode()
    return head + raw, f"Inference-Header-Content-Length: {len(head)}\r\n"


def _png_bomb(side: int) -> bytes:
    """Return a small PNG file of side x side black pixels."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(side * (side // 8 + 1)), 9)) + chunk(b"IEND", b""))


def _end(server: Server, bundle: Path, missed: List[str]) -> None:
    golden = GoldenRequests(bundle)
    load = Load(server.port, golden.requests, golden.check, CLIENTS)
    time.sleep(1.0)
    server.process.send_signal(signal.SIGTERM)
    started = time.perf_counter()
    code = server.process.wait(60)
    elapsed = time.perf_counter() - started
    result = load.stop()
    print(f"SIGTERM under load: {len(result.seconds)} responses, {len(result.lost)} accepted requests without a "
          f"response, exit code {code} after {elapsed:.1f} s", flush=True)
    _faults("SIGTERM", result, missed)
    if code:
        missed.append(f"SIGTERM: exit code {code}")


if __name__ == "__main__":
    raise SystemExit(main())
