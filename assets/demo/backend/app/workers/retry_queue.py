"""Payments that failed for a passing reason are tried again here."""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any

import redis

from backend.app.errors import PaymentError
from backend.app.payments.compat import PaymentProcessor, make_processor
from backend.app.payments.legacy_processor import PaymentProcessor as LegacyProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest

logger = logging.getLogger(__name__)

QUEUE = "payments:retry"
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/1")
TIMEOUT = float(os.environ.get("PAYMENT_TIMEOUT_SECONDS", "15"))
MAX_AGE = 24 * 3600


class RetryQueue:
    """A list in Redis, read from the left."""

    def __init__(self, processor: PaymentProcessor) -> None:
        self._processor = processor
        self._redis = redis.Redis.from_url(REDIS_URL, socket_timeout=TIMEOUT)

    def push(self, order_id: str, customer_id: str, amount: Money) -> None:
        """Note a payment for later."""
        entry = {
            "type": "payment.retry",
            "time": time.time(),
            "order": order_id,
            "customer": customer_id,
            "amount": str(amount.amount),
        }
        self._redis.rpush(QUEUE, json.dumps(entry))

    def work_off(self, limit: int = 100) -> int:
        """Try up to `limit` entries and return how many went through."""
        done = 0
        for _ in range(limit):
            raw = self._redis.lpop(QUEUE)
            if raw is None:
                break
            done += self._try(json.loads(raw))
        return done

    def bury(self, entry: dict[str, Any]) -> None:
        """Hand an entry that is too old to the people of the dead-letter desk."""
        from backend.app.payments.dead_letter import DeadLetterDesk

        DeadLetterDesk().accept(entry)

    def _try(self, entry: dict[str, Any]) -> int:
        if time.time() - entry["time"] > MAX_AGE:
            self.bury(entry)
            return 0
        request = PaymentRequest(
            entry["order"], entry.get("customer", "unknown"), Money.of(entry["amount"])
        )
        try:
            self._processor.charge(request)
        except PaymentError as exc:
            logger.info("order %s failed again: %s", entry["order"], exc)
            return 0
        return 1


def old_gateway_open(reference: str) -> bool:
    """True if the old gateway still holds the payment."""
    return LegacyProcessor().find_payment(reference).get("state") == "open"


def open_queue(settings: Any, publisher: Any) -> RetryQueue:
    return RetryQueue(make_processor(settings, publisher))
