"""What can be done with an order."""

from __future__ import annotations

import logging

import backend.app.orders.inventory as inventory
from backend.app.errors import OutOfStock, PaymentDeclined
from backend.app.events import EventPublisher, order_event
from backend.app.orders.models import Order, OrderStatus
from backend.app.orders.payment_manager import OrderPaymentManager, is_payable
from backend.app.orders.repository import OrderRepository
from shared.payment_types import PaymentRequest

logger = logging.getLogger(__name__)


class OrderService:
    """Places, pays and cancels orders."""

    def __init__(
        self,
        repository: OrderRepository,
        payments: OrderPaymentManager,
        publisher: EventPublisher,
    ) -> None:
        self._repository = repository
        self._payments = payments
        self._publisher = publisher

    def place(self, order: Order) -> Order:
        """Reserve the goods and note the order."""
        try:
            inventory.reserve(order)
        except OutOfStock as exc:
            logger.info("order %s cannot be placed: %s", order.id, exc)
            raise
        order.status = OrderStatus.PLACED
        self._repository.save(order)
        self._publisher.publish(order_event("placed", order.id, order.customer_id))
        return order

    def pay(self, order: Order) -> Order:
        """Charge an order that was placed."""
        if not is_payable(order.status.value):
            raise ValueError(f"order {order.id} is {order.status.value}")
        try:
            result = self._payments.charge(
                PaymentRequest(order.id, order.customer_id, order.total)
            )
        except PaymentDeclined:
            order.status = OrderStatus.PAYMENT_FAILED
            self._repository.save(order)
            raise
        order.status = OrderStatus.PAID
        order.payment_reference = result.reference
        self._repository.save(order)
        return order

    def cancel(self, order_id: str, reason: str) -> Order:
        order = self._repository.get(order_id)
        inventory.release(order)
        if order.payment_reference:
            self._payments.refund(order.id, order.payment_reference, order.total, reason)
        order.status = OrderStatus.CANCELLED
        self._repository.save(order)
        self._publisher.publish(
            order_event("cancelled", order.id, order.customer_id, {"reason": reason})
        )
        return order


def summary_line(order: Order) -> str:
    """One line about an order, for messages to people."""
    return f"{order.id}: {len(order.lines)} lines, {order.total}, {order.status.value}"
