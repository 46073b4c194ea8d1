"""What the SDK's core says of trouble, as lines of our log: about which case, with a code, and without its texts.

The core knows runs by their ids only, and repeats what an exception said, which may hold anything. So its warnings are
told with the id of the case and the code of the error; the same line again is told once a minute.
"""

from __future__ import annotations

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

__all__ = ["CoreWarnings", "remember_run"]

_MOST_RUNS = 20_000
_QUIET_SECONDS = 60.0
_LONGEST_REASON = 200
_CODE = re.compile(r"\[(TMPRL\d+)\]")
_CAUSE = re.compile(r"force_cause: (?:WorkflowTaskFailedCause::)?(\w+)")

_runs: OrderedDict[str, str] = OrderedDict()
_lock = Lock()


def remember_run(run_id: str, case_id: str) -> None:
    """Remember to which case a run belongs, for what the core says of it."""
    with _lock:
        _runs[run_id] = case_id
        _runs.move_to_end(run_id)
        while len(_runs) > _MOST_RUNS:
            _runs.popitem(last=False)


class CoreWarnings(logging.Filter):
    """Makes the core's records short, safe and telling."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Tell the time by `seconds`."""
        super().__init__()
        self._seconds = seconds
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record; False for one that was told just before."""
        fields = getattr(getattr(record, "temporal_log", None), "fields", None)
        about = fields if isinstance(fields, Mapping) else {}
        run_id = str(about.get("run_id", ""))
        now = self._seconds()
        self._told = {what: at for what, at in self._told.items() if now - at < _QUIET_SECONDS}
        if (record.msg, run_id) in self._told:
            return False
        self._told[str(record.msg), run_id] = now
        record.args = ()
        if "failure" in about:
            codes = _CODE.findall(str(about["failure"])) + _CAUSE.findall(str(about["failure"]))
            told = ", ".join(dict.fromkeys(code for code in codes if code != "Unspecified"))
            record.msg = f"{record.msg} ({told})" if told else record.msg
        elif "error" in about:
            # Of Temporal's service: which call failed, and why.
            record.msg = f"{record.msg} ({str(about['error'])[:_LONGEST_REASON]})"
        if run_id:
            record.temporal_workflow = {"workflow_id": _runs.get(run_id), "run_id": run_id}
        return True
