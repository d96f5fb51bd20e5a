"""What tests of processes and signals rely on."""

import signal

import pytest


@pytest.fixture(autouse=True)
def _sigint_is_heard():
    """A shell's job in the background is born deaf to SIGINT, and so would be whatever a test starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
