"""From basket to refund, against the gateway's sandbox."""

import os

import pytest

from backend.app.events import EventPublisher
from backend.app.payments import PaymentProcessor
from backend.app.payments.processor_factory import ProcessorFactory
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentState

SANDBOX = os.environ.get("PAYMENT_SANDBOX_URL", "http://localhost:8000/sandbox")

pytestmark = pytest.mark.skipif(
    "PAYMENT_SANDBOX_URL" not in os.environ, reason="needs the gateway's sandbox"
)


@pytest.fixture
def flow() -> PaymentProcessor:
    return ProcessorFactory(SANDBOX).build("card", EventPublisher())


def test_charge_and_refund(flow):
    request = PaymentRequest("order-1", "customer-1", Money.of("12.00"))
    result = flow.charge(request)
    assert result.state is PaymentState.CAPTURED
    refund = flow.refund("order-1", result.reference, Money.of("2.00"), "gesture")
    assert refund.state is PaymentState.REFUNDED


def test_void_after_capture_is_refused(flow):
    request = PaymentRequest("order-2", "customer-1", Money.of("5.00"))
    result = flow.charge(request)
    with pytest.raises(Exception):
        flow.void("order-2", result.reference)
