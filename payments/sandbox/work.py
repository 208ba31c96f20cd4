"""What one call, page, alarm or control does its work with."""

from dataclasses import dataclass, field
from functools import cached_property

from payments.sandbox.store import Record, Transaction

API_VERSION = "2026-10-28.endive"
DAY = 86_400


@dataclass(frozen=True)
class Config:
    """How the sandbox was started."""

    public_url: str
    settle_seconds: int = 0
    payout_seconds: int = 0
    overdraft: int = 10_000
    webhook_url: str = ""
    webhook_secret: str = ""
    platform: str = ""


@dataclass
class Work:
    """One transaction with its moment, its origin and the account it acts for ('' is the platform).

    While an alarm rings, `now` is when it was due and `latest` what the clock says.
    """

    rows: Transaction
    config: Config
    now: int
    account: str = ""
    path: str = ""
    request_id: str | None = None
    key: str | None = None
    deliver: bool = True
    latest: int = 0
    stirred: set[str] = field(default_factory=set)

    @cached_property
    def endpoints(self) -> list[Record]:
        """Where events go; oldest first."""
        return self.rows.where("webhook_endpoint") + self.rows.where("v2.core.event_destination")

    def acting_for(self, account: str) -> "Work":
        """The same transaction on behalf of another account."""
        return Work(
            rows=self.rows,
            config=self.config,
            now=self.now,
            account=account,
            path=self.path,
            request_id=self.request_id,
            key=self.key,
            deliver=self.deliver,
            latest=self.latest,
            stirred=self.stirred,
        )
