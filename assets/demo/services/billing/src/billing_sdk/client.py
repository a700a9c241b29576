"""Talks to the billing service."""

from __future__ import annotations

import enum
import logging
import os
from typing import Any

import httpx

logger = logging.getLogger(__name__)

DEFAULT_URL = "http://localhost:8000/billing"


class BillingError(RuntimeError):
    """The billing service said no, or nothing at all."""


class OrderStatus(str, enum.Enum):
    """Order states as the billing service sends them."""

    OPEN = "open"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELED = "canceled"


class BillingClient:
    """A thin client; one instance may be used by several tasks."""

    def __init__(self, base_url: str | None = None, *, timeout: float | None = None) -> None:
        self.base_url = base_url or os.environ.get("PAYMENT_GATEWAY_URL", DEFAULT_URL)
        self.timeout = timeout or float(os.environ.get("PAYMENT_TIMEOUT_SECONDS", "5"))

    async def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return its answer."""
        url = f"{self.base_url}/{action}"
        async with httpx.AsyncClient(timeout=self.timeout) as client:
            try:
                response = await client.post(url, json=body)
                response.raise_for_status()
            except httpx.HTTPError as exc:
                logger.warning("%s failed: %s", action, exc)
                raise BillingError(str(exc)) from exc
        return response.json()

    async def order_status(self, order_id: str) -> OrderStatus:
        answer = await self.call("order", {"id": order_id})
        return OrderStatus(answer["status"])
