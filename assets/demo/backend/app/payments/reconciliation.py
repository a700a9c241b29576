"""Compares our books with the gateways' books."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.app.database import transaction
from shared.payment_types import PaymentState

if TYPE_CHECKING:
    from backend.app.payments import PaymentProcessor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mismatch:
    reference: str
    ours: PaymentState
    theirs: PaymentState


class Reconciliation:
    """Asks the processor about each open payment."""

    def __init__(self, processor: PaymentProcessor) -> None:
        self._processor = processor

    def run(self, payments: Iterable[tuple[str, PaymentState]]) -> list[Mismatch]:
        """Return the payments on which we and the gateway differ."""
        mismatches = []
        for reference, ours in payments:
            theirs = self._processor.status(reference)
            if theirs is not ours:
                logger.warning("%s: ours %s, theirs %s", reference, ours, theirs)
                mismatches.append(Mismatch(reference, ours, theirs))
        return mismatches

    def store(self, mismatches: Iterable[Mismatch]) -> None:
        """Write the mismatches where the finance team looks for them."""
        from sqlalchemy import text

        statement = text(
            "INSERT INTO payment_mismatch (reference, ours, theirs) "
            "VALUES (:reference, :ours, :theirs)"
        )
        with transaction() as connection:
            for mismatch in mismatches:
                connection.execute(
                    statement,
                    {
                        "reference": mismatch.reference,
                        "ours": mismatch.ours.value,
                        "theirs": mismatch.theirs.value,
                    },
                )
