"""Checkout, which uses the bridge for most and the old processor for the rest."""

from unittest.mock import patch

import pytest

from backend.app.orders import OrderStatus
from backend.app.payments import PaymentProcessor, create_payment_processor
from backend.app.payments.bridge import GatewayBridge
from backend.app.payments.checkout import Checkout
from test_support import MockPaymentProcessor


@pytest.fixture
def checkout(settings, publisher):
    bridge = GatewayBridge(settings, publisher)
    bridge._processors["card"] = MockPaymentProcessor()
    return Checkout(bridge)


def test_factory_makes_the_processor(settings, publisher):
    processor = create_payment_processor(settings, publisher)
    assert isinstance(processor, PaymentProcessor)


def test_pay_marks_the_order(checkout, order):
    assert checkout.pay(order) == "mock"
    assert order.status is OrderStatus.PAID


def test_phone_desk_uses_the_old_gateway(settings, publisher, order):
    with patch("backend.app.payments.checkout.LegacyProcessor") as legacy:
        legacy.return_value.charge_order.return_value = {"reference": 17}
        checkout = Checkout(GatewayBridge(settings, publisher))
        assert checkout.pay_by_phone(order) == "17"


def test_cancel_refunds_through_the_bridge(checkout, order):
    checkout.cancel(order, "ref-1")
    assert order.status is OrderStatus.CANCELLED
