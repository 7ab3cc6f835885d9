"""A backup drill: backed up under writes, verified, restored, compared."""

import time

import httpx

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import ONLY_WRITES, Load

# Memories that are there before, for a backup that takes a while.
BATCHES, BATCH = 5, 1000


def backup_drill(hall: Hall) -> Finding:
    """What was acknowledged before the backup began is in it, and its hashes are the restored
    rows'; the hub writes on meanwhile."""
    hub, other = hall.new_hub(workers=2), hall.empty_hub()
    file = hub.data_dir / "drill.backup"
    with hall.load(hub, mix=ONLY_WRITES) as load:
        _fill(load)
        load.wait(hall.seconds)
        edits, known = load.edits.copy(), dict(load.written)
        began = time.monotonic()
        backed_up = hub.run_command("backup", str(file))
        took = time.monotonic() - began
        # Nor was one being edited already when the backup began: that shows by now.
        untouched = {
            doc_id: text
            for doc_id, text in known.items()
            if load.edits[doc_id] == edits[doc_id] and load.written.get(doc_id) == text
        }
        during = load.between(began)
        load.wait(0.5)
    verified = hub.run_command("verify_backup", str(file))
    # Compares the hashes of all rows with those at the snapshot, too.
    restored = other.run_command("restore", str(file))
    missing: list[str] | None = None
    if restored.returncode == 0:
        other.migrated = True
        with other:
            missing = load.lost_writes(untouched, other.url)
    codes = [backed_up.returncode, verified.returncode, restored.returncode]
    failed = [o for o in load.outcomes if o.failed]
    figures = {
        "beside_it": summary(during),
        "backup_s": round(took, 1),
        "backup_verify_restore": codes,
        "said": (backed_up.stdout + backed_up.stderr).strip().replace(str(file), "FILE"),
        "writes_before_it": len(untouched),
        "of_them_missing": missing if missing is None else len(missing),
    }
    ok = codes == [0, 0, 0] and missing == [] and bool(untouched) and not failed
    return Finding("backup under writes", "equal hashes at the snapshot", ok, figures)


def _fill(load: Load) -> None:
    """Thousands of memories of some hundred words."""
    with httpx.Client(base_url=load.url, headers=load.headers, timeout=60) as client:
        for batch in range(BATCHES):
            texts = [f"memory {batch} {n} " + f"word{n} " * 100 for n in range(BATCH)]
            body = {"memories": [{"content": text} for text in texts]}
            client.post("/superthread/batch/save", json=body).raise_for_status()
