"""The project: settings, the way in, accounts and everything the apps share."""

import sys

try:
    # SQLite libraries before 3.51.3 can corrupt a WAL database that several processes write;
    # the wheel carries a newer one. It must be in place before anything imports sqlite3.
    import pysqlite3
except ImportError:
    # No wheel for this machine: the interpreter's own library serves.
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
