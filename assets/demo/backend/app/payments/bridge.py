"""The bridge to the gateways that new code is to use."""

from __future__ import annotations

import logging

from backend.app.config import Settings
from backend.app.events.publisher import EventPublisher
from backend.app.payments.factory import PaymentProcessor, create_payment_processor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult

logger = logging.getLogger(__name__)


class GatewayBridge:
    """Keeps one processor per payment method, for one request of one customer."""

    def __init__(self, settings: Settings, publisher: EventPublisher) -> None:
        self._settings = settings
        self._publisher = publisher
        self._processors: dict[str, PaymentProcessor] = {}

    def pay(self, request: PaymentRequest) -> PaymentResult:
        """Charge by the method the request names."""
        return self._processor(request.method).charge(request)

    def give_back(
        self, order_id: str, reference: str, amount: Money, *, method: str = "card"
    ) -> PaymentResult:
        return self._processor(method).refund(order_id, reference, amount)

    def _processor(self, method: str) -> PaymentProcessor:
        if method not in self._processors:
            logger.debug("bridge opens %s", method)
            self._processors[method] = create_payment_processor(
                self._settings, self._publisher, method
            )
        return self._processors[method]
