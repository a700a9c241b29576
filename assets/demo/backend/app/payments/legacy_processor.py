"""The payment processor of the first shop.

It talks to the old gateway by itself and tells only the dashboard about payments.
"""

from __future__ import annotations

import json
import logging
import os
import time
import urllib.request
from typing import Any

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.events.legacy_stream import push_payment_change

logger = logging.getLogger(__name__)

GATEWAY_URL = os.environ.get("PAYMENT_GATEWAY_URL", "http://localhost:8000/gateway")
TIMEOUT = float(os.environ.get("PAYMENT_TIMEOUT_SECONDS", "30"))


class PaymentProcessor:
    """Charges orders given as dictionaries."""

    _inflight: dict[str, dict[str, Any]] = {}
    _history: list[dict[str, Any]] = []

    def __init__(self, merchant: str = "quillfern", url: str = GATEWAY_URL) -> None:
        self.merchant = merchant
        self.url = url

    def charge_order(self, order: dict[str, Any]) -> dict[str, Any]:
        """Charge the total of an order at once."""
        order_id = order["id"]
        if order_id in self._inflight:
            raise PaymentError(f"order {order_id} is being charged already")
        self._inflight[order_id] = order
        try:
            answer = self._call("charge", {"order": order_id, "total": str(order["total"])})
        finally:
            self._inflight.pop(order_id, None)
        if answer.get("state") == "declined":
            raise PaymentDeclined(answer.get("message", "declined"))
        self._history.append({"type": "charged", "time": time.time(), "order": order_id})
        push_payment_change(order_id, "charged", str(order["total"]))
        return answer

    def refund_order(self, order: dict[str, Any], reference: str) -> dict[str, Any]:
        """Give the whole total back; the old gateway knows no partial refunds."""
        answer = self._call("refund", {"reference": reference})
        self._history.append({"type": "refunded", "time": time.time(), "order": order["id"]})
        push_payment_change(order["id"], "refunded", str(order["total"]))
        return answer

    def find_payment(self, reference: str) -> dict[str, Any]:
        """Look a payment up."""
        return self._call("find", {"reference": reference})

    def history(self) -> list[dict[str, Any]]:
        return list(self._history)

    def _call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        payload = json.dumps({"merchant": self.merchant, **body}).encode()
        request = urllib.request.Request(
            f"{self.url}/{action}",
            data=payload,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return json.load(response)
        except OSError as exc:
            logger.error("old gateway failed in %s: %s", action, exc)
            raise PaymentError(str(exc), retryable=True) from exc
