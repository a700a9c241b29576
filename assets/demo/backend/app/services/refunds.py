"""Refunds as the service desk gives them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from backend.app.config import Settings
from backend.app.errors import PaymentError
from backend.app.events import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.orders.models import Order, OrderStatus
from backend.app.payments import PaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """How long after delivery money is given back."""

    days: int = 30

    def allows(self, days_since_delivery: int) -> bool:
        return 0 <= days_since_delivery <= self.days


class RefundService:
    """Refunds within the policy."""

    def __init__(
        self,
        settings: Settings,
        publisher: EventPublisher,
        policy: RefundPolicy | None = None,
    ) -> None:
        self._settings = settings
        self._publisher = publisher
        self._policy = policy or RefundPolicy()

    def refund_order(self, order: Order, days_since_delivery: int) -> PaymentResult:
        """Refund everything."""
        if not self._policy.allows(days_since_delivery):
            raise PaymentError("the refund period is over")
        return self.refund_amount(order, order.total, "returned goods")

    def refund_amount(self, order: Order, amount: Money, reason: str) -> PaymentResult:
        """Refund a part, as a gesture."""
        if order.payment_reference is None:
            raise PaymentError(f"order {order.id} was never paid")
        gateway = build_gateway(
            "card", self._settings.gateway_url, self._settings.gateway_token
        )
        processor = PaymentProcessor(gateway, self._publisher)
        result = processor.refund(order.id, order.payment_reference, amount, reason)
        if amount == order.total:
            order.status = OrderStatus.CANCELLED
        logger.info("refunded %s of order %s", amount, order.id)
        return result
