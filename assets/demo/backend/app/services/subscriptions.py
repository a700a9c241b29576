"""Boxes that are delivered and paid every month."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.app.errors import PaymentDeclined
from backend.app.events import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.payments import PaymentProcessor
from backend.app.payments.core import RetryPolicy
from shared.money import Money
from shared.payment_types import PaymentRequest

logger = logging.getLogger(__name__)

GATEWAY = "http://localhost:8000/gateway"


@dataclass(slots=True)
class Subscription:
    id: str
    customer_id: str
    monthly: Money
    next_due: date
    failures: int = 0

    @property
    def is_suspended(self) -> bool:
        return self.failures >= 3


class SubscriptionService:
    """Charges what is due."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._processor = PaymentProcessor(
            build_gateway("card", GATEWAY), publisher, retry=RetryPolicy(attempts=5)
        )

    def charge_due(self, subscriptions: Iterable[Subscription], today: date) -> list[str]:
        """Charge each subscription that is due and return the references."""
        references = []
        for subscription in subscriptions:
            if subscription.is_suspended or subscription.next_due > today:
                continue
            reference = self._charge(subscription, today)
            if reference is not None:
                references.append(reference)
        return references

    def _charge(self, subscription: Subscription, today: date) -> str | None:
        request = PaymentRequest(
            order_id=f"{subscription.id}-{today:%Y%m}",
            customer_id=subscription.customer_id,
            amount=subscription.monthly,
            idempotency_key=f"{subscription.id}:{today:%Y%m}",
        )
        try:
            result = self._processor.charge(request)
        except PaymentDeclined:
            subscription.failures += 1
            logger.info("%s declined, failure %d", subscription.id, subscription.failures)
            return None
        subscription.failures = 0
        return result.reference
