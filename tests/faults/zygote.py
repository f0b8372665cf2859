# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A process that has everything imported and runs each command in a fork of itself, so that one costs no start-up.

Started by `forks.py`. Reads one job a line on standard input (JSON), writes one result a line on standard output.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import pkgutil
import resource
import selectors
import signal
import sys
import time
import traceback
from typing import Any, Dict, List, Tuple

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER = 1, 2, 3


def preload() -> None:
    """Import core, the installed plugins and their tools."""
    import paddle  # noqa: F401 - the most expensive import

    for name in ("ppclas_core", "ppclas_serve", "ppclas_search", "ppclas_distill", "ppclas_export_onnx"):
        with contextlib.suppress(ImportError):
            package = importlib.import_module(name)
            for module in pkgutil.walk_packages(package.__path__, f"{name}."):
                with contextlib.suppress(ImportError):
                    if not module.name.endswith("__main__"):
                        importlib.import_module(module.name)
    for name in ("onnxruntime", "paddle2onnx", "uvicorn", "optuna"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from ppclas_core.testing.toy import toy_catalogue

    toy_catalogue()


def drop_privileges() -> None:
    """Let permission bits count for root too: drop the capabilities that pass over them."""
    if os.geteuid() != 0:
        return

    class Header(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

    class Data(ctypes.Structure):
        _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]

    libc = ctypes.CDLL(None, use_errno=True)
    header, data = Header(0x20080522, 0), (Data * 2)()
    if libc.capget(ctypes.byref(header), data):
        raise OSError(ctypes.get_errno(), "capget")
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER):
        data[0].effective &= ~(1 << capability)
        data[0].permitted &= ~(1 << capability)
        data[0].inheritable &= ~(1 << capability)
    if libc.capset(ctypes.byref(header), data):
        raise OSError(ctypes.get_errno(), "capset")


def apply(fault: str, folder: str) -> None:
    """Make the machine of this process faulty; see `FAULTS` of `table.py`."""
    os.environ["HOME"] = os.environ["PPCLAS_HOME"] = os.path.join(folder, "home")
    os.environ.pop("XDG_CACHE_HOME", None)
    if fault == "full disk":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    elif fault == "read-only folder":
        drop_privileges()
        for parent, _, _ in os.walk(os.path.join(folder, "work")):
            os.chmod(parent, 0o555)
    elif fault == "read-only cache":
        drop_privileges()
        os.chmod(os.environ["HOME"], 0o555)
    elif fault == "no home, no account":
        import pwd

        def nobody(uid: int) -> Any:
            raise KeyError(f"getpwuid(): uid not found: {uid}")

        setattr(pwd, "getpwuid", nobody)  # noqa: B010 - the stubs of pwd declare a function
        del os.environ["HOME"], os.environ["PPCLAS_HOME"]
        os.environ.pop("USER", None)
        os.environ.pop("LOGNAME", None)


def redirect(fault: str, out: int, err: int) -> None:
    """Point standard output and error at the pipes, or at what the fault says."""
    full = os.open("/dev/full", os.O_WRONLY) if os.path.exists("/dev/full") else out
    read_end, broken = os.pipe()
    os.close(read_end)
    streams = {"full output": (full, err), "output closed": (broken, err), "console gone": (broken, broken),
               "full console": (full, full)}
    os.dup2(streams.get(fault, (out, err))[0], 1)
    os.dup2(streams.get(fault, (out, err))[1], 2)


def child(job: Dict[str, Any], out: int, err: int) -> None:
    """Run one command and end with its exit code, as the interpreter would."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command has not begun
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ["PPCLAS_WEIGHTS_URL"] = job["weights_url"]
    apply(job["fault"], job["folder"])
    os.chdir(os.path.join(job["folder"], "work"))
    redirect(job["fault"], out, err)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    from ppclas_core.cli import main

    code: Any = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main(job["argv"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # what the interpreter would print
        with contextlib.suppress(OSError):
            traceback.print_exc()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sys.stdout.flush()
    except OSError:
        code = 120  # as the interpreter ends when its last flush fails
    os._exit(code)


def run(job: Dict[str, Any]) -> Dict[str, Any]:
    """Fork, wait, and return exit code, seconds and both outputs."""
    pipes = [os.pipe(), os.pipe()]
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            child(job, pipes[0][1], pipes[1][1])
        except KeyboardInterrupt:  # it came after the command had ended, before `child` ignored it
            os._exit(130)
        finally:
            os._exit(99)
    for _, end in pipes:
        os.close(end)
    code, texts = wait(pid, [begin for begin, _ in pipes], job, started)
    with contextlib.suppress(ProcessLookupError):  # what it started
        os.killpg(pid, signal.SIGKILL)
    return {"code": code, "seconds": time.monotonic() - started, "out": texts[0], "err": texts[1]}


def wait(pid: int, ends: List[int], job: Dict[str, Any], started: float) -> Tuple[int, List[str]]:
    """Read both pipes until the process has ended; send the signal of the job at its time."""
    texts = {end: bytearray() for end in ends}
    due, number = job.get("after"), getattr(signal, job.get("signal") or "SIGKILL")
    ready, killed = job.get("until") or "", False
    with selectors.DefaultSelector() as selector:
        for end in ends:
            os.set_blocking(end, False)
            selector.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select(0.01) if selector.get_map() else []:
                with contextlib.suppress(BlockingIOError):
                    chunk = os.read(key.fd, 1 << 16)
                    texts[key.fd] += chunk
                    if not chunk:
                        selector.unregister(key.fd)
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            passed = time.monotonic() - started
            if (due is not None and passed >= due) or (ready and ready in str(bytes(texts[ends[1]] + texts[ends[0]]))):
                os.kill(pid, number)
                due, ready = None, ""
            if passed > job["timeout"] and not killed:
                os.kill(pid, signal.SIGKILL)
                texts[ends[1]] += b"\n[the command did not end in time]"
                killed = True
        for end in ends:
            with contextlib.suppress(BlockingIOError):
                texts[end] += os.read(end, 1 << 20)
            os.close(end)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    return code, [bytes(texts[end]).decode("utf-8", "replace") for end in ends]


def serve() -> None:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an import prints is no answer
    preload()
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    serve()
