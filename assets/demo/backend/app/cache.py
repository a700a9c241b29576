"""Idempotency keys and short-lived locks in Redis."""

from __future__ import annotations

import logging
import os
from typing import Any

import redis

try:
    import orjson as json_impl
except ImportError:
    import json as json_impl

logger = logging.getLogger(__name__)

LOCK_SECONDS = 30

_client: Any = None


def get_cache() -> Any:
    """Return the shared Redis client."""
    global _client
    if _client is None:
        url = os.getenv("REDIS_URL", "redis://localhost:6379/0")
        _client = redis.Redis.from_url(url)
        logger.debug("connected to cache")
    return _client


def reset_cache() -> None:
    """Forget the client; used after a fork."""
    global _client
    _client = None


def remember(key: str, value: dict[str, Any], seconds: int = 3600) -> None:
    """Store a small document under an idempotency key."""
    get_cache().set(f"idempotency:{key}", json_impl.dumps(value), ex=seconds)


def recall(key: str) -> dict[str, Any] | None:
    raw = get_cache().get(f"idempotency:{key}")
    return None if raw is None else json_impl.loads(raw)


def acquire_lock(name: str) -> bool:
    """Take the lock if nobody holds it."""
    return bool(get_cache().set(f"lock:{name}", "1", nx=True, ex=LOCK_SECONDS))
