"""Old home of the payment processor, kept for imports that were not moved yet."""

import warnings

from backend.app.payments.core import PaymentProcessor, RetryPolicy
from backend.app.payments.factory import create_payment_processor as make_processor

warnings.warn(
    "backend.app.payments.compat is deprecated, import from backend.app.payments",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["PaymentProcessor", "RetryPolicy", "make_processor"]
