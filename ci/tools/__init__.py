"""The outside programs the tests are run against: which versions, and where they are kept."""
