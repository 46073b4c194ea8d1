"""A partner's server on the loopback interface: SFTP into a folder, with a password or a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from domain.handoffs.channels import SftpPlace

PASSWORD = "wachtwoord-van-de-proef"


@dataclass
class Server:
    """It, and how it is reached.

    Attributes:
        root: What stands there.
        place: As a profile names it.
        key: A private key that it knows.
        broken: Says of a rename, by the name that it is to get, what becomes of it: nothing, `before` or `after` it the
            connection breaks.
    """

    root: Path
    place: SftpPlace
    key: asyncssh.SSHKey
    broken: Callable[[str], str] = lambda name: ""

    def names(self, folder: str = "in") -> list[str]:
        return sorted(each.name for each in (self.root / folder).iterdir())


class _Known(asyncssh.SSHServer):
    def __init__(self, key: asyncssh.SSHKey) -> None:
        self._key = key.export_public_key()

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("devaart", PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "devaart" and key.export_public_key() == self._key


@asynccontextmanager
async def sftp_server(folder: Path) -> AsyncIterator[Server]:
    """It serves as long as the block runs."""
    own, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    root = folder / "sftp"
    for name in ("in", "taken", "returns"):
        (root / name).mkdir(parents=True, exist_ok=True)
    server: Server

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            self._channel = channel
            super().__init__(channel, chroot=str(root).encode())

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            when = server.broken(newpath.decode())
            if when == "before":
                self._channel.get_connection().abort()
                raise asyncssh.SFTPFailure("broken")
            super().posix_rename(oldpath, newpath)
            if when == "after":
                self._channel.get_connection().abort()

    listening = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=lambda: _Known(key), server_host_keys=[own], sftp_factory=Files, allow_scp=False
    )
    async with listening:
        place = SftpPlace(
            host="127.0.0.1",
            port=listening.get_port(),
            user="devaart",
            host_key=own.export_public_key().decode().strip(),
            taken="taken",
            returns="returns",
        )
        server = Server(root, place, key)
        yield server
