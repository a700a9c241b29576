"""Helpers of the tests."""

from .doubles import FakeGateway, MockPaymentProcessor, PaymentProcessor

__all__ = ["FakeGateway", "MockPaymentProcessor", "PaymentProcessor"]
