"""What every gateway can do."""

from __future__ import annotations

import logging
from typing import Any

import httpx

from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState

logger = logging.getLogger(__name__)


class PaymentGateway:
    """Common ground of the gateways: one HTTP client and one way to read answers."""

    path = "payments"

    def __init__(self, base_url: str, token: str = "", *, timeout: float = 10.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._timeout = timeout

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        raise NotImplementedError

    def _post(self, suffix: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.base_url}/{self.path}/{suffix}"
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        logger.debug("POST %s", url)
        response = httpx.post(url, json=body, headers=headers, timeout=self._timeout)
        response.raise_for_status()
        return response.json()

    @staticmethod
    def _result(answer: dict[str, Any], amount: Money) -> PaymentResult:
        return PaymentResult(
            reference=str(answer["reference"]),
            state=PaymentState(answer["state"]),
            amount=amount,
            message=answer.get("message", ""),
        )
