"""The virtual clock of one account: follows real time at a factor, or stands still until it is advanced."""

import time


class Clock:
    """Seconds since the epoch, as the emulated account sees them."""

    def __init__(self, factor=1.0, read=time.time):
        self._read = read
        self._factor = factor
        self._real = self._virtual = read()

    @property
    def factor(self):
        """Virtual seconds per real second; 0 means that only `advance` moves the clock."""
        return self._factor

    def now(self):
        return self._virtual + (self._read() - self._real) * self._factor

    def advance(self, seconds):
        if seconds < 0:
            raise ValueError("a clock can't go back")
        self._virtual, self._real = self.now() + seconds, self._read()

    def set_factor(self, factor):
        if factor < 0:
            raise ValueError("a clock can't run backwards")
        self.advance(0)
        self._factor = float(factor)
