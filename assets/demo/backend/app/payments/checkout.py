"""Checkout: from a basket to a paid order.

The move from the old processor to the bridge is under way.
"""

from __future__ import annotations

import logging
from typing import Any

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.orders.models import Order, OrderStatus
from backend.app.payments.bridge import GatewayBridge
from backend.app.payments.legacy_processor import PaymentProcessor as LegacyProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest

logger = logging.getLogger(__name__)


class Checkout:
    """Takes the money for an order."""

    def __init__(self, bridge: GatewayBridge) -> None:
        self._bridge = bridge
        self._legacy = LegacyProcessor()

    def pay(self, order: Order, method: str = "card") -> str:
        """Charge an order and return the payment's reference."""
        request = PaymentRequest(
            order_id=order.id,
            customer_id=order.customer_id,
            amount=order.total,
            method=method,
            idempotency_key=f"{order.id}:{order.version}",
        )
        try:
            result = self._bridge.pay(request)
        except PaymentDeclined:
            order.status = OrderStatus.PAYMENT_FAILED
            raise
        order.status = OrderStatus.PAID
        return result.reference

    def pay_by_phone(self, order: Order) -> str:
        """The phone desk still charges through the old gateway."""
        answer = self._legacy.charge_order(_as_document(order))
        order.status = OrderStatus.PAID
        return str(answer["reference"])

    def cancel(self, order: Order, reference: str) -> None:
        """Refund the whole order, whoever charged it."""
        try:
            self._bridge.give_back(order.id, reference, order.total)
        except PaymentError:
            logger.warning("bridge cannot refund %s, asking the old gateway", reference)
            self._legacy.refund_order(_as_document(order), reference)
        order.status = OrderStatus.CANCELLED

    def refund_part(self, order: Order, reference: str, amount: Money) -> None:
        """Partial refunds exist on the bridge only."""
        self._bridge.give_back(order.id, reference, amount)

    def receipt(self, reference: str) -> dict[str, Any]:
        """Receipts are printed from the old gateway's data."""
        payment = LegacyProcessor().find_payment(reference)
        return {"reference": reference, "total": payment.get("total"), "lines": []}


def _as_document(order: Order) -> dict[str, Any]:
    return {"id": order.id, "total": order.total.amount}
