"""Requests and results that travel between processors and gateways."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from shared.money import Money


class PaymentState(enum.Enum):
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What the shop wants to be paid, and for which order."""

    order_id: str
    customer_id: str
    amount: Money
    method: str = "card"
    idempotency_key: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What a gateway answered."""

    reference: str
    state: PaymentState
    amount: Money
    message: str = ""

    @property
    def succeeded(self) -> bool:
        return self.state is not PaymentState.DECLINED
