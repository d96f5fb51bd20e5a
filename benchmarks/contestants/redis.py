"""fakeredis: a hash for each row, a sorted set for each partition, a set for each ticket."""

from collections.abc import Iterable, Sequence

import fakeredis

from benchmarks import task


class Contestant:
    name = "fakeredis"

    def __init__(self) -> None:
        self.client = fakeredis.FakeRedis()

    def load(self, numbers: range) -> None:
        for number in numbers:
            key = self._write(number)
            self.client.zadd(f"owner:{number // task.PARTITION}", {key: number % task.PARTITION})
            self.client.sadd(f"ticket:{number // task.TICKET}", key)

    def write(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._write(number)

    def read(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            assert self.client.hgetall(f"task:{task.name(number)}")

    def filter(self, status: str, times: int) -> None:
        wanted = status.encode()
        for _ in range(times):
            rows = self._hashes(self.client.scan_iter("task:*", count=10**6))
            assert [row for row in rows if row[b"status"] == wanted]

    def slice(self, owners: Sequence[int]) -> None:
        for owner in owners:
            assert len(self._hashes(self.client.zrange(f"owner:{owner}", 0, -1))) == task.PARTITION

    def indexed(self, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            assert len(self._hashes(self.client.smembers(f"ticket:{ticket}"))) == task.TICKET

    def _write(self, number: int) -> str:
        key = f"task:{task.name(number)}"
        values = (int(value) if isinstance(value, bool) else value for value in task.values(number))
        self.client.hset(key, mapping=dict(zip(task.COLUMNS, values, strict=True)))
        return key

    def _hashes(self, keys: Iterable[bytes]) -> list[dict[bytes, bytes]]:
        pipeline = self.client.pipeline(transaction=False)
        for key in keys:
            pipeline.hgetall(key)
        return pipeline.execute()
