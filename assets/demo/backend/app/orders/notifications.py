"""Messages to people: customers and the purchasing desk."""

from __future__ import annotations

import logging
import os

import httpx

import backend.app.orders.service as order_service
from backend.app.orders.models import Order

logger = logging.getLogger(__name__)

MAILER = "http://127.0.0.1:8025/send"


def low_stock(sku: str, left: int) -> None:
    """Tell the purchasing desk."""
    _send(os.getenv("PURCHASING_DESK", "purchasing@shop.invalid"), f"{sku}: {left} left")


def order_released(order: Order) -> None:
    """Tell the customer that the goods are free again."""
    _send(order.customer_id, "Released: " + order_service.summary_line(order))


def order_shipped(order: Order, parcel: str) -> None:
    _send(order.customer_id, f"Parcel {parcel}: " + order_service.summary_line(order))


def _send(recipient: str, message: str) -> bool:
    try:
        httpx.post(MAILER, json={"to": recipient, "text": message}, timeout=2.0)
    except httpx.HTTPError:
        logger.warning("mailer is not reachable, message to %s dropped", recipient)
        return False
    return True
