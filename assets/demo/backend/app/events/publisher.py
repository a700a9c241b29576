"""The one way events leave this process."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from backend.app.events.builders import is_complete

logger = logging.getLogger(__name__)

Subscriber = Callable[[dict[str, Any]], None]


class EventPublisher:
    """Hands events to subscribers and keeps those that nobody could take."""

    def __init__(self, *, strict: bool = True) -> None:
        self._strict = strict
        self._subscribers: dict[str, list[Subscriber]] = defaultdict(list)
        self._undelivered: list[dict[str, Any]] = []

    def subscribe(self, prefix: str, subscriber: Subscriber) -> None:
        """Call `subscriber` for each event whose type starts with `prefix`."""
        self._subscribers[prefix].append(subscriber)

    def publish(self, event: dict[str, Any]) -> int:
        """Deliver one event and return how many subscribers took it."""
        if not is_complete(event):
            if self._strict:
                raise ValueError(f"incomplete event: {sorted(event)}")
            logger.warning("incomplete event: %s", sorted(event))
        taken = 0
        for prefix, subscribers in self._subscribers.items():
            if not str(event.get("event_type", "")).startswith(prefix):
                continue
            for subscriber in subscribers:
                taken += self._deliver(subscriber, event)
        if not taken:
            self._undelivered.append(event)
        return taken

    def drain(self) -> list[dict[str, Any]]:
        """Return the undelivered events and forget them."""
        events, self._undelivered = self._undelivered, []
        return events

    def _deliver(self, subscriber: Subscriber, event: dict[str, Any]) -> int:
        try:
            subscriber(event)
        except Exception:
            logger.exception("subscriber failed for %s", event.get("event_type"))
            return 0
        return 1
