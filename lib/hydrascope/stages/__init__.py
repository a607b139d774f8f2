"""Stages: pure functions from tables to one table each. A module is named after the table that it makes."""
