"""Partners on whose server files are put (SFTP): a ZIP, and a CSV that says that it is whole.

Both are written under a name that nobody takes (`.part`) and renamed, the CSV last: where its name stands, the partner
has the file, and where its `.part` stands he can't have it. The server must have the key that the profile names.
"""

from __future__ import annotations

import asyncio
import json
import logging
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import asyncssh
from pydantic import SecretStr

from domain.handoffs.channels import SftpPlace
from gateways.agencies.claim_csv import claim_csv
from gateways.agencies.notices import notice_body
from gateways.provider_call import ASK_OPERATOR, opaque_key
from services.ports import (
    AgencyFile,
    CannotReadNow,
    CannotTell,
    Finding,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Sent,
)

__all__ = ["BadKeyFile", "SftpAgency", "private_key"]

_PART = ".part"
_SETTLED = timedelta(seconds=60)
"""How long a return file must stand unchanged: until then somebody may be writing it."""
_MOST_BYTES = 20_000_000
_MOST_FILES = 200

for _name in ("asyncssh", "asyncssh.sftp"):
    # It names hosts, users and files: none of that is for a log.
    logging.getLogger(_name).addFilter(lambda record: False)


class BadKeyFile(ValueError):
    """A file holds no private key; the text names the file and quotes nothing of it."""


def private_key(file: Path) -> asyncssh.SSHKey:
    """The private key in a file.

    Raises:
        BadKeyFile: it can't be read, or holds none without a passphrase.
    """
    try:
        return asyncssh.read_private_key(file)
    except OSError as problem:
        raise BadKeyFile(f"{file} can't be read: {problem.strerror or problem}") from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise BadKeyFile(f"{file} holds no private key, or one with a passphrase: make one with ssh-keygen") from None


class _NoConnection(Exception):
    """We are not signed in; the text is a code, `ours` whether only the operator can mend it."""

    def __init__(self, reason: str, *, ours: bool = False) -> None:
        super().__init__(reason)
        self.ours = ours


class SftpAgency:
    """A `Gateway` and `AgencyFiles`: a partner's server."""

    def __init__(
        self,
        partner: str,
        place: SftpPlace,
        *,
        password: SecretStr | None,
        key: asyncssh.SSHKey | None,
        timeout: float,
        now: Callable[[], datetime],
    ) -> None:
        """Nobody is called yet.

        Args:
            partner: His id.
            place: The server.
            password: With which we sign in; or
            key: our private key.
            timeout: Longest wait for connecting, in seconds.
            now: The real clock.
        """
        self._name = f"agency {partner}"
        self._place, self._password, self._key = place, password, key
        self._timeout, self._now = timeout, now

    async def send(self, message: Outgoing) -> Sent:
        """Put the file there, once; its name is the reference.

        Raises:
            NotTaken: no connection, or the server did not take it.
            OutcomeUnknown: it was being renamed when the connection broke.
        """
        key = opaque_key(message.key)
        announced = claim_csv(message.content, key, f"{key}.zip")
        return await self._put(((f"{key}.zip", message.content), (f"{key}.csv", announced)), f"{key}.zip")

    async def _put(self, files: tuple[tuple[str, bytes], ...], reference: str) -> Sent:
        """Put files there, the one last that says that all are whole."""
        last, renaming = files[-1][0], False
        try:
            async with self._connected() as sftp:
                if await sftp.exists(self._at(last)):
                    return Sent(reference)
                for name, content in files:
                    async with sftp.open(self._at(name + _PART), "wb") as file:
                        await file.write(content)
                for name, _ in files:
                    renaming = name == last
                    await sftp.posix_rename(self._at(name + _PART), self._at(name))
                return Sent(reference)
        except _NoConnection as problem:
            raise NotTaken(f"{self._name}: {problem}", ASK_OPERATOR if problem.ours else None) from None
        except (asyncssh.Error, OSError, TimeoutError) as problem:
            if renaming:
                raise OutcomeUnknown(f"{self._name}: broke off ({type(problem).__name__})") from None
            # Nothing stands under a name that he takes a whole file for.
            wait = ASK_OPERATOR if isinstance(problem, asyncssh.SFTPError) else None
            raise NotTaken(f"{self._name}: not taken ({type(problem).__name__})", wait) from None

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Look what stands there. Where he takes files away and says nowhere which, nothing standing tells nothing."""
        found = await self._find(f"{opaque_key(key)}.csv")
        return Found(f"{opaque_key(key)}.zip") if isinstance(found, Found) else found

    async def _find(self, name: str) -> Finding:
        try:
            async with self._connected() as sftp:
                folders = [self._place.folder, *filter(None, [self._place.taken])]
                for folder in folders:
                    if await sftp.exists(f"{folder}/{name}"):
                        return Found(name)
                if await sftp.exists(self._at(name + _PART)) or self._place.taken is not None:
                    return NotThere()
        except _NoConnection as problem:
            return CannotTell(f"{self._name}: {problem}")
        except (asyncssh.Error, OSError, TimeoutError) as problem:
            return CannotTell(f"{self._name}: {type(problem).__name__}")
        return CannotTell(f"{self._name}: nothing stands there: he may have taken it, or it never came")

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """Put a notice about a file there; its name is the reference.

        Raises:
            NotTaken: as `send`.
            OutcomeUnknown: as `send`.
        """
        name = f"{opaque_key(message.key)}.json"
        notice = {"submission": opaque_key(file_key), **notice_body(message.key, message.content)}
        return await self._put(((name, json.dumps(notice, ensure_ascii=False, indent=1).encode()),), name)

    async def told(self, file_key: str, key: str) -> Finding:
        """What became of a notice, by its send key."""
        return await self._find(f"{opaque_key(key)}.json")

    async def returned(self) -> tuple[AgencyFile, ...]:
        """The return files that stand there whole; none is taken away.

        Raises:
            CannotReadNow: the folder can't be read.
        """
        folder = self._place.returns
        if folder is None:
            return ()
        settled = (self._now() - _SETTLED).timestamp()
        found: list[AgencyFile] = []
        try:
            async with self._connected() as sftp:
                for entry in sorted(await sftp.readdir(folder), key=lambda each: str(each.filename))[:_MOST_FILES]:
                    name, attributes = str(entry.filename), entry.attrs
                    is_file = attributes.permissions is None or stat.S_ISREG(attributes.permissions)
                    if not is_file or not name.lower().endswith(".csv") or name.startswith("."):
                        continue
                    if (attributes.mtime or 0) > settled or (attributes.size or 0) > _MOST_BYTES:
                        continue
                    async with sftp.open(f"{folder}/{name}", "rb") as file:
                        content = await file.read()
                    found.append(AgencyFile(name, content.encode() if isinstance(content, str) else content))
        except _NoConnection as problem:
            raise CannotReadNow(f"{self._name}: {problem}") from None
        except (asyncssh.Error, OSError, TimeoutError) as problem:
            raise CannotReadNow(f"{self._name}: {type(problem).__name__}") from None
        return tuple(found)

    async def check(self) -> str:
        """Whether we come in, for who sets it up: one line. Nothing is put there.

        Raises:
            NotTaken: we don't, or a folder is missing.
        """
        try:
            async with self._connected() as sftp:
                for folder in filter(None, (self._place.folder, self._place.taken, self._place.returns)):
                    if not await sftp.isdir(folder):
                        raise NotTaken(f"there is no folder {folder}")
        except _NoConnection as problem:
            raise NotTaken(str(problem)) from None
        except (asyncssh.Error, OSError, TimeoutError) as problem:
            raise NotTaken(f"broke off ({type(problem).__name__})") from None
        return f"{self._place.host}: host key and sign-in are right, the folders are there"

    def _at(self, name: str) -> str:
        return f"{self._place.folder}/{name}"

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """Sign in; nothing of the machine's own configuration, keys or agent counts.

        Raises:
            _NoConnection: we are not in.
        """
        place = self._place
        try:
            async with asyncio.timeout(2 * self._timeout):
                connection = await asyncssh.connect(
                    place.host,
                    place.port,
                    username=place.user,
                    password=None if self._password is None else self._password.get_secret_value(),
                    client_keys=None if self._key is None else [self._key],
                    known_hosts=([asyncssh.import_public_key(place.host_key)], [], []),
                    config=None,
                    agent_path=None,
                    x509_trusted_certs=None,
                    gss_host=None,
                    connect_timeout=self._timeout,
                    login_timeout=self._timeout,
                )
        except asyncssh.HostKeyNotVerifiable:
            raise _NoConnection("the host key is not the one of the profile", ours=True) from None
        except asyncssh.PermissionDenied:
            raise _NoConnection("the sign-in is refused", ours=True) from None
        except (asyncssh.Error, OSError, TimeoutError) as problem:
            raise _NoConnection(f"no connection ({type(problem).__name__})") from None
        async with connection:
            try:
                sftp = await connection.start_sftp_client()
            except (asyncssh.Error, OSError) as problem:
                raise _NoConnection(f"no SFTP there ({type(problem).__name__})") from None
            async with sftp:
                yield sftp
