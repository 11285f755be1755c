"""A client at the door of a city: uploads files as a browser would, and keeps its own book of what was acknowledged."""

import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from tests.city import free_port
from tests.faults.drills import Child, Nursery, wait_until

LOGIN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
user = User.objects.get(username={username!r})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""
TOKEN = "a" * 32


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address of the batch is the acknowledgement: it is not followed."""

    def redirect_request(self, *_: object) -> None:
        """Stop here."""


@dataclass
class Door:
    """The web process of a city and one officer in front of it."""

    home: Nursery
    session: str
    port: int = field(default_factory=free_port)
    web: Child | None = None
    opener: urllib.request.OpenerDirector = field(default_factory=lambda: urllib.request.build_opener(NoRedirect))

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def open(self, fault: str = "") -> None:
        """Start the web process, on the same port each time."""
        self.web = self.home.start("serve", str(self.port), fault=fault)
        wait_until(self.answers, "the web process")

    def answers(self) -> bool:
        """Whether a page comes."""
        try:
            urllib.request.urlopen(f"{self.address}/health/", timeout=2).close()
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """Take the web process away, workers and all."""
        assert self.web is not None
        self.web.kill()
        self.web.wait("killed")

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> tuple[int, str]:
        """Send a form; status and where it leads. Raises OSError when no answer comes."""
        boundary = secrets.token_hex(8)
        body = b""
        for name, value in {"csrfmiddlewaretoken": TOKEN, **fields}.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        if file is not None:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n'
            body += head.encode() + b"Content-Type: text/csv\r\n\r\n" + file[1] + b"\r\n"
        request = urllib.request.Request(f"{self.address}{path}", body + f"--{boundary}--\r\n".encode())
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        request.add_header("Cookie", f"sessionid={self.session}; csrftoken={TOKEN}")
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers.get("Location") or ""
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("Location") or ""

    def status(self, path: str) -> int:
        """Ask for a page as the officer; its status."""
        request = urllib.request.Request(f"{self.address}{path}")
        request.add_header("Cookie", f"sessionid={self.session}")
        try:
            with self.opener.open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return answer.code

    def upload(self, name: str, content: bytes) -> str:
        """Send a file; the reference of its batch when it was acknowledged, else empty."""
        try:
            status, location = self.post("/batches/upload/", {"reason": ""}, (name, content))
        except OSError:
            return ""
        return location.rstrip("/").rsplit("/", 1)[-1] if status == 302 else ""


def door_of(home: Nursery, username: str) -> Door:
    """A door with this user logged in; the session stands in the database and outlives the web process."""
    return Door(home, home.said(LOGIN.format(username=username)))
