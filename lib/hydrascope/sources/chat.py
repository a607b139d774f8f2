"""What people and systems wrote to a model, out of the JSON in which chat requests carry it."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F


def prompt(messages: Column) -> Column:
    """What users and the system wrote in a list of chat messages, one below the other; null for an empty list or `{}`.

    The content of a message is text, or a list of parts of which the texts count. Text that is no list is the prompt itself.
    """
    told = F.filter(
        F.from_json(messages, "array<struct<role: string, content: string, parts: string>>"),
        lambda message: message["role"].isin("user", "system", "developer"),
    )
    written = F.transform(told, lambda message: content(F.coalesce(message["content"], message["parts"])))
    joined = F.nullif(F.array_join(written, "\n"), F.lit(""))
    return F.when(messages.startswith("["), joined).when(~messages.startswith("{"), messages)


def content(found: Column) -> Column:
    """The text of one message: as it stands, or the texts of its parts one below the other."""
    parts = F.transform(
        F.from_json(found, "array<struct<text: string, content: string>>"),
        lambda part: F.coalesce(part["text"], part["content"]),
    )
    return F.when(found.startswith("[{"), F.array_join(parts, "\n")).otherwise(found)


def request(body: Column) -> Column:
    """The prompt in the body of a request: its system text, and its messages or whatever the provider calls them.

    Known are `messages` (Anthropic, OpenAI, Bedrock Converse), `input` (OpenAI responses), `prompt` and `inputText`. Null
    where none is.
    """
    told = [F.get_json_object(body, f"$.{name}") for name in ("messages", "input", "prompt", "inputText")]
    written = F.coalesce(prompt(told[0]), prompt(told[1]), *told[2:])
    return F.nullif(F.concat_ws("\n", content(F.get_json_object(body, "$.system")), written), F.lit(""))
