"""The interface of payment processors."""

from __future__ import annotations

from abc import ABC, abstractmethod

from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState


class BasePaymentProcessor(ABC):
    """Charges, captures, refunds and voids payments."""

    @abstractmethod
    def charge(self, request: PaymentRequest) -> PaymentResult:
        """Authorise and capture in one go."""

    @abstractmethod
    def capture(self, order_id: str, reference: str, amount: Money) -> PaymentResult:
        """Take the money that was authorised."""

    @abstractmethod
    def refund(
        self, order_id: str, reference: str, amount: Money, reason: str = ""
    ) -> PaymentResult:
        """Give money back."""

    @abstractmethod
    def status(self, reference: str) -> PaymentState:
        """Ask the gateway."""
