"""Why a walk stopped."""


class DemoFailed(Exception):
    """A step of the walk did not do what it should; the message names it."""
