"""A client of the HTTP API: for applicants' apps, departments' systems, our demo and tests.

It knows the API and nothing behind it; answers are read into the types that they are
written from. What is refused is an exception with the problem's stable `type`.
"""

from client.applicant import Applicant
from client.calling import Client, Wanted
from client.department import Department
from client.events import Told
from client.refused import Interrupted, Misread, Refused

__all__ = [
    "Applicant",
    "Client",
    "Department",
    "Interrupted",
    "Misread",
    "Refused",
    "Told",
    "Wanted",
]
