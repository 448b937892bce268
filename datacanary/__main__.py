"""`python -m datacanary` and the `datacanary` script."""

from __future__ import annotations


def main() -> None:
    """Run the program."""
    from datacanary.cli.main import app  # noqa: PLC0415 -- importing this module runs nothing

    app()


if __name__ == "__main__":
    main()
