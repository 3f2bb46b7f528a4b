"""The data behind the dashboard: Postgres for what was asked, a bucket for documents. Knows nothing of Streamlit."""

import boto3
import botocore.exceptions
import psycopg
from botocore.config import Config

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  question text NOT NULL,
  site text NOT NULL,
  cloud text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now()
)
"""


class Unavailable(Exception):
    """The bucket's home does not answer."""


class Records:
    def __init__(self, url: str) -> None:
        self._url = url

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._url, connect_timeout=3)

    def migrate(self) -> None:
        with self._connect() as connection:
            connection.execute(SCHEMA)

    def add(self, question: str, site: str, cloud: str) -> None:
        with self._connect() as connection:
            connection.execute("INSERT INTO records (question, site, cloud) VALUES (%s, %s, %s)", (question, site, cloud))

    def newest(self, limit: int) -> list[tuple]:
        with self._connect() as connection:
            return connection.execute(
                "SELECT asked_at, question, site, cloud FROM records ORDER BY id DESC LIMIT %s", (limit,)
            ).fetchall()


class Documents:
    def __init__(self, bucket: str, endpoint: str | None) -> None:
        self._bucket = bucket
        self._s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 3}, s3={"addressing_style": "path"}),
        )

    def names(self) -> list[str]:
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
            return [item["Key"] for page in pages for item in page.get("Contents", [])]
        except (botocore.exceptions.ClientError, botocore.exceptions.HTTPClientError) as error:
            raise Unavailable(str(error)) from error

    def read(self, name: str) -> str:
        return self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read().decode()

    def write(self, name: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=name, Body=body, ContentType="text/markdown")
