"""Settles the day's authorised payments at night."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from backend.app.errors import PaymentError
from backend.app.events.publisher import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.payments import PaymentProcessor
from shared.money import Money

logger = logging.getLogger(__name__)

GATEWAY_URL = os.getenv("PAYMENT_GATEWAY_URL", "http://127.0.0.1:8000")
ATTEMPTS = int(os.getenv("PAYMENT_MAX_ATTEMPTS", "5"))


class SettlementWorker:
    """Captures what was authorised during the day."""

    def __init__(self, publisher: EventPublisher | None = None) -> None:
        self._publisher = publisher or EventPublisher()
        self._processors: dict[str, PaymentProcessor] = {}

    def settle(self, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
        """Capture each row; return how many went well and how many did not."""
        good = bad = 0
        for row in rows:
            try:
                self._settle_one(row)
                good += 1
            except PaymentError as exc:
                logger.error("cannot settle %s: %s", row["reference"], exc)
                bad += 1
        self._publisher.publish(
            {
                "event_type": "settlement.finished",
                "timestamp": rows_date(rows),
                "order_id": "",
                "customer_id": "",
                "data": {"good": good, "bad": bad},
            }
        )
        return good, bad

    def _settle_one(self, row: dict[str, Any]) -> None:
        method = row.get("method", "card")
        if method not in self._processors:
            self._processors[method] = PaymentProcessor(
                build_gateway(method, GATEWAY_URL), self._publisher
            )
        amount = Money.of(row["amount"], row.get("currency", "EUR"))
        self._processors[method].capture(row["order_id"], row["reference"], amount)


def rows_date(rows: Sequence[dict[str, Any]]) -> str:
    """The day that the rows are about."""
    for row in rows:
        return str(row.get("day", ""))
    return ""
