"""Payments.

Import `PaymentProcessor` from here; construct it with `create_payment_processor`.
"""

from backend.app.payments.base import BasePaymentProcessor
from .core import PaymentProcessor
from .core import PaymentProcessor as Processor
from .factory import create_payment_processor

__all__ = [
    "BasePaymentProcessor",
    "PaymentProcessor",
    "Processor",
    "create_payment_processor",
]
