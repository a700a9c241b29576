"""Which processor serves which payment method."""

from __future__ import annotations

import logging

from backend.app.payments import PaymentProcessor

logger = logging.getLogger(__name__)


class ProcessorRegistry:
    """One registry for the whole process."""

    _instance: ProcessorRegistry | None = None
    _processors: dict[str, PaymentProcessor]

    def __new__(cls) -> ProcessorRegistry:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance._processors = {}
        return cls._instance

    def register(self, method: str, processor: PaymentProcessor) -> None:
        if method in self._processors:
            logger.warning("processor for %s is replaced", method)
        self._processors[method] = processor

    def get(self, method: str) -> PaymentProcessor:
        try:
            return self._processors[method]
        except KeyError:
            raise LookupError(f"no processor for {method!r}") from None

    def methods(self) -> list[str]:
        return sorted(self._processors)
