# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The model repository: loads models by name, and replaces them without downtime when their files change."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, TypeVar

from ppclas_core.errors import UserError
from ppclas_serve.batcher import Call
from ppclas_serve.decoding import DecodePool
from ppclas_serve.model import Model
from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import Limits, RuntimeSettings
from ppclas_serve.source import Signature, Source, open_source, signature

EventListener = Callable[[str, Dict[str, Any]], None]
T = TypeVar("T")


@dataclass
class _Slot:
    """State of one name.

    `loaded` is the file signature of the last attempt to load, `seen` that of the last poll; both start as ().
    """

    source: Source
    model: Optional[Model] = None
    reason: str = ""
    version: int = 0
    wanted: bool = True
    loaded: Signature = ()
    seen: Signature = ()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Repository:
    """All models of a server; must be created inside the event loop that uses it.

    Args:
        sources: names and paths of the models.
        settings: runtime and batching of each model.
        limits: limits of the images.
        pool: threads that decode images.
        on_event: called with (event, fields) of each load, failed load and unload.
        observe: called with (name, call) of each call of a runtime, in the thread of the runtime.
    """

    def __init__(self, sources: Sequence[Source], settings: RuntimeSettings, limits: Limits, pool: DecodePool,
                 on_event: EventListener, observe: Callable[[str, Call], None]) -> None:
        self._settings = settings
        self._limits = limits
        self._pool = pool
        self._on_event = on_event
        self._observe = observe
        self._slots = {source.name: _Slot(source) for source in sources}
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loader")  # one load at a time: a load uses all cores
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> List[str]:
        """Names of all models, in the order of the command line."""
        return list(self._slots)

    @property
    def ready(self) -> bool:
        """Whether all models are loaded, except those that were unloaded on request."""
        return all(slot.model is not None for slot in self._slots.values() if slot.wanted)

    @property
    def models(self) -> List[Model]:
        """The loaded models."""
        return [slot.model for slot in self._slots.values() if slot.model is not None]

    def get(self, name: str, version: str = "") -> Model:
        """Return the loaded model of a name.

        Raises:
            RequestError: 404 for an unknown name or another version; 503 if the model is not loaded.
        """
        slot = self._slots.get(name)
        if slot is None:
            raise RequestError(404, f"unknown model '{name}'; the models are: {', '.join(self._slots)}")
        if slot.model is None:
            raise RequestError(503, f"the model '{name}' is not loaded" + (f": {slot.reason}" if slot.reason else ""),
                          retry_after=5)
        if version and version != slot.model.version:
            raise RequestError(404, f"the model '{name}' has the version {slot.model.version}, not {version}")
        return slot.model

    @contextlib.contextmanager
    def using(self, name: str, version: str = "") -> Iterator[Model]:
        """Get a model, and keep it open inside the block; raises as `get` does."""
        with self.get(name, version).used() as model:
            yield model

    async def load_all(self) -> None:
        """Load all models at startup.

        Raises:
            UserError: a model cannot be loaded; the rest is not tried.
        """
        for name in self._slots:
            await self.load(name)

    async def load(self, name: str) -> None:
        """Load the current files of a model, then retire the version that has served so far.

        Raises:
            RequestError: 404, unknown name.
            UserError: the files cannot be loaded; the previous version keeps serving.
        """
        slot = self._slot(name)
        async with slot.lock:
            slot.loaded = slot.seen = await self._in_loader(signature, slot.source.path)
            try:
                opened = await self._in_loader(open_source, slot.source.path, self._settings)
                model = Model(name, str(slot.version + 1), opened, self._settings, self._limits, self._pool,
                              lambda call: self._observe(name, call))
            except Exception as error:  # runtimes raise many types; the previous version keeps serving
                failure = error if isinstance(error, UserError) else UserError(
                    f"{type(error).__name__}: {error}", where=str(slot.source.path))
                slot.reason = str(failure)
                self._on_event("load failed", {"model": name, "reason": slot.reason,
                                               "old_serves": slot.model is not None})
                raise failure from error
            slot.version += 1
            old = slot.model
            slot.model = model
            slot.reason = ""
            slot.wanted = True
            self._on_event("loaded", {"model": name, "version": model.version, "path": str(slot.source.path)})
        if old is not None:
            self._retire(old)

    async def unload(self, name: str) -> None:
        """Unload a model after its requests in progress.

        Raises:
            RequestError: 404, unknown name.
        """
        slot = self._slot(name)
        async with slot.lock:
            old = slot.model
            slot.model = None
            slot.wanted = False
            slot.reason = "unloaded"
        if old is not None:
            self._on_event("unloaded", {"model": name, "version": old.version})
            self._retire(old)

    def index(self) -> List[Dict[str, str]]:
        """Return name, version, state and reason of each model, as in the repository extension."""
        return [{"name": name, "version": slot.model.version if slot.model else "",
                 "state": "READY" if slot.model else "UNAVAILABLE", "reason": slot.reason}
                for name, slot in self._slots.items()]

    async def watch(self, seconds: float) -> None:
        """Poll the files of all models forever, and reload a model when its files have changed.

        Changed files are loaded once two polls in a row find them the same. After a failed load, the old version keeps
        serving.
        """
        while True:
            await asyncio.sleep(seconds)
            for name, slot in self._slots.items():
                found = await self._in_loader(signature, slot.source.path)
                stable = found == slot.seen
                slot.seen = found
                if found and slot.wanted and stable and found != slot.loaded:
                    with contextlib.suppress(UserError):  # `load` has logged it
                        await self.load(name)

    async def close(self) -> None:
        """Close all models after their requests in progress."""
        await asyncio.gather(*(model.retire() for model in self.models), *self._retiring)
        self._loader.shutdown(wait=False)

    def _slot(self, name: str) -> _Slot:
        if name not in self._slots:
            raise RequestError(404, f"unknown model '{name}'; the models are: {', '.join(self._slots)}")
        return self._slots[name]

    def _retire(self, model: Model) -> None:
        task = asyncio.ensure_future(model.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _in_loader(self, action: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._loader, action, *arguments)
