"""What the SDK's core says of trouble, as lines of our log: about which case, with a code, and without its texts.

The core knows runs by their ids only, and repeats what an exception said, which may hold anything. So its warnings are
told with the id of the case and the code of the error.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

__all__ = ["CoreWarnings", "remember_run"]

_MOST_RUNS = 20_000
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

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record of the core; nothing is left out."""
        about = getattr(getattr(record, "temporal_log", None), "fields", None)
        if not isinstance(about, Mapping):
            return True
        record.args = ()
        if "failure" in about:
            codes = _CODE.findall(str(about["failure"])) + _CAUSE.findall(str(about["failure"]))
            told = ", ".join(dict.fromkeys(code for code in codes if code != "Unspecified"))
            record.msg = f"{record.msg} ({told})" if told else record.msg
        elif "error" in about:
            # Of Temporal's service: which call failed, and why.
            record.msg = f"{record.msg} ({str(about['error'])[:_LONGEST_REASON]})"
        run_id = str(about.get("run_id", ""))
        if run_id:
            record.temporal_workflow = {"workflow_id": _runs.get(run_id), "run_id": run_id}
        return True
