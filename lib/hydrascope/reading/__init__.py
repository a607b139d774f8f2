"""From an object's bytes to records.

In order: clear text (`streams`), what the object is (`sniffing`, `surveys`), where records end (`framing`, `walking`),
a record's fields (`parsing`), and what they mean for a table (`meaning`).
"""
