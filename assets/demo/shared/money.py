"""Money without floating point."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in one currency; amounts of two currencies never mix."""

    amount: Decimal
    currency: str = "EUR"

    @classmethod
    def of(cls, value: str | int | Decimal, currency: str = "EUR") -> Money:
        return cls(Decimal(value).quantize(CENT, rounding=ROUND_HALF_EVEN), currency)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def times(self, factor: int | Decimal) -> Money:
        return Money.of(self.amount * factor, self.currency)

    def is_positive(self) -> bool:
        return self.amount > 0

    def in_cents(self) -> int:
        return int(self.amount * 100)

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"
