"""What tests compare with files that they write anew when HYDRASCOPE_REFRESH_GOLDEN is set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

HOW = "set HYDRASCOPE_REFRESH_GOLDEN=1, run again and read the difference"


def same_part(file: Path, part: str, value: Any) -> None:
    """Assert that a part of a JSON file is `value`, or make it so."""
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if os.environ.get("HYDRASCOPE_REFRESH_GOLDEN"):
        told[part] = value
        file.write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert told.get(part) == value, HOW
