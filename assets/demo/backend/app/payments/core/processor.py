"""The payment processor: single source of truth for charging and refunding.

All money of the shop moves through this class. It is constructed by
`backend.app.payments.factory.create_payment_processor` only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.events.builders import payment_event
from backend.app.events.publisher import EventPublisher
from backend.app.gateways.base import PaymentGateway
from backend.app.payments.base import BasePaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a gateway is asked again."""

    attempts: int = 3
    first_delay: float = 0.2
    factor: float = 2.0

    def delays(self) -> Iterable[float]:
        delay = self.first_delay
        for _ in range(self.attempts - 1):
            yield delay
            delay *= self.factor


class PaymentProcessor(BasePaymentProcessor):
    """Moves money through one gateway and tells the rest of the shop about it."""

    def __init__(
        self,
        gateway: PaymentGateway,
        publisher: EventPublisher,
        *,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gateway = gateway
        self._publisher = publisher
        self._retry = retry or RetryPolicy()
        self._sleep = sleep
        self._customers: dict[str, str] = {}

    def charge(self, request: PaymentRequest) -> PaymentResult:
        """Authorise and capture; raises `PaymentDeclined` if the answer is no."""
        self._validate(request)
        self._customers[request.order_id] = request.customer_id
        result = self._with_retry("authorize", self._gateway.authorize, request)
        if not result.succeeded:
            self._publish("declined", request.order_id, {"message": result.message})
            raise PaymentDeclined(result.message or "payment was declined")
        return self.capture(request.order_id, result.reference, request.amount)

    def capture(self, order_id: str, reference: str, amount: Money) -> PaymentResult:
        """Take the money that was authorised."""
        result = self._with_retry("capture", self._gateway.capture, reference, amount)
        self._publish(
            "captured", order_id, {"reference": reference, "amount": str(result.amount)}
        )
        logger.info("captured %s for order %s", result.amount, order_id)
        return result

    def refund(
        self, order_id: str, reference: str, amount: Money, reason: str = ""
    ) -> PaymentResult:
        """Give back all or a part of a captured payment."""
        if not amount.is_positive():
            raise PaymentError("a refund must be positive")
        result = self._with_retry("refund", self._gateway.refund, reference, amount, reason)
        self._publish(
            "refunded",
            order_id,
            {"reference": reference, "amount": str(amount), "reason": reason},
        )
        return result

    def refund_allowed(self, order_id: str, days_since_delivery: int) -> bool:
        """Ask the refund policy; imported here because it needs this module."""
        from backend.app.services.refunds import RefundPolicy

        allowed = RefundPolicy().allows(days_since_delivery)
        logger.debug("refund of order %s allowed: %s", order_id, allowed)
        return allowed

    def void(self, order_id: str, reference: str) -> PaymentState:
        """Drop an authorisation that will not be captured."""
        state = self.status(reference)
        if state is PaymentState.CAPTURED:
            raise PaymentError("a captured payment must be refunded instead")
        self._publish("voided", order_id, {"reference": reference})
        return PaymentState.VOIDED

    def status(self, reference: str) -> PaymentState:
        """Ask the gateway."""
        return self._with_retry("status", self._gateway.status, reference)

    def _with_retry(self, what: str, call: Callable[..., Any], *args: Any) -> Any:
        for delay in self._retry.delays():
            try:
                return call(*args)
            except ConnectionError as exc:
                logger.warning("%s failed, next try in %.1f s: %s", what, delay, exc)
                self._sleep(delay)
        try:
            return call(*args)
        except ConnectionError as exc:
            raise PaymentError(f"{what} failed: {exc}", retryable=True) from exc

    def _publish(self, event_type: str, order_id: str, data: dict[str, Any]) -> None:
        customer_id = self._customers.get(order_id, "unknown")
        self._publisher.publish(payment_event(event_type, order_id, customer_id, data))

    @staticmethod
    def _validate(request: PaymentRequest) -> None:
        if not request.amount.is_positive():
            raise PaymentError("the amount must be positive")
        if not request.order_id:
            raise PaymentError("a payment needs an order")
