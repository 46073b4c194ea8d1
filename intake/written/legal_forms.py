"""Names that look like those of firms: a legal form that is never a natural person."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["legal_form"]

# V.O.F., maatschap, C.V. and eenmanszaak have people behind them.
_FORMS: Final = re.compile(
    r"(^|\s)(bv|nv|bvba|srl|sprl|sa|sarl|sas|sasu|scrl|cvba|gmbh|ag|ug|se|ltd|limited|plc|inc|llc|corp|asbl|vzw|bvbvs)$"
    r"|^(stichting|cooperatie|vereniging|gemeente|provincie|waterschap|commune|ministerie)\s"
)
_SPACED: Final = re.compile(r"\b(b v|n v|s a|s r l|s a r l|s p r l)$")


@lru_cache(maxsize=1024)
def legal_form(name: str) -> str | None:
    """The legal form in a name (`bv`, `gmbh`, `stichting`), None when it shows none."""
    decomposed = unicodedata.normalize("NFKD", name.replace(".", "")).casefold()
    kept = "".join(
        character if character.isalnum() or character.isspace() else " "
        for character in decomposed
        if not unicodedata.combining(character)
    )
    words = " ".join(kept.split())
    found = _FORMS.search(_SPACED.sub(lambda match: match[0].replace(" ", ""), words))
    return None if found is None else found[0].strip()
