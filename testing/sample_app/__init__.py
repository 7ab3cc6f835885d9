"""An app of one folder that brings one of everything: notes that only their writer sees.

It is on no hub but those that the tests start with HUB_APPS=testing.sample_app.
"""
