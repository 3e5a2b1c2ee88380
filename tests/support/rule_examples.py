"""One small example for each rule: a drawing or table that breaks it, and where it says so."""

from tests.support import rule_examples_drawn, rule_examples_meant
from tests.support.rule_example import EXAMPLES

__all__ = ["EXAMPLES", "rule_examples_drawn", "rule_examples_meant"]
