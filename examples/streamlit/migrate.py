"""Runs once a release, before any instance of it gets traffic."""

import os

import data

data.Records(os.environ["DATABASE_URL"]).migrate()
print("the schema is there")
