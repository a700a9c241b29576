"""The only place where payment processors are made."""

from __future__ import annotations

import logging

from backend.app.config import Settings
from backend.app.events.publisher import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.payments.core.processor import PaymentProcessor, RetryPolicy

logger = logging.getLogger(__name__)

_shared_processor: PaymentProcessor | None = None


def create_payment_processor(
    settings: Settings, publisher: EventPublisher, method: str = "card"
) -> PaymentProcessor:
    """Make the processor for one payment method."""
    gateway = build_gateway(method, settings.gateway_url, settings.gateway_token)
    logger.debug("new processor for %s", method)
    return PaymentProcessor(
        gateway, publisher, retry=RetryPolicy(attempts=settings.max_attempts)
    )


def get_shared_processor() -> PaymentProcessor:
    """The processor of callers that have no settings at hand.

    One object for all customers: it remembers who paid for which order.
    """
    global _shared_processor
    if _shared_processor is None:
        _shared_processor = create_payment_processor(Settings.from_env(), EventPublisher())
    return _shared_processor
