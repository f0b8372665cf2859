# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The models of a server by name: loaded, replaced without losing a request, watched for changes of their files."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Optional, Sequence

from ppclas_core.errors import UserError
from ppclas_serve.batcher import Call
from ppclas_serve.decoding import DecodePool
from ppclas_serve.model import Model
from ppclas_serve.refused import Refused
from ppclas_serve.settings import Limits, RuntimeSettings
from ppclas_serve.source import Opened, Signature, Source, open_source, signature

Tell = Callable[[str, Dict[str, Any]], None]


@dataclass
class _Slot:
    """One name. `loaded`: the signature of the last attempt; `seen`: of the last look; both () before the first."""

    source: Source
    model: Optional[Model] = None
    reason: str = ""
    version: int = 0
    wanted: bool = True
    loaded: Signature = ()
    seen: Signature = ()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Repository:
    """Made inside the event loop that uses it.

    Args:
        pool: in which images are decoded.
        tell: gets (event, facts) of each load, failure and unload.
        observe: gets (name, call) of each call of a runtime, in the thread of the runtime.
    """

    def __init__(self, sources: Sequence[Source], settings: RuntimeSettings, limits: Limits, pool: DecodePool,
                 tell: Tell, observe: Callable[[str, Call], None]) -> None:
        self._settings, self._limits, self._pool = settings, limits, pool
        self._tell, self._observe = tell, observe
        self._slots = {source.name: _Slot(source) for source in sources}
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loader")  # one at a time: a load takes all cores
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> List[str]:
        """In the order of the command line."""
        return list(self._slots)

    @property
    def ready(self) -> bool:
        """Every model that should be loaded is."""
        return all(slot.model is not None for slot in self._slots.values() if slot.wanted)

    @property
    def models(self) -> List[Model]:
        """Those that are loaded."""
        return [slot.model for slot in self._slots.values() if slot.model is not None]

    def get(self, name: str, version: str = "") -> Model:
        """The loaded model of a name.

        Raises:
            Refused: 404 for an unknown name or another version; 503 for one that is not loaded.
        """
        slot = self._slots.get(name)
        if slot is None:
            raise Refused(404, f"unknown model '{name}'; there are: {', '.join(self._slots)}")
        if slot.model is None:
            raise Refused(503, f"the model '{name}' is not loaded" + (f": {slot.reason}" if slot.reason else ""),
                          retry_after=5)
        if version and version != slot.model.version:
            raise Refused(404, f"the model '{name}' has the version {slot.model.version}, not {version}")
        return slot.model

    @contextlib.contextmanager
    def using(self, name: str, version: str = "") -> Iterator[Model]:
        """`get`, and the model stays open inside."""
        with self.get(name, version).used() as model:
            yield model

    async def load_all(self) -> None:
        """Load each, at the start.

        Raises:
            UserError: of the first that fails.
        """
        for name in self._slots:
            await self.load(name)

    async def load(self, name: str) -> None:
        """Load the files as they are now, and only then let go of the model that answered so far.

        Raises:
            Refused: 404, an unknown name.
            UserError: the files cannot be used; what answered before goes on.
        """
        slot = self._slot(name)
        async with slot.lock:
            slot.loaded = slot.seen = await self._aside(signature, slot.source.path)
            try:
                opened: Opened = await self._aside(open_source, slot.source.path, self._settings)
                model = Model(name, str(slot.version + 1), opened, self._settings, self._limits, self._pool,
                              lambda call: self._observe(name, call))
            except Exception as error:
                failure = error if isinstance(error, UserError) else UserError(
                    f"{type(error).__name__}: {error}", where=str(slot.source.path))
                slot.reason = str(failure)
                self._tell("load failed", {"model": name, "reason": slot.reason, "old_serves": slot.model is not None})
                raise failure from error
            slot.version += 1
            old, slot.model, slot.reason, slot.wanted = slot.model, model, "", True
            self._tell("loaded", {"model": name, "version": model.version, "path": str(slot.source.path)})
        if old is not None:
            self._retire(old)

    async def unload(self, name: str) -> None:
        """Let go of a model after what it has in progress.

        Raises:
            Refused: 404, an unknown name.
        """
        slot = self._slot(name)
        async with slot.lock:
            old, slot.model, slot.wanted, slot.reason = slot.model, None, False, "unloaded"
        if old is not None:
            self._tell("unloaded", {"model": name, "version": old.version})
            self._retire(old)

    def index(self) -> List[Dict[str, str]]:
        """Name, version, state and reason of each, as the repository extension has them."""
        return [{"name": name, "version": slot.model.version if slot.model else "",
                 "state": "READY" if slot.model else "UNAVAILABLE", "reason": slot.reason}
                for name, slot in self._slots.items()]

    async def watch(self, seconds: float) -> None:
        """For ever: load again what has changed, once it holds still for one turn; after a failure the old goes on."""
        while True:
            await asyncio.sleep(seconds)
            for name, slot in self._slots.items():
                found = await self._aside(signature, slot.source.path)
                settled, slot.seen = found == slot.seen, found
                if found and slot.wanted and settled and found != slot.loaded:
                    with contextlib.suppress(UserError):  # `load` has told it
                        await self.load(name)

    async def close(self) -> None:
        """Close all, after what they have in progress."""
        await asyncio.gather(*(model.retire() for model in self.models), *self._retiring)
        self._loader.shutdown(wait=False)

    def _slot(self, name: str) -> _Slot:
        if name not in self._slots:
            raise Refused(404, f"unknown model '{name}'; there are: {', '.join(self._slots)}")
        return self._slots[name]

    def _retire(self, model: Model) -> None:
        task = asyncio.ensure_future(model.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _aside(self, action: Callable[..., Any], *arguments: Any) -> Awaitable[Any]:
        return asyncio.get_running_loop().run_in_executor(self._loader, action, *arguments)
