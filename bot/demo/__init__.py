"""The loopback town: a company, its customers and its Slack on one machine, for the demo and the tests."""
