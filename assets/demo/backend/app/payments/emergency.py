"""Emergency copy of the payment processor.

Made during the outage of 14 August so that the refund desk could go on working
without the retry changes. To be removed after the post-mortem.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.events.builders import payment_event
from backend.app.events.publisher import EventPublisher
from backend.app.gateways.base import PaymentGateway
from backend.app.payments.base import BasePaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState

logger = logging.getLogger(__name__)

ATTEMPTS = int(os.environ.get("PAYMENT_MAX_ATTEMPTS", "1"))


class PaymentProcessor(BasePaymentProcessor):
    """Moves money through one gateway and tells the rest of the shop about it."""

    def __init__(
        self,
        gateway: PaymentGateway,
        publisher: EventPublisher,
        *,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gateway = gateway
        self._publisher = publisher
        self._attempts = attempts
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
        logger.warning("emergency capture of %s for order %s", result.amount, order_id)
        return result

    def refund(
        self, order_id: str, reference: str, amount: Money, reason: str = ""
    ) -> PaymentResult:
        """Give back all or a part of a captured payment."""
        result = self._with_retry("refund", self._gateway.refund, reference, amount, reason)
        self._publish(
            "refunded",
            order_id,
            {"reference": reference, "amount": str(amount), "reason": reason},
        )
        return result

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
        for attempt in range(1, self._attempts):
            try:
                return call(*args)
            except ConnectionError as exc:
                logger.warning("%s failed in attempt %d: %s", what, attempt, exc)
                self._sleep(1.0)
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
