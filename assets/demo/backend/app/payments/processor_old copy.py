"""The payment processor, before it moved to core/."""

import logging

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.events.publisher import EventPublisher

logger = logging.getLogger(__name__)


class PaymentProcessor:
    """Charges through one gateway."""

    def __init__(self, gateway, publisher: EventPublisher):
        self._gateway = gateway
        self._publisher = publisher

    def charge(self, request):
        if not request.amount.is_positive():
            raise PaymentError("the amount must be positive")
        result = self._gateway.authorize(request)
        if not result.succeeded:
            raise PaymentDeclined(result.message)
        return self._gateway.capture(result.reference, request.amount)

    def refund(self, order_id, reference, amount, reason=""):
        logger.info("refund of %s for %s", amount, order_id)
        return self._gateway.refund(reference, amount, reason)
