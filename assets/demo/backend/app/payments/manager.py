"""Deprecated: there is no payment manager any more, only the processor."""

import warnings

from backend.app.payments.compat import PaymentProcessor

PaymentManager = PaymentProcessor

warnings.warn(
    "backend.app.payments.manager is deprecated, use backend.app.payments.PaymentProcessor",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["PaymentManager", "PaymentProcessor"]
