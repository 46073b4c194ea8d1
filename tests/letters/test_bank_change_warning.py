"""Whoever is asked to pay is told of what fraud looks like: a message with another account (practice.md, misuse)."""

from letters.content import ASKS_NOTHING
from letters.kinds import LETTERS
from tests.letters.builders import example
from tests.letters.reading import mail_of
from tests.rows import in_rows

_WARNING = {
    "nl": "Krijgt u een bericht met een ander rekeningnummer? Betaal dan nog niet",
    "en": "Did you get a message with another account number? Do not pay yet",
    "fr": "Vous recevez un message avec un autre numéro de compte",
    "de": "mit einer anderen Kontonummer? Zahlen Sie dann noch nicht",
}


@in_rows("language", sorted(_WARNING))
def test_every_letter_that_names_an_account_warns_of_a_message_with_another_one(language: str) -> None:
    for name in sorted(set(LETTERS) - ASKS_NOTHING):
        content = example(name, language)
        text = " ".join(mail_of(content).text.split())
        account = content.creditor.iban
        assert account[:4] in text, f"{name} asks for money, so it says where to pay"
        assert _WARNING[language] in text, name
