"""References that people read out and type: short, random, without letters that look alike."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
REF_LENGTH = 12


def new_ref() -> str:
    """Make a reference of 12 characters (59 bits of chance); the unique constraint has the last word."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REF_LENGTH))
