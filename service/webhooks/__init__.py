"""Webhooks: entries of cases sent to whoever subscribed, as CloudEvents, signed."""
