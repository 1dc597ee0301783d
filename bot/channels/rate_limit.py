"""How much one session and one address may ask in a minute, counted in memory or, for several services, in Redis."""

import math
import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

_REDIS_PAUSE_SECONDS = 10
_REDIS_TIMEOUT_SECONDS = 0.5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit; ``reset`` is the seconds until more is allowed again."""

    limit: int
    remaining: int
    reset: int
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class RateLimits:
    """Counts against both limits, each a number a minute or None. Without Redis, each service counts for itself."""

    def __init__(self, per_session: int | None, per_address: int | None, redis_url: str = "") -> None:
        self._per_session = RateLimitItemPerMinute(per_session) if per_session else None
        self._per_address = RateLimitItemPerMinute(per_address) if per_address and per_session else None
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis = MovingWindowRateLimiter(_redis_storage(redis_url)) if redis_url else None
        self._redis_again_at = 0.0

    async def count_session(self, conversation_id: str) -> Allowance | None:
        """Counts one request of a session; None when there is no limit."""
        return await self._count(self._per_session, "session", conversation_id)

    async def count_address(self, address: str) -> Allowance | None:
        """Counts one request from an address; an IPv6 network of a household or school counts as one."""
        return await self._count(self._per_address, "address", _network(address))

    async def _count(self, item: RateLimitItemPerMinute | None, *names: str) -> Allowance | None:
        if item is None:
            return None
        if self._redis and time.monotonic() >= self._redis_again_at:
            try:
                return await _hit(self._redis, item, names)
            except StorageError as error:
                self._redis_again_at = time.monotonic() + _REDIS_PAUSE_SECONDS
                _log.warning("redis unavailable: counting in memory", why=str(error.storage_error))
        return await _hit(self._memory, item, names)


async def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItemPerMinute, names: tuple[str, ...]) -> Allowance:
    allowed = await limiter.hit(item, *names)
    window = await limiter.get_window_stats(item, *names)
    reset = max(1, math.ceil(window.reset_time - time.time()))
    return Allowance(item.amount, max(0, window.remaining), reset, allowed)


def _redis_storage(url: str) -> RedisStorage:
    return RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        key_prefix="psqm-limits",
        connect_timeout=_REDIS_TIMEOUT_SECONDS,
        stream_timeout=_REDIS_TIMEOUT_SECONDS,
    )


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
