"""Logging in, and everything a person does with their own account.

The pages are django-allauth's where it has them; what they decide and write goes through the
services of ``memory_hub.accounts``.
"""
