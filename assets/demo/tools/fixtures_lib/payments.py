"""Payments as the gateways export them, for tests of the night jobs."""

from __future__ import annotations


def captured_rows(count: int = 3, day: str = "2025-09-17") -> list[dict[str, str]]:
    """Rows of one day, in the order of their references."""
    return [
        {
            "reference": f"ref-{number:04d}",
            "order_id": f"order-{number:04d}",
            "amount": f"{10 + number}.50",
            "method": "card",
            "day": day,
        }
        for number in range(count)
    ]


def broken_row() -> dict[str, str]:
    """A row that no gateway takes."""
    return {"reference": "", "order_id": "", "amount": "0.00", "method": "card", "day": ""}
