"""Faults of Redis: it is killed, hangs, and forgets everything."""

from benchmarks.faults.hall import Finding, Hall, summary


def redis_faults(hall: Hall) -> Finding:
    """Under load, each with its repair; the cache and the rate limit both use Redis."""
    redis = hall.redis
    hub = hall.new_hub(workers=2, REDIS_URL=redis.url, HUB_RATE_LIMIT="600000/minute")
    with hall.load(hub) as load:
        load.wait(hall.seconds / 5)
        for harm, repair in ((redis.stop, redis.start), (redis.hang, redis.resume)):
            harm()
            load.wait(hall.seconds / 3)
            repair()
            load.wait(hall.seconds / 3)
        for _ in range(3):
            redis.client().flushall()
            load.wait(hall.seconds / 10)
    failed = [o for o in load.outcomes if o.failed]
    missing = load.lost_writes()
    ok = not failed and not load.wrong and not missing
    figures = {
        **summary(load.outcomes),
        "wrong_answers": len(load.wrong),
        "acknowledged_writes_lost": len(missing),
    }
    return Finding("Redis killed, hung, flushed", "0 5xx, 0 wrong", ok, figures)
