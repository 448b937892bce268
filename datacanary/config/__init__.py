"""datacanary.yml, checked: every mistake is told with its line."""

from datacanary.config.defaults import DefaultLine, default_policy, defaults_yaml, describe_defaults
from datacanary.config.document import parse
from datacanary.config.locate import find

__all__ = ["DefaultLine", "default_policy", "defaults_yaml", "describe_defaults", "find", "parse"]
