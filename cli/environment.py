"""The settings of the environment, for commands."""

import os

from pydantic import ValidationError

from cli.failing import refused
from config.secret_files import BadSecretFile
from config.settings import Settings
from config.unknown_names import unknown_names

__all__ = ["read_settings"]


def read_settings() -> Settings:
    """The settings; a variable that can't be read or sets nothing ends the command with 2, and a line that names it."""
    if unknown := unknown_names(os.environ):
        refused(*unknown)
    try:
        return Settings()
    except BadSecretFile as problem:
        refused(str(problem))
    except ValidationError as error:
        refused(
            *(
                f"MAANWERK_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg'].removeprefix('Value error, ')}"
                for problem in error.errors(include_url=False)
            )
        )
