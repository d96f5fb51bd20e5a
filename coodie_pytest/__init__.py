"""The test kit: a pytest plugin, and a real Cassandra for whoever wants one (`python -m coodie_pytest.cluster`)."""
