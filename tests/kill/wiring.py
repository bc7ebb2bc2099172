"""What the kill loop knows about the program: its options, how one signs in, what one submission is, where it is kept."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A build with the test doors: a VFS that keeps what was not synced in memory, so that kill -9 loses it like a power cut.
PROGRAM = os.environ.get("TONGBAN_TEST_BIN", os.path.join(ROOT, "build-asan", "tongban"))

READY = "/readyz"
LOGIN, PASSWORD = "person", "demo-person"

# Every submission ever kept, by the token its client gave it: (token, how often).
COUNT_SQL = "SELECT idempotency, count(*) FROM case_file GROUP BY idempotency"


def database(folder):
    return os.path.join(folder, "tongban.db")


def prepare_commands(folder):
    """Commands run before the first start, without the lossy VFS."""
    return []


def serve_command(folder, port, durable):
    return [PROGRAM, "serve", "--demo", "--db", database(folder), "--port", str(port),
            "--vfs=lossy", f"--synchronous={'full' if durable else 'off'}"]


def sign_in(client):
    """Once for each client at the beginning, and again whenever an answer says that nobody is signed in."""
    csrf = client.get("/sign-in").csrf()
    answer = client.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "csrf": csrf})
    if answer.status not in (302, 303):
        raise OSError(f"signing in answers {answer.status}")
    client.csrf = client.get("/").csrf()


def submit(client, token):
    """One submission under `token`. The reference when it was acknowledged; None when it was refused for now (503);
    PermissionError when one has to sign in again. Sending the same token again must give the same case."""
    answer = client.post("/cases", {"csrf": client.csrf, "token": token, "subject": f"kill {token}"})
    if answer.status in (401, 403):
        raise PermissionError
    if answer.status in (200, 201, 302, 303):
        return answer.headers.get("Location") or answer.text[:80]
    if answer.status == 503:
        return None
    raise AssertionError(f"a submission answers {answer.status}: {answer.text[:300]}")
