"""Errors that cross module borders."""


class BackendError(Exception):
    """Base of all errors this backend raises on purpose."""


class OrderNotFound(BackendError):
    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} does not exist")
        self.order_id = order_id


class PaymentError(BackendError):
    """A payment could not be carried out."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class PaymentDeclined(PaymentError):
    """The gateway answered, and the answer was no."""


class OutOfStock(BackendError):
    def __init__(self, sku: str, wanted: int, available: int) -> None:
        super().__init__(f"{sku}: wanted {wanted}, available {available}")
        self.sku = sku
        self.wanted = wanted
        self.available = available
