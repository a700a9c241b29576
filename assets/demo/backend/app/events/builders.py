"""Builders of event dictionaries, so that no caller spells the keys."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

EVENT_KEYS = ("event_type", "timestamp", "order_id", "customer_id", "data")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def payment_event(
    event_type: str, order_id: str, customer_id: str, data: dict[str, Any]
) -> dict[str, Any]:
    """An event about money."""
    return {
        "event_type": f"payment.{event_type}",
        "timestamp": _now(),
        "order_id": order_id,
        "customer_id": customer_id,
        "data": data,
    }


def order_event(
    event_type: str, order_id: str, customer_id: str, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An event about an order's life."""
    return {
        "event_type": f"order.{event_type}",
        "timestamp": _now(),
        "order_id": order_id,
        "customer_id": customer_id,
        "data": data or {},
    }


def is_complete(event: dict[str, Any]) -> bool:
    """True if the event has every key that subscribers rely on."""
    return all(key in event for key in EVENT_KEYS)
