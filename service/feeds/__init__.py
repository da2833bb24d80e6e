"""Telling others what is recorded, as it is: streams of server-sent events, and webhooks."""
