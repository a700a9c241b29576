"""Where orders are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from backend.app.database import transaction
from backend.app.errors import OrderNotFound
from backend.app.orders.models import Order, OrderLine, OrderStatus
from shared.money import Money

logger = logging.getLogger(__name__)


class OrderRepository:
    """Reads and writes orders."""

    def __init__(self, begin: Callable[[], Any] = transaction) -> None:
        self._begin = begin

    def get(self, order_id: str) -> Order:
        """Return an order with its lines."""
        with self._begin() as connection:
            row = connection.execute(
                text("SELECT * FROM orders WHERE id = :id"), {"id": order_id}
            ).mappings().first()
            if row is None:
                raise OrderNotFound(order_id)
            lines = connection.execute(
                text("SELECT sku, quantity, price FROM order_lines WHERE order_id = :id"),
                {"id": order_id},
            ).mappings().all()
        return self._build(row, lines)

    def save(self, order: Order) -> None:
        """Write an order's state; a newer version in the table wins."""
        with self._begin() as connection:
            done = connection.execute(
                text(
                    "UPDATE orders SET status = :status, version = version + 1 "
                    "WHERE id = :id AND version = :version"
                ),
                {"id": order.id, "status": order.status.value, "version": order.version},
            )
        if done.rowcount == 0:
            raise OrderNotFound(order.id)
        order.version += 1
        logger.debug("saved order %s, version %d", order.id, order.version)

    def find_by_customer(self, customer_id: str, limit: int = 20) -> list[str]:
        """Return the ids of a customer's latest orders."""
        with self._begin() as connection:
            rows = connection.execute(
                text(
                    "SELECT id FROM orders WHERE customer_id = :customer "
                    "ORDER BY placed_at DESC LIMIT :limit"
                ),
                {"customer": customer_id, "limit": limit},
            )
            return [row[0] for row in rows]

    @staticmethod
    def _build(row: Any, lines: Any) -> Order:
        return Order(
            id=row["id"],
            customer_id=row["customer_id"],
            lines=[
                OrderLine(line["sku"], line["quantity"], Money.of(line["price"]))
                for line in lines
            ],
            status=OrderStatus(row["status"]),
            payment_reference=row["payment_reference"],
            version=row["version"],
        )
