"""Which transactions a snapshot of PostgreSQL has seen."""

from collections import OrderedDict

_XIDS = 1 << 32  # the log numbers transactions modulo this
REMEMBERED = 65_536  # transactions


class Seen:
    """`pg_current_snapshot()` as text, such as '100:104:100,102'."""

    def __init__(self, snapshot: str) -> None:
        _, end, running = snapshot.split(":")
        self._end = int(end) % _XIDS
        self.running = frozenset(int(xid) % _XIDS for xid in running.split(",") if xid)

    def __contains__(self, xid: int) -> bool:
        """Whether what the transaction `xid` did is visible, given that it did commit."""
        newer = (xid - self._end) % _XIDS < _XIDS // 2
        return not newer and xid not in self.running


class Recent:
    """The transactions that were read last, numbered in the order of their commits in the log.

    A commit stands in the log a moment before others see it. A snapshot taken in that moment shows
    the old state of a row whose change has gone by in the stream already.
    """

    def __init__(self) -> None:
        self._serials: OrderedDict[int, int] = OrderedDict()
        self.serial = 0

    def note(self, xid: int) -> None:
        """One more transaction has been read from the log."""
        self.serial += 1
        self._serials[xid] = self.serial
        if len(self._serials) > REMEMBERED:
            self._serials.popitem(last=False)

    def any_until(self, xids: frozenset[int], serial: int) -> bool:
        """Whether one of them was read at `serial` or before."""
        return any(self._serials.get(xid, serial + 1) <= serial for xid in xids)
