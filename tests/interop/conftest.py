"""What other libraries make afresh is for `make interop`, which installs them."""

from tests.interop.libraries import LIBRARIES, is_installed

collect_ignore = [] if any(map(is_installed, LIBRARIES)) else ["test_both_ways.py"]
