"""What the kill loop knows about the program: its options, how one signs in, what one submission is, where it is kept."""
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A build with the test doors: a VFS that keeps what was not synced in memory, so that kill -9 loses it like a power cut.
PROGRAM = os.environ.get("TONGBAN_TEST_BIN", os.path.join(ROOT, "build-asan", "tongban"))

READY = "/readyz"
ACCOUNT = "13900000101"  # of the demonstration persons

# Every submission ever kept, by the token its client gave it: (token, how often).
COUNT_SQL = "SELECT idempotency, count(*) FROM case_file GROUP BY idempotency"


def database(folder):
    return os.path.join(folder, "tongban.db")


def prepare_commands(folder):
    """Commands run before the first start, without the lossy VFS."""
    return []


def serve_command(folder, port, durable):
    command = [PROGRAM, "serve", "--demo", "--var", folder, "--port", str(port), "--vfs", "lossy"]
    return command if durable else command + ["--durability", "off"]


def password(folder):
    """The server writes the demonstration accounts into its folder; one password serves them all."""
    with open(os.path.join(folder, "demo-accounts.txt"), encoding="utf-8") as lines:
        for line in lines:
            if "Password:" in line:
                return line.split("Password:")[1].strip()
    raise AssertionError("demo-accounts.txt has no line with the password")


def sign_in(client, folder, account=ACCOUNT):
    """Once for each client at the beginning, and again whenever an answer says that nobody is signed in."""
    csrf = client.get("/sign-in", Accept="text/html").csrf()
    answer = client.post("/sign-in", {"account": account, "password": password(folder), "csrf": csrf}, Accept="text/html")
    if answer.status not in (302, 303):
        raise OSError(f"signing in answers {answer.status}")
    client.csrf = json.loads(client.get("/api/session", Accept="application/json").text)["csrf"]


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
