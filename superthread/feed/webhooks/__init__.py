"""The change feed, sent to addresses that people name, by Standard Webhooks.

``models`` an endpoint and what was tried; ``services`` what its owner does with it, ``views`` the
same over HTTP; ``wanted`` what of the feed it is told; ``signing`` and ``sending`` one request;
``delivery`` the next entry of one endpoint, ``courier`` the loop over all of them, ``lease`` which
process that is.
"""
