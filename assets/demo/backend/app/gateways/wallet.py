"""Wallets on the customer's phone."""

from __future__ import annotations

import logging

from backend.app.gateways.base import PaymentGateway
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState

logger = logging.getLogger(__name__)


class WalletGateway(PaymentGateway):
    """One step: an authorised payment is already captured."""

    path = "wallets"

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        answer = self._post(
            "pay", {"order": request.order_id, "cents": request.amount.in_cents()}
        )
        return self._result(answer, request.amount)

    def capture(self, reference: str, amount: Money) -> PaymentResult:
        logger.debug("wallet payment %s is captured already", reference)
        return PaymentResult(reference, PaymentState.CAPTURED, amount)

    def refund(self, amount: Money, reference: str, *, notify_customer: bool) -> PaymentResult:
        answer = self._post(
            f"{reference}/return",
            {"cents": amount.in_cents(), "notify": notify_customer},
        )
        return self._result(answer, amount)

    def status(self, reference: str) -> PaymentState:
        answer = self._post(f"{reference}/status", {})
        return PaymentState(answer["state"])
