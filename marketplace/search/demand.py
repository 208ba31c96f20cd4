"""What people look for, without who they are."""


def flush() -> None:
    """Placeholder."""


def popular(text: str, most: int = 3) -> list[str]:
    return []
