"""The little Jinja of profiles.yml and dbt_project.yml: variables of the environment and of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.errors import ConfigError, Where
from datacanary.model.dbt import Json

_MARKS = ("{{", "{%", "{#")
# What dbt would make a number or a truth of is read here as the text that it is.
_CASTS = ("as_number", "as_bool", "as_text", "as_native")


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders texts of one file; what it puts in never comes into a message."""

    environ: Mapping[str, str]
    variables: Mapping[str, Json]
    where: Where

    def text(self, written: object) -> str:
        """Return a value as text, rendered if it is a template; empty for nothing.

        ConfigError names a variable that is not set, or says what Jinja could not do.

        >>> renderer = Renderer({"STAGE": "prod"}, {}, Where("profiles.yml"))
        >>> renderer.text("{{ env_var('STAGE') }}_{{ env_var('USER_SCHEMA', 'main') }}")
        'prod_main'
        """
        if written is None:
            return ""
        if not isinstance(written, str) or not any(mark in written for mark in _MARKS):
            return str(written)
        return self._rendered(written)

    def _rendered(self, written: str) -> str:
        # It takes a while to import, and many files are plain text.
        from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415
        from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

        jinja = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        jinja.globals.update(env_var=self._env_var, var=self._var)
        jinja.filters.update(dict.fromkeys(_CASTS, str))
        try:
            return jinja.from_string(written).render()
        except TemplateError as error:
            raise ConfigError(
                f"This Jinja cannot be rendered: {(error.message or type(error).__name__).rstrip('.')}.",
                hint="datacanary knows env_var and var here.",
                where=self.where,
            ) from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            # Their messages may quote values.
            raise ConfigError(f"This Jinja cannot be rendered ({type(error).__name__}).", where=self.where) from None

    def _env_var(self, name: str, default: object = None) -> str:
        if name in self.environ:
            return self.environ[name]
        if default is None:
            raise ConfigError(
                f"The environment variable {name} is not set.",
                hint=f"Set it, or give it a default: env_var('{name}', '…').",
                where=self.where,
            )
        return str(default)

    def _var(self, name: str, default: object = None) -> object:
        if name in self.variables:
            return self.variables[name]
        if default is None:
            raise ConfigError(
                f"The dbt variable {name} is not set.", hint="Set it under project.dbt.vars.", where=self.where
            )
        return default
