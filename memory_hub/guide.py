"""What the OpenAPI document says before its operations: what holds for all of them."""

DESCRIPTION = """\
A self-hosted git for what LLMs and teams remember.

**Who is asking.** Every request has `Authorization: Bearer mh_…`. `manage.py create_token EMAIL`
makes the first token, `POST /accounts/tokens` further ones. To try things on this page, give one to
*Authorize*, without the word Bearer.

**Errors** are problem details (RFC 9457): `code` is for programs, `detail` and `errors` say what is
wrong and where, and `request_id` is in the log of the hub.

**Safe writes.** With an `Idempotency-Key` a write may be sent again for 24 hours and is carried out
once. With `If-Match` and the `ETag` of what was read, a change that would hide somebody else's is
refused with 412.

**Pages.** Lists take `limit` and `cursor`: the `next_cursor` of the page before, null on the last.
A page ends before its `limit` where it would have more than 8 MB; only a null cursor ends a list.

**Limits.** A read costs 1 point, a search 3, a write 5, and what is large more (`/superthread/info`
has the table); `RateLimit-Remaining` tells what is left.
After 429 and 503 wait for the seconds of `Retry-After`: nothing was changed. A 503 without it, code
`outcome-unknown`, may have been carried out; `detail` says how to find out.
"""
