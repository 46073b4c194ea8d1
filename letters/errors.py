"""Why there is no letter."""


class UnknownLetter(ValueError):
    """There is no wording for this letter in this language; the message names what exists."""


class VoidLetter(ValueError):
    """The letter would not stand: something that its kind must say is missing, or it says what it may not.

    The message says which part or phrase, and what to do; it holds no personal data.
    """


class Unprintable(ValueError):
    """The bundled fonts cannot print a text of the letter, so there is no letter; the message names it."""
