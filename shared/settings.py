"""The environment, read once: every setting is `AYLLU_<NAME>`, or a file of that name in the secrets folder."""

import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.events import MOST_PARTITIONS


class Periods(BaseSettings):
    """How long an answer may take. Source: response protocol of the Cajamarca programme, in `docs/periods.md`."""

    model_config = SettingsConfigDict(env_prefix="AYLLU_", frozen=True)

    respond_high_hours: float = Field(24, gt=0, description="high risk: first response")
    respond_medium_hours: float = Field(72, gt=0, description="medium risk: first response")
    respond_low_hours: float = Field(168, gt=0, description="low risk: first response")
    acknowledge_high_hours: float = Field(1, gt=0, description="high risk: acknowledged in the inbox")
    acknowledge_medium_hours: float = Field(3, gt=0, description="medium risk: acknowledged in the inbox")
    acknowledge_low_hours: float = Field(24, gt=0, description="low risk: acknowledged in the inbox")


class Norms(BaseSettings):
    """Settings that follow a norm, other than periods; `docs/periods.md` names the norms."""

    model_config = SettingsConfigDict(env_prefix="AYLLU_", frozen=True)

    timezone: str = Field("America/Lima", description="days and ages are those of this time zone")
    triage_file: Path | None = Field(None, description="your own rules of triage; none: those that come with Ayllu")
    hardship_days: int = Field(365, ge=1, description="how long a hardship adds up with others of the same family")
    school_age_day: str = Field(
        "03-31",
        pattern=r"^(0[1-9]|1[0-2])-[0-3][0-9]$",
        description="the age on this month and day decides the school level",
    )

    @field_validator("school_age_day")
    @classmethod
    def _a_day(cls, told: str) -> str:
        datetime.strptime(f"2001-{told}", "%Y-%m-%d")  # noqa: DTZ007 - of every year, so not the 29th of February
        return told

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("a time zone of the IANA list, such as America/Lima")
        return name


class Settings(BaseSettings):
    """The settings of a service. Passwords belong in the secrets folder, never on a command line."""

    model_config = SettingsConfigDict(env_prefix="AYLLU_", frozen=True)

    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis or Valkey, 7.2 or newer; `redis+cluster://` for a cluster",
    )
    mongo_url: SecretStr = Field(
        SecretStr("mongodb://127.0.0.1:27017/"), description="MongoDB 6 or newer, a replica set"
    )
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="the asynchronous driver; docs/adr/0002")
    token_keys: str = Field(
        "", description="public keys that staff tokens are checked with, a JWK set; the same for all services"
    )

    replica: str = Field(f"{socket.gethostname()}-{os.getpid()}", description="this process among its replicas")
    batch_size: int = Field(500, ge=1, le=10_000, description="entries read at once")
    linger_ms: float = Field(20, ge=0, le=1000, description="pause after a small batch, so that the next one is larger")
    partitions: int = Field(1, ge=1, le=MOST_PARTITIONS, description="of each stream that a service publishes, 1 to 64")
    lease_seconds: float = Field(5, ge=0.5, description="silence of a reader after which its partition is taken over")
    claim_idle_seconds: float = Field(
        10, gt=0, description="time without acknowledgement after which an entry is taken over"
    )
    max_deliveries: int = Field(5, ge=1, description="tries before an entry becomes a dead letter")
    sweep_seconds: float = Field(5, gt=0, description="how often the sweeper looks, and how old its batches are")
    sender_rate: float = Field(500, gt=0, description="reports a second a sending system may send, sustained")
    sender_burst: int = Field(20_000, ge=1, description="reports a sending system may send at once")
    report_ahead_hours: float = Field(24, ge=0, description="how far ahead of our clock a report may be dated")
    open_docs: bool = Field(False, description="whether each service answers `/docs`, `/openapi.json` and `/asyncapi`")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def load(cls) -> Self:
        """Read environment and secrets folder (`AYLLU_SECRETS_DIR`, else /run/secrets); raises ValidationError."""
        return cls(_secrets_dir=_secrets_folder())


class Signing(BaseSettings):
    """What only the operator is told, later the desk: no service reads it."""

    model_config = SettingsConfigDict(env_prefix="AYLLU_", frozen=True)

    token_key: SecretStr = Field(
        SecretStr(""), description="the private key that signs staff tokens, a JWK; for the operator alone"
    )

    @classmethod
    def load(cls) -> Self:
        """Read environment and secrets folder, as for a service."""
        return cls(_secrets_dir=_secrets_folder())


def _secrets_folder() -> Path | None:
    folder = Path(os.environ.get("AYLLU_SECRETS_DIR", "/run/secrets"))
    return folder if folder.is_dir() else None
