"""Second version of the payment processor, for callers outside the backend."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone
from typing import Any

from .client import BillingClient, BillingError
from .proto import payment_events_pb2

logger = logging.getLogger(__name__)


class PaymentProcessorV2:
    """Charges through the billing service, without blocking."""

    def __init__(self, client: BillingClient | None = None, *, attempts: int = 2) -> None:
        self._client = client or BillingClient()
        self._attempts = attempts
        self._outbox: list[dict[str, Any]] = []

    async def charge(self, order_id: str, customer_id: str, cents: int) -> str:
        """Charge an order and return the payment's reference."""
        answer = await self._repeat("charge", {"order": order_id, "cents": cents})
        self._note(payment_events_pb2.PAYMENT_CAPTURED, order_id, customer_id, cents)
        return str(answer["reference"])

    async def refund(self, order_id: str, customer_id: str, reference: str, cents: int) -> None:
        """Give money back."""
        await self._repeat("refund", {"reference": reference, "cents": cents})
        self._note(payment_events_pb2.PAYMENT_REFUNDED, order_id, customer_id, cents)

    def take_events(self) -> list[dict[str, Any]]:
        """Return the events noted so far; the caller publishes them."""
        events, self._outbox = self._outbox, []
        return events

    async def _repeat(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(1, self._attempts):
            try:
                return await self._client.call(action, body)
            except BillingError:
                logger.info("%s failed in attempt %d", action, attempt)
                await asyncio.sleep(0.5 * attempt)
        return await self._client.call(action, body)

    def _note(self, event_type: str, order_id: str, customer_id: str, cents: int) -> None:
        self._outbox.append(
            {
                "event_type": event_type,
                "timestamp": datetime.now(timezone.utc).isoformat(),
                "order_id": order_id,
                "customer_id": customer_id,
                "data": {"cents": cents},
            }
        )
