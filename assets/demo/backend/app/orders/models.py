"""Orders and their lines."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from shared.money import Money

if TYPE_CHECKING:
    from backend.app.orders.repository import OrderRepository


class OrderStatus(enum.Enum):
    """Where an order stands."""

    DRAFT = "draft"
    PLACED = "placed"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (OrderStatus.SHIPPED, OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class OrderLine:
    sku: str
    quantity: int
    price: Money

    @property
    def total(self) -> Money:
        return self.price.times(self.quantity)


@dataclass(slots=True)
class Order:
    """What a customer wants, and what became of it."""

    id: str
    customer_id: str
    lines: list[OrderLine] = field(default_factory=list)
    status: OrderStatus = OrderStatus.DRAFT
    payment_reference: str | None = None
    version: int = 1
    placed_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    @property
    def total(self) -> Money:
        total = Money.of(0)
        for line in self.lines:
            total = total + line.total
        return total

    def add(self, sku: str, quantity: int, price: Money) -> None:
        """Add a line, or more of a line that is there."""
        for position, line in enumerate(self.lines):
            if line.sku == sku and line.price == price:
                self.lines[position] = OrderLine(sku, line.quantity + quantity, price)
                return
        self.lines.append(OrderLine(sku, quantity, price))

    def save(self, repository: OrderRepository) -> None:
        repository.save(self)
