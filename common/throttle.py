"""How often somebody may do something, counted in Redis in one step, so that no burst slips between two steps.

A window slides in fifty slices: never more than `limit` in any `seconds`, at the price of forgetting up to a fiftieth
of the window late. Who is counted is hashed before it leaves the process.
"""

import hashlib
import ipaddress
import logging
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import redis
from django.conf import settings
from django.http import HttpRequest

from common import clock, problems

logger = logging.getLogger(__name__)

SLICES = 50
REST_SECONDS = 1.0  # how long a Redis that did not answer is left alone
NOWHERE = "0.0.0.0"  # noqa: S104  the address of who came by a socket without one

# Returns: allowed, used after this call, milliseconds until one more fits, milliseconds until all is forgotten.
_SCRIPT = """
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(ARGV[4])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local width = math.max(1, math.ceil(window / tonumber(ARGV[5])))
local count = math.ceil(window / width)
local current = math.floor(now / width)
local used, slices = 0, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local slice, amount = tonumber(fields[i]), tonumber(fields[i + 1])
  if slice < current - count then
    redis.call('HDEL', KEYS[1], fields[i])
  else
    used = used + amount
    slices[#slices + 1] = {slice, amount}
  end
end
local allowed = 0
if used + cost <= limit and (cost > 0 or used < limit) then
  allowed = 1
  if cost > 0 then
    redis.call('HINCRBY', KEYS[1], current, cost)
    redis.call('PEXPIRE', KEYS[1], window + 2 * width)
    used = used + cost
    slices[#slices + 1] = {current, cost}
  end
end
table.sort(slices, function(a, b) return a[1] < b[1] end)
local retry, reset, freed = 0, 0, 0
local needed = used + math.max(cost, 1) - limit
for _, pair in ipairs(slices) do
  local gone = (pair[1] + count + 1) * width - now
  reset = math.max(reset, gone)
  if freed < needed then
    freed = freed + pair[2]
    retry = gone
  end
end
return {allowed, used, retry, reset}
"""

WhenDown = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed, how many more are, and the seconds until the next is and until all is forgotten."""

    allowed: bool
    remaining: int
    retry_after: float
    reset_after: float

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Nothing, or the problem “too many requests”."""
        if not self.allowed:
            raise problems.too_many(self.retry_after)


def hit(
    scope: str, identity: Any, limit: int, seconds: int, *, cost: int = 1, when_down: WhenDown = "closed"
) -> Verdict:
    """Count one more, if it is still allowed. What is refused is not counted.

    Without Redis nobody can count: "closed" (sign-in, mail, money) then refuses, "open" (browsing) lets pass.
    """
    answer = _ask(_key(scope, identity), limit, seconds, cost)
    if answer is None:
        is_open = when_down == "open"
        return Verdict(is_open, limit if is_open else 0, 0 if is_open else problems.RETRY_AFTER_TROUBLE, 0)
    allowed, used, retry, reset = answer
    return Verdict(bool(allowed), max(0, limit - used), 0 if allowed else retry / 1000, reset / 1000)


def peek(scope: str, identity: Any, limit: int, seconds: int, *, when_down: WhenDown = "closed") -> Verdict:
    """Whether one more would be allowed, counting nothing; for what counts only when it fails."""
    return hit(scope, identity, limit, seconds, cost=0, when_down=when_down)


def forget(scope: str, identity: Any) -> None:
    """Start again from nothing, as after a successful sign-in."""
    try:
        _client(settings.REDIS_URL).delete(_key(scope, identity))
    except redis.RedisError:
        logger.warning("Redis is away: a counter could not be cleared.")


def client_address(request: HttpRequest) -> str:
    """The address of whoever is at the other end, as far as it can be believed.

    settings.TRUSTED_PROXIES says how many proxies of ours stand before us. X-Forwarded-For is read from the right,
    through those only; the rest anybody may have written.
    """
    chain = [*_forwarded(request), request.META.get("REMOTE_ADDR", "")]
    behind = min(settings.TRUSTED_PROXIES, len(chain) - 1)
    return _address(chain[-1 - behind]) or _address(chain[-1]) or NOWHERE


def client_identity(request: HttpRequest) -> str:
    """Whom to count: the address, or the network of 64 bits that one IPv6 household has to itself."""
    address = ipaddress.ip_address(client_address(request))
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _forwarded(request: HttpRequest) -> list[str]:
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")[-2000:]
    return [part.strip() for part in header.split(",")] if header else []


def _address(text: str) -> str | None:
    """A plain address from what a proxy wrote, port and brackets aside."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _key(scope: str, identity: Any) -> str:
    return f"throttle:{scope}:{hashlib.sha256(str(identity).encode()).hexdigest()[:32]}"


_resting_until = 0.0


def _ask(key: str, limit: int, seconds: int, cost: int) -> tuple[int, int, int, int] | None:
    """Redis's answer, or None while it is away; after a failure it is left alone for a moment, so nobody queues."""
    global _resting_until  # noqa: PLW0603
    if time.monotonic() < _resting_until:
        return None
    moment = clock.overridden()
    now = math.floor(moment.timestamp() * 1000) if moment else 0
    try:
        script = _client(settings.REDIS_URL).register_script(_SCRIPT)
        allowed, used, retry, reset = script(keys=[key], args=[limit, seconds * 1000, cost, now, SLICES])
    except redis.RedisError:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.warning("Redis is away: limits are not being counted.")
        return None
    return allowed, used, retry, reset


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, health_check_interval=30)


def allow_all(verdicts: Iterable[Verdict]) -> Verdict:
    """Several limits at once (address, account, card): the strictest speaks."""
    return min(verdicts, key=lambda verdict: (verdict.allowed, verdict.remaining, -verdict.retry_after))
