"""The command `pregao`, also as `python -m pregao`."""


def main() -> None:
    """Run the command line."""
    from pregao.cli import run

    run()


if __name__ == "__main__":
    main()
