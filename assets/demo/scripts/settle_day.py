"""Settle one day's payments by hand: `python scripts/settle_day.py 2025-09-17`."""

from __future__ import annotations

import argparse
import csv
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import backend.app.payments.core.processor
from backend.app.config import Settings
from backend.app.events.publisher import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.workers.settlement import SettlementWorker

logger = logging.getLogger("settle_day")


def read_rows(path: Path, day: str) -> list[dict[str, str]]:
    """Read the rows of one day from the gateway's export."""
    with path.open(newline="", encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream) if row["day"] == day]


def preview(rows: list[dict[str, str]], settings: Settings) -> None:
    """Ask the gateway about each row and change nothing."""
    gateway = build_gateway("card", settings.gateway_url, settings.gateway_token)
    processor = backend.app.payments.core.processor.PaymentProcessor(
        gateway, EventPublisher(strict=False)
    )
    for row in rows:
        print(row["reference"], processor.status(row["reference"]).value)


def settle_with_old_books(rows: list[dict[str, str]]) -> None:
    """For days before the move of the books; not needed since June."""
    from backend.app.payments.processor import PaymentProcessor

    processor = PaymentProcessor.for_old_books()
    for row in rows:
        processor.capture(row["order_id"], row["reference"], row["amount"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("day")
    parser.add_argument("--export", type=Path, default=Path("export.csv"))
    parser.add_argument("--preview", action="store_true")
    parser.add_argument("--old-books", action="store_true")
    options = parser.parse_args()
    rows = read_rows(options.export, options.day)
    if options.preview:
        preview(rows, Settings.from_env())
    elif options.old_books:
        settle_with_old_books(rows)
    else:
        good, bad = SettlementWorker().settle(rows)
        logger.info("settled %d, failed %d", good, bad)
        return 1 if bad else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
