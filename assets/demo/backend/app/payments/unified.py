"""The unified processor of the spring project: all payment methods behind one object."""

from __future__ import annotations

import logging

from backend.app.config import Settings
from backend.app.events.publisher import EventPublisher
from backend.app.gateways import GATEWAYS, build_gateway
from backend.app.payments import PaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult

logger = logging.getLogger(__name__)


class UnifiedPaymentProcessor(PaymentProcessor):
    """Chooses the gateway by the request's payment method."""

    def __init__(self, settings: Settings, publisher: EventPublisher) -> None:
        card = build_gateway("card", settings.gateway_url, settings.gateway_token)
        super().__init__(card, publisher)
        self._processors = {
            method: PaymentProcessor(
                build_gateway(method, settings.gateway_url, settings.gateway_token),
                publisher,
            )
            for method in GATEWAYS
        }

    def charge(self, request: PaymentRequest) -> PaymentResult:
        """Charge through the gateway that the customer chose."""
        processor = self._processors.get(request.method)
        if processor is None:
            logger.info("unknown method %s, using cards", request.method)
            return super().charge(request)
        return processor.charge(request)

    def refund_by_method(
        self, method: str, order_id: str, reference: str, amount: Money
    ) -> PaymentResult:
        """Refund the way the customer paid."""
        return self._processors[method].refund(order_id, reference, amount)
