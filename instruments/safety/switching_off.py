# SPDX-License-Identifier: MIT
"""How the guard switches instruments off: each over a fresh session, in safe order, none waiting for another."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from instruments.safety.recipe import Recipe, SafeCommands, in_safe_order

TRIES = 3
STAGGER = 0.03
"""s that one instrument may take before the next is sent to all the same: keeps the order on a sound bench."""


class Session(Protocol):
    """One instrument, freshly connected."""

    def send_off(self) -> None:
        """Send what takes the energy away, waiting for no answer."""

    def answers(self) -> tuple[str, ...]:
        """Return what the instrument answers to the questions of its recipe."""

    def close(self) -> None:
        """Drop the session."""


Opener = Callable[[SafeCommands, float], Session]


class Worker(threading.Thread):
    """Brings one instrument to safety. A thread each, because a dead one must not delay the others."""

    def __init__(self, commands: SafeCommands, opener: Opener, timeout: float) -> None:
        super().__init__(name=commands.role, daemon=True)
        self.commands = commands
        self._open = opener
        self._timeout = timeout
        self.sent = threading.Event()
        self.sent_at: float | None = None
        self.answers: tuple[str, ...] = ()
        self.confirmed = False
        self.errors: list[str] = []

    def run(self) -> None:
        """Send and read back, on a fresh session each time, until the instrument says that it is safe."""
        for _ in range(TRIES):
            try:
                self._once()
            # Whatever a VISA library raises, the next try is due.
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            if self.confirmed:
                return

    def _once(self) -> None:
        session = self._open(self.commands, self._timeout)
        try:
            session.send_off()
            self.sent_at = self.sent_at or time.monotonic()
            self.sent.set()
            self.answers = session.answers()
            self.confirmed = self.answers == tuple(answer for _, answer in self.commands.ask)
        finally:
            session.close()

    def as_dict(self) -> dict[str, object]:
        """Return what happened, for the log."""
        return {
            "role": self.commands.role,
            "resource": self.commands.resource,
            "sent": self.sent_at,
            "confirmed": self.confirmed,
            "answers": list(self.answers),
            "errors": list(self.errors),
        }


def switch_off(recipe: Recipe, opener: Opener) -> Sequence[Worker]:
    """Send the safe-off to all, in safe order and none waiting for another's answer; then read each back.

    :return: what became of each instrument, in safe order.
    """
    workers = [Worker(commands, opener, recipe.timeout) for commands in in_safe_order(recipe.roles)]
    for worker in workers:
        worker.start()
        worker.sent.wait(STAGGER)
    # Each try may take one timeout to connect and one per answer; a VISA call that never returns is left behind.
    deadline = time.monotonic() + TRIES * 4 * recipe.timeout
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
    return workers
