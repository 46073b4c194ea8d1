"""The settings of the environment, for commands."""

from pydantic import ValidationError

from cli.failing import refused
from config.settings import Settings

__all__ = ["read_settings"]


def read_settings() -> Settings:
    """The settings; a variable that can't be read ends the command with 2 and one line that names it."""
    try:
        return Settings()
    except ValidationError as error:
        refused(
            *(
                f"MAANWERK_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg'].removeprefix('Value error, ')}"
                for problem in error.errors(include_url=False)
            )
        )
