"""What a fault test found: plain values for JSON. ``broken`` lists every rule that did not hold."""

from typing import Any, TypeAlias

Figures: TypeAlias = dict[str, Any]
