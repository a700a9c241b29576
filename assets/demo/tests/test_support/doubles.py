"""Stand-ins for processors and gateways."""

from __future__ import annotations

from typing import Any

from backend.app.gateways.base import PaymentGateway
from backend.app.payments import BasePaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState


class FakeGateway(PaymentGateway):
    """Answers from memory; `failures` connection errors come first."""

    def __init__(self, *, failures: int = 0, decline: bool = False) -> None:
        super().__init__("http://127.0.0.1:9")
        self.failures = failures
        self.decline = decline
        self.calls: list[str] = []

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        self._fail("authorize")
        state = PaymentState.DECLINED if self.decline else PaymentState.AUTHORIZED
        return PaymentResult(f"ref-{request.order_id}", state, request.amount)

    def capture(self, reference: str, amount: Money) -> PaymentResult:
        self._fail("capture")
        return PaymentResult(reference, PaymentState.CAPTURED, amount)

    def refund(self, reference: str, amount: Money, reason: str = "") -> PaymentResult:
        self._fail("refund")
        return PaymentResult(reference, PaymentState.REFUNDED, amount, reason)

    def status(self, reference: str) -> PaymentState:
        return PaymentState.AUTHORIZED

    def _fail(self, call: str) -> None:
        self.calls.append(call)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("no route")


class PaymentProcessor:
    """The mock that most tests were written against."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.charged: list[PaymentRequest] = []
        self.refunded: list[tuple[str, Money]] = []

    def charge(self, request: PaymentRequest) -> PaymentResult:
        self.charged.append(request)
        return PaymentResult("mock", PaymentState.CAPTURED, request.amount)

    def refund(
        self, order_id: str, reference: str, amount: Money, reason: str = ""
    ) -> PaymentResult:
        self.refunded.append((order_id, amount))
        return PaymentResult(reference, PaymentState.REFUNDED, amount, reason)


class MockPaymentProcessor(BasePaymentProcessor):
    """A mock that keeps to the interface."""

    def __init__(self, state: PaymentState = PaymentState.CAPTURED) -> None:
        self.state = state
        self.log: list[str] = []

    def charge(self, request: PaymentRequest) -> PaymentResult:
        self.log.append("charge")
        return PaymentResult("mock", self.state, request.amount)

    def capture(self, order_id: str, reference: str, amount: Money) -> PaymentResult:
        self.log.append("capture")
        return PaymentResult(reference, self.state, amount)

    def refund(
        self, order_id: str, reference: str, amount: Money, reason: str = ""
    ) -> PaymentResult:
        self.log.append("refund")
        return PaymentResult(reference, PaymentState.REFUNDED, amount, reason)

    def status(self, reference: str) -> PaymentState:
        return self.state
