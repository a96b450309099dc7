"""The command `pregao`, also as `python -m pregao`."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from pregao.cli import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
