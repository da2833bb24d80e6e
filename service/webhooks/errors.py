"""What is refused of webhooks; none of it names an address or a person."""


class WebhookError(Exception):
    """The root of the family."""


class EndpointRefused(WebhookError):
    """This cannot be an endpoint, or it did not answer the challenge; the message says why."""


class AddressRefused(WebhookError, OSError):
    """The name leads to an address that is not called; an `OSError`, as sockets raise."""
