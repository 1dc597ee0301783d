"""A real IMAP server for tests: Dovecot in a folder of its own, as whoever runs the tests."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from imap_tools import BaseMailBox, MailBoxUnencrypted

from tests.mail_server import certificate

USER, PASSWORD = "letters@tqm.example", "pass/word: with @ signs"
_START_SECONDS = 20.0
_DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_max_userip_connections = 1000
imap_capability = {capability}
{tls}
{more}
passdb {{
  driver = {driver}
  {passdb}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """A running server with one user; ``process`` may be ended and started again by the test."""

    folder: Path
    port: int
    tls_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """As PSQM_IMAP_URL."""
        return f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}"

    @contextmanager
    def opened(self, folder: str = "INBOX") -> Iterator[BaseMailBox]:
        """The mailbox, as any mail program sees it."""
        box = MailBoxUnencrypted("127.0.0.1", self.port, timeout=20)
        with box.login(USER, PASSWORD, initial_folder=folder):
            yield box

    def deliver(self, *mails: bytes) -> None:
        """Puts mails into the inbox, unread."""
        with self.opened() as box:
            for raw in mails:
                box.append(raw, "INBOX")

    def count(self, folder: str = "INBOX", criteria: str = "ALL") -> int:
        """How many mails of a folder are so."""
        with self.opened() as box:
            if not box.folder.exists(folder):
                return 0
            box.folder.set(folder)
            return len(box.uids(criteria))

    def stop(self) -> None:
        """Ends the server and every connection to it."""
        self.process.terminate()
        self.process.wait(20)

    def start(self) -> None:
        """Starts it (again), and returns when it answers."""
        self.process = subprocess.Popen([_DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")])
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                if connection.recv(100).startswith(b"* OK"):
                    return
            time.sleep(0.02)
        raise AssertionError(f"Dovecot does not start: {(self.folder / 'log').read_text()}")


@contextmanager
def dovecot(*, capability: str = "", introspection: str = "") -> Iterator[Dovecot]:
    """Runs a server on free ports. ``capability``: what it says it can, when not what it can; ``introspection``: the address
    at which it has access tokens checked, and then it takes those in place of the password."""
    folder = Path(tempfile.mkdtemp(prefix="psqm-imap-"))  # short, as the path of a socket has at most 107 characters
    try:
        folder.chmod(0o755)
        certificate(folder)
        port, tls_port = _free_ports()
        (folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=folder,
                port=port,
                tls_port=tls_port,
                capability=capability,
                **_who(folder),
                **_how(folder, introspection),
            )
        )
        server = Dovecot(folder, port, tls_port, None)  # type: ignore[arg-type]
        server.start()
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _who(folder: Path) -> dict[str, object]:
    """The users that its processes run as. Root may not be one of them, so there the ones of its package are taken."""
    if os.getuid():
        me, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        return {"login_user": me, "internal_user": me, "internal_group": group, "uid": os.getuid(), "gid": os.getgid()}
    nobody = pwd.getpwnam("nobody")
    for part in ("mail", "home"):
        (folder / part).mkdir()
        os.chown(folder / part, nobody.pw_uid, nobody.pw_gid)
    own = {"login_user": "dovenull", "internal_user": "dovecot", "internal_group": "dovecot"}
    return {**own, "uid": nobody.pw_uid, "gid": nobody.pw_gid}


def _how(folder: Path, introspection: str) -> dict[str, object]:
    tls = f"ssl = yes\nssl_cert = <{folder}/crt.pem\nssl_key = <{folder}/key.pem"
    if not introspection:
        encoded = b64encode(PASSWORD.encode()).decode()  # a colon would end the field
        (folder / "users").write_text(f"{USER}:{{PLAIN.b64}}{encoded}\n")
        passdb = f"args = scheme=PLAIN username_format=%u {folder}/users"
        return {"tls": tls, "driver": "passwd-file", "passdb": passdb, "mechanisms": "", "more": ""}
    (folder / "oauth2.conf").write_text(
        f"introspection_url = {introspection}\nintrospection_mode = auth\nusername_attribute = email\n"
    )
    passdb = f"mechanisms = xoauth2 oauthbearer\n  args = {folder}/oauth2.conf"
    return {"tls": tls, "driver": "oauth2", "passdb": passdb, "mechanisms": "xoauth2 oauthbearer", "more": ""}


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
