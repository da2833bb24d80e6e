"""The OpenAPI document (3.1), made of the routes there are and the types they read and write.

Nothing is described by hand: paths come from the router, words from the handlers'
docstrings, bodies and answers from `rest.operation`, errors from the table of problems.
"""

from rest.openapi.document import About, openapi

__all__ = ["About", "openapi"]
