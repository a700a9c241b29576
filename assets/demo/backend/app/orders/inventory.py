"""Stock: what is there and what is promised."""

from __future__ import annotations

import logging
from collections import Counter

import backend.app.orders.notifications as notifications
from backend.app.errors import OutOfStock
from backend.app.orders.models import Order

logger = logging.getLogger(__name__)

LOW_STOCK = 5

_stock: Counter[str] = Counter()
_reserved: Counter[str] = Counter()


def receive(sku: str, quantity: int) -> None:
    """Goods came in."""
    _stock[sku] += quantity


def available(sku: str) -> int:
    return _stock[sku] - _reserved[sku]


def reserve(order: Order) -> None:
    """Promise the goods of an order; all lines or none."""
    for line in order.lines:
        if available(line.sku) < line.quantity:
            raise OutOfStock(line.sku, line.quantity, available(line.sku))
    for line in order.lines:
        _reserved[line.sku] += line.quantity
        if available(line.sku) < LOW_STOCK:
            notifications.low_stock(line.sku, available(line.sku))


def release(order: Order) -> None:
    """Take the promise back."""
    for line in order.lines:
        _reserved[line.sku] -= min(line.quantity, _reserved[line.sku])
    notifications.order_released(order)
    logger.debug("released goods of order %s", order.id)
