"""Placing, paying and cancelling orders."""

from unittest.mock import Mock

import pytest

from backend.app.orders import inventory
from backend.app.orders.models import OrderStatus
from backend.app.orders.payment_manager import OrderPaymentManager, is_payable
from backend.app.orders.service import OrderService, summary_line
from backend.app.payments.manager import PaymentManager, PaymentProcessor
from test_support import MockPaymentProcessor


@pytest.fixture
def service(publisher):
    return OrderService(Mock(), MockPaymentProcessor(), publisher)


def test_manager_is_the_processor():
    assert PaymentManager is OrderPaymentManager is PaymentProcessor


def test_place_reserves_the_goods(service, order, monkeypatch):
    reserved = []
    monkeypatch.setattr("backend.app.orders.inventory.reserve", reserved.append)
    service.place(order)
    assert reserved == [order]
    assert order.status is OrderStatus.PLACED


def test_low_stock_is_reported(order, monkeypatch):
    told = []
    monkeypatch.setattr(
        "backend.app.orders.notifications.low_stock", lambda sku, left: told.append(sku)
    )
    inventory.receive("kettle", 3)
    inventory.receive("cup", 40)
    inventory.reserve(order)
    assert told == ["kettle"]


def test_pay_keeps_the_reference(service, order):
    service.pay(order)
    assert order.payment_reference == "mock"
    assert not is_payable(order.status.value)


def test_summary(order):
    assert summary_line(order) == "order-1: 2 lines, 69.90 EUR, draft"
