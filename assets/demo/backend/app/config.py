"""Settings of the backend, read once from the environment and handed on.

`Settings.from_env` is called in `backend.app.main` and in the scripts; everything
below receives a `Settings` object and never looks at the environment itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


class ConfigurationError(ValueError):
    """A variable is missing or has a value that makes no sense."""


def _positive_float(env: Mapping[str, str], key: str, default: float) -> float:
    raw = env.get(key)
    if raw is None:
        return default
    try:
        value = float(raw)
    except ValueError as exc:
        raise ConfigurationError(f"{key} must be a number, got {raw!r}") from exc
    if value <= 0:
        raise ConfigurationError(f"{key} must be positive, got {raw!r}")
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between the laptop, staging and production."""

    environment: str
    database_url: str
    redis_url: str
    gateway_url: str
    gateway_token: str = field(repr=False)
    payment_timeout: float = 10.0
    max_attempts: int = 3
    currency: str = "EUR"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a missing required variable is an error, not a default."""
        env = os.environ if env is None else env
        missing = [
            key
            for key in ("DATABASE_URL", "REDIS_URL", "PAYMENT_GATEWAY_URL")
            if not env.get(key)
        ]
        if missing:
            raise ConfigurationError("missing variables: " + ", ".join(missing))
        return cls(
            environment=env.get("APP_ENVIRONMENT", "development"),
            database_url=env["DATABASE_URL"],
            redis_url=env["REDIS_URL"],
            gateway_url=env["PAYMENT_GATEWAY_URL"],
            gateway_token=env.get("PAYMENT_GATEWAY_TOKEN", ""),
            payment_timeout=_positive_float(env, "PAYMENT_TIMEOUT_SECONDS", 10.0),
            max_attempts=int(env.get("PAYMENT_MAX_ATTEMPTS", "3")),
            currency=env.get("SHOP_CURRENCY", "EUR"),
        )

    @property
    def is_production(self) -> bool:
        return self.environment == "production"
