"""Tests of the client, in one repository with the hub that it is for."""
