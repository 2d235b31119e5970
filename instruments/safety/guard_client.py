# SPDX-License-Identifier: MIT
"""The harness's end of the guard's pipe."""

import subprocess
from contextlib import suppress

from instruments.errors import BenchError
from instruments.safety.recipe import Recipe
from instruments.safety.spawn import end, first_line, hang_up, spawn, tell

START_TIMEOUT = 10.0
"""s of wall time for the guard to load PyVISA and answer; a loaded machine may need seconds."""
END_TIMEOUT = 5.0


class Guard:
    """Spawned at once; guards from :meth:`hand_over` until :meth:`release`.

    Spawning, telling and waiting are three steps because the guard needs longest to load, and can do so while the
    harness does the same.
    """

    def __init__(self) -> None:
        self._process = spawn(["-m", "instruments.safety.guard"], stdin=subprocess.PIPE)
        self._told = False
        self._ready = False

    @property
    def pid(self) -> int:
        """Return the guard's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the guard's process runs."""
        return self._process.poll() is None

    def check(self) -> None:
        """Refuse to go on without a guard; call it before energising anything.

        :raises BenchError: when the guard's process has ended.
        """
        if not self.alive:
            raise BenchError(
                f"the guard process {self.pid} ended with code {self._process.returncode} while the bench was in use; "
                "nothing would switch the bench off if this process died: start again"
            )

    def hand_over(self, recipe: Recipe) -> None:
        """Tell the guard what to do, without waiting for it: from here the end of the pipe means safe-off.

        :raises BenchError: when the guard's process is gone.
        """
        # Even a recipe that arrived in part is one: whoever is in doubt must not end this process.
        self._told = True
        self._tell(recipe.to_json())

    def beat(self, seconds: float) -> None:
        """Say that this process lives, and when it will say so again at the latest; nothing before :meth:`hand_over`.

        :param seconds: until the next beat; later, the guard switches the bench off and ends this process.
        :raises BenchError: when the guard's process is gone.
        """
        if self._told:
            self._tell(f"beat {seconds:.3f}")

    def wait_ready(self) -> None:
        """Wait until the guard is ready to carry out its recipe.

        :raises BenchError: when it does not answer ``ready``.
        """
        if self._ready:
            return
        answer = first_line(self._process, timeout=START_TIMEOUT, what="the guard process")
        if answer.strip() != b"ready":
            raise BenchError(f"the guard process answered {answer!r}, expected 'ready'")
        self._ready = True

    def dismiss(self) -> None:
        """End a guard that has no recipe, at once: there is nothing that it could do."""
        if not self._told:
            hang_up(self._process)
            end(self._process, timeout=0.0)

    def release(self) -> None:
        """End the guard quietly: the bench is known to be safe."""
        with suppress(BenchError):
            self._tell("release")
        self.abandon()

    def abandon(self) -> None:
        """Let go of the pipe without a word: unless released before, the guard switches the bench off now."""
        hang_up(self._process)
        end(self._process, timeout=END_TIMEOUT)

    def _tell(self, line: str) -> None:
        try:
            tell(self._process, line)
        except OSError as error:
            raise BenchError(
                f"the guard process {self.pid} does not listen ({error}): nothing would switch the bench off if this "
                "process died; start again"
            ) from error
