"""The application."""

from __future__ import annotations

import logging

from fastapi import FastAPI

from backend.app.api import orders, payments, webhooks
from backend.app.config import Settings
from backend.app.database import ping
from backend.app.events import EventPublisher

logger = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Put the parts together."""
    app = FastAPI(title="Quillfern orders and payments")
    app.state.settings = settings or Settings.from_env()
    app.state.publisher = EventPublisher(strict=app.state.settings.is_production)
    for module in (orders, payments, webhooks):
        app.include_router(module.router)

    @app.get("/health")
    def health() -> dict[str, bool]:
        return {"database": ping()}

    return app


def warm_up() -> None:
    """Make the shared processor before the first customer waits for it."""
    from backend.app.payments.core.processor import PaymentProcessor
    from backend.app.payments.factory import get_shared_processor

    processor = get_shared_processor()
    if type(processor) is not PaymentProcessor:
        logger.warning("warmed up with another processor: %s", type(processor).__name__)


def run() -> None:
    """Start a development server."""
    import uvicorn

    warm_up()
    uvicorn.run("backend.app.main:create_app", factory=True, host="127.0.0.1", port=8000)


if __name__ == "__main__":
    run()
