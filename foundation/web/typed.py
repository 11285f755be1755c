"""What a reader typed, before it is compared with anything that is stored."""


def typed(text: str, *, most: int = 100) -> str:
    r"""Leave out what cannot be printed, and cut the rest: PostgreSQL answers a NUL with a fault.

    >>> typed(" 例\x00霜降 ")
    '例霜降'
    """
    return "".join(char for char in text if char.isprintable()).strip()[:most]
