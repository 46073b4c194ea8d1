"""TLS of our own, and whose word about the client is believed."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from api.serving.server import BadTls, Tls, listener_at, served_by
from config.connection_limits import PAGES
from engine.embedded import free_port
from gateways.trust_store import trust_store
from tests.api.certificates import certificate_in

CLAIMS = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


def app() -> FastAPI:
    found = FastAPI()

    @found.get("/")
    async def seen(request: Request) -> dict[str, str]:
        return {"client": request.client.host if request.client else "", "scheme": request.url.scheme}

    return found


async def seen_with(proxies: str) -> dict[str, str]:
    address = f"127.0.0.1:{free_port()}"
    async with (
        served_by(app(), listener_at(address, "it", "IT"), PAGES, proxies=proxies),
        httpx.AsyncClient(trust_env=False, verify=trust_store(environment=False)) as client,
    ):
        return dict((await client.get(f"http://{address}/", headers=CLAIMS)).json())


@pytest.mark.parametrize("proxies", ["", "10.0.0.1", "10.0.0.0/8,192.168.0.1"])
async def test_nobody_is_believed_who_is_not_named(proxies: str) -> None:
    assert await seen_with(proxies) == {"client": "127.0.0.1", "scheme": "http"}


@pytest.mark.parametrize("proxies", ["127.0.0.1", "127.0.0.0/8", "10.0.0.1, 127.0.0.1"])
async def test_a_proxy_that_is_named_is_believed(proxies: str) -> None:
    assert await seen_with(proxies) == {"client": "203.0.113.9", "scheme": "https"}


async def test_it_serves_tls_with_the_certificate_that_it_is_given(tmp_path: Path) -> None:
    certificate, key = certificate_in(tmp_path)
    address = f"127.0.0.1:{free_port()}"
    known = ssl.create_default_context(cafile=str(certificate))
    async with served_by(app(), listener_at(address, "it", "IT"), PAGES, tls=Tls(certificate, key)):
        async with httpx.AsyncClient(verify=known, trust_env=False) as client:
            assert (await client.get(f"https://{address}/")).json()["scheme"] == "https"
        async with httpx.AsyncClient(trust_env=False) as stranger:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.get(f"https://{address}/")
        async with httpx.AsyncClient(trust_env=False) as plain:
            with pytest.raises(httpx.HTTPError):
                await plain.get(f"http://{address}/")


async def test_certificate_and_key_may_stand_in_one_file(tmp_path: Path) -> None:
    certificate, key = certificate_in(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    address = f"127.0.0.1:{free_port()}"
    known = ssl.create_default_context(cafile=str(certificate))
    async with (
        served_by(app(), listener_at(address, "it", "IT"), PAGES, tls=Tls(both)),
        httpx.AsyncClient(verify=known, trust_env=False) as client,
    ):
        assert (await client.get(f"https://{address}/")).status_code == 200


@pytest.mark.parametrize("wrong", ["missing", "another key", "no certificate"])
async def test_a_certificate_that_can_not_be_used_is_said_at_the_start(tmp_path: Path, wrong: str) -> None:
    certificate, key = certificate_in(tmp_path)
    _, other = certificate_in(tmp_path, "other")
    given = {
        "missing": Tls(tmp_path / "none.pem", key),
        "another key": Tls(certificate, other),
        "no certificate": Tls(key, key),
    }[wrong]
    listener = listener_at(f"127.0.0.1:{free_port()}", "it", "IT")
    with pytest.raises(BadTls, match="the certificate or its key can't be used"):
        async with served_by(app(), listener, PAGES, tls=given):
            pass
    assert listener.fileno() == -1, "nothing listens"
