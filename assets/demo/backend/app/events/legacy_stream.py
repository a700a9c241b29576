"""The stream that the warehouse dashboard still reads.

Its readers know `type`, `time` and `order` only. New code publishes through
`EventPublisher`.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from backend.app.cache import get_cache

logger = logging.getLogger(__name__)

STREAM = "dashboard:events"


def push_order_change(order_id: str, change: str) -> dict[str, Any]:
    """Tell the dashboard that an order changed."""
    event = {"type": f"order.{change}", "time": time.time(), "order": order_id}
    _append(event)
    return event


def push_payment_change(order_id: str, change: str, amount: str) -> dict[str, Any]:
    """Tell the dashboard that money moved."""
    event = {
        "type": f"payment.{change}",
        "time": time.time(),
        "order": order_id,
        "amount": amount,
    }
    _append(event)
    return event


def _append(event: dict[str, Any]) -> None:
    try:
        get_cache().xadd(STREAM, {"body": json.dumps(event)}, maxlen=10_000)
    except Exception:
        logger.warning("dashboard stream is not reachable, event dropped")
