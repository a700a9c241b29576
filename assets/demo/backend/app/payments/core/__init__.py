"""The processor and what it needs."""

from .processor import PaymentProcessor, RetryPolicy

__all__ = ["PaymentProcessor", "RetryPolicy"]
