"""The codec endpoint of a worker: on an address of its own, and only where it is set up."""

from __future__ import annotations

import asyncio
import base64
import re
import socket
from pathlib import Path

import httpx
import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from config.addresses import AddressTaken, local_url
from config.settings import Settings
from engine.embedded import binary, free_port
from engine.encryption import PayloadEncryption
from tests.engine.secret_office import key, readable_in, ring, secret_office
from tests.engine.server import named, quick_server
from worker.codec_serving import codec_served

TOKEN = "a-token-of-the-codec-endpoint"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A worker with keys and an endpoint."""
    for name, value in {
        "MAANWERK_KEYS": f"{key('n2').line},{key('k1').line}",
        "MAANWERK_CODEC": f"127.0.0.1:{free_port()}",
        "MAANWERK_CODEC_TOKEN": TOKEN,
        "MAANWERK_CODEC_ORIGIN": "http://localhost:8233",
    }.items():
        monkeypatch.setenv(name, value)
    return Settings()


async def test_it_decrypts_what_a_case_wrote_for_who_has_the_token(settings: Settings) -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'{"amount": "4321.09"}')
    (sealed,) = await PayloadEncryption(ring("k1")).encode([plain])
    body = json_format.MessageToJson(Payloads(payloads=[sealed]))
    headers = {"Content-Type": "application/json"}
    async with codec_served(settings), httpx.AsyncClient(base_url=f"http://{settings.codec}", trust_env=False) as at:
        assert (await at.post("/codec/decode", content=body, headers=headers)).status_code == 401
        headers["Authorization"] = f"Bearer {TOKEN}"
        answer = await at.post("/codec/decode", content=body, headers=headers)
        assert json_format.Parse(answer.content, Payloads()).payloads[:] == [plain]
        answer = await at.post("/codec/encode", content=answer.content, headers=headers)
        (typed,) = json_format.Parse(answer.content, Payloads()).payloads
        assert typed.metadata["encryption-key-id"] == b"n2", "what a person types goes under the newest key"
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient(trust_env=False).get(f"http://{settings.codec}/codec")


async def test_half_open_requests_keep_nobody_out_and_take_few_descriptors(settings: Settings) -> None:
    port = int(str(settings.codec).rpartition(":")[2])
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with codec_served(settings), httpx.AsyncClient(base_url=f"http://{settings.codec}", trust_env=False) as at:
        flood = []
        for _ in range(200):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /codec/decode HTTP/1.1\r\nHost: codec\r\nContent-Length: 1000\r\n\r\n{")
            flood.append((reader, writer))
        answer = await at.post("/codec/decode", content='{"payloads": []}', headers=headers)
        assert answer.status_code == 200
        async with asyncio.timeout(20):
            closed = await asyncio.gather(*(reader.read() for reader, _ in flood[:136]), return_exceptions=True)
        assert len(closed) == 136, "no more than 64 stay"
        for _, writer in flood:
            writer.close()


async def test_without_an_address_there_is_none(settings: Settings) -> None:
    port = int(str(settings.codec).rpartition(":")[2])
    async with codec_served(settings.model_copy(update={"codec": None})):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_an_address_that_is_taken_is_named(settings: Settings) -> None:
    async with codec_served(settings):
        with pytest.raises(AddressTaken, match="MAANWERK_CODEC"):
            async with codec_served(settings):
                pass


async def test_temporals_own_command_line_reads_through_it_and_types_through_it(
    settings: Settings, tmp_path: Path
) -> None:
    """The real program, against a real server: what it shows is decrypted, what it sends is encrypted."""
    async with quick_server() as client, codec_served(settings):
        at = secret_office(client, tmp_path)

        async def temporal(*arguments: str, auth: str = f"Bearer {TOKEN}") -> str:
            command = [str(binary("temporal")), "workflow", *arguments, "--workflow-id", at.case_id]
            command += [*named(client), "--codec-endpoint", f"http://{settings.codec}/codec"]
            ran = await asyncio.create_subprocess_exec(
                *command, "--codec-auth", auth, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            return (await ran.communicate())[0].decode()

        async with at.working(settings.key_ring):
            await at.until(at.view, "the first view")
            await temporal("signal", "--name", "pause", "--input", '"opvakantie"')
            await at.until(lambda: at.case().holds, "the pause")
            shown = await temporal("show", "--output", "json")
            assert _told(shown, "opvakantie") and _told(shown, "4321.09")
            # It asks again and again, ten seconds long where nobody says otherwise.
            hurry = "--command-timeout", "3s"
            refused = await temporal("show", "--output", "json", *hurry, auth="Bearer wrong")
            assert not _told(refused, "opvakantie") and not _told(refused, "4321.09")
        assert "opvakantie" not in readable_in(await at.history(), at.case_id)


def _told(text: str, word: str) -> bool:
    """Whether a word is in the text, as it is or in base64 of the JSON around it."""
    decoded = (base64.b64decode(each + "==") for each in re.findall(r'"data": "([A-Za-z0-9+/=]+)"', text))
    return word in text or any(word.encode() in each for each in decoded)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1:8235", "http://localhost:8235"),
        ("0.0.0.0:8235", "http://localhost:8235"),
        ("[::1]:8235", "http://localhost:8235"),
        ("10.0.0.5:8235", "http://10.0.0.5:8235"),
        ("[fd00::5]:8235", "http://[fd00::5]:8235"),
    ],
)
def test_the_web_page_asks_under_the_name_that_it_has_itself(address: str, url: str) -> None:
    """Else the browser keeps its cookie back."""
    assert local_url(address) == url
