"""A client of the HTTP API: for applicants' apps, departments' systems, our demo and tests.

It knows the API and nothing behind it; answers are read into the types that they are
written from. What is refused is an exception with the problem's stable `type`.
"""

from client.applicant import Applicant, collected_by
from client.calling import Client, Wanted
from client.department import Department
from client.events import Told
from client.refused import ClientError, Interrupted, Misread, Refused

__all__ = [
    "Applicant",
    "Client",
    "ClientError",
    "Department",
    "Interrupted",
    "Misread",
    "Refused",
    "Told",
    "Wanted",
    "collected_by",
]
