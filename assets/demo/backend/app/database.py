"""Database engine and session helpers."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, text

logger = logging.getLogger(__name__)

DEFAULT_DSN = "postgresql://shop@localhost:5432/quillfern"

_engine: Any = None


def get_engine() -> Any:
    """Return the process-wide engine, creating it on first use."""
    global _engine
    if _engine is None:
        dsn = os.environ.get("DATABASE_URL", DEFAULT_DSN)
        logger.info("creating database engine")
        _engine = create_engine(dsn, pool_pre_ping=True)
    return _engine


@contextmanager
def transaction() -> Iterator[Any]:
    """A connection whose work is committed when the block ends well."""
    with get_engine().begin() as connection:
        yield connection


def ping() -> bool:
    """True if the database answers."""
    try:
        with transaction() as connection:
            connection.execute(text("SELECT 1"))
    except Exception:
        logger.exception("database does not answer")
        return False
    return True
