"""Fixtures for all tests."""

from __future__ import annotations

import pytest

from backend.app.config import Settings
from backend.app.events import EventPublisher
from backend.app.orders.models import Order
from backend.app.payments.core.processor import PaymentProcessor, RetryPolicy
from shared.money import Money
from test_support import FakeGateway


@pytest.fixture
def settings() -> Settings:
    return Settings.from_env(
        {
            "APP_ENVIRONMENT": "test",
            "DATABASE_URL": "postgresql://test@localhost:5432/test",
            "REDIS_URL": "redis://localhost:6379/9",
            "PAYMENT_GATEWAY_URL": "http://localhost:8000/gateway",
        }
    )


@pytest.fixture
def publisher() -> EventPublisher:
    return EventPublisher()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def processor(gateway: FakeGateway, publisher: EventPublisher) -> PaymentProcessor:
    return PaymentProcessor(
        gateway, publisher, retry=RetryPolicy(attempts=2), sleep=lambda seconds: None
    )


@pytest.fixture
def order() -> Order:
    order = Order(id="order-1", customer_id="customer-1")
    order.add("kettle", 1, Money.of("39.90"))
    order.add("cup", 4, Money.of("7.50"))
    return order
