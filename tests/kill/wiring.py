"""What the kill loop knows about the program: its options, how one signs in, what one submission is, where it is kept."""
import http.client
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A build with the test doors: a VFS that keeps what was not synced in memory, so that kill -9 loses it like a power cut.
PROGRAM = os.environ.get("TONGBAN_TEST_BIN", os.path.join(ROOT, "build-asan", "tongban"))

READY = "/readyz"
ACCOUNTS = [f"139000001{n:02d}" for n in range(1, 12)]  # of the demonstration persons: all matched with the population base
ITEM = "BI-0012-780101"  # 成绩查询: one page of form, answered by a rule, so that one submission makes many rows

# Every submission ever kept, by the answer its client was given: (reference, how often it was carried out).
COUNT_SQL = "SELECT '/cases/' || object || '/receipt', count(*) FROM evidence WHERE act = 'case.submit' GROUP BY object"

EXAM = "demo-skills"

drafts = {}  # by the client's token: the draft it is to send
lost = set()  # drafts that were acknowledged and are gone


def forget():
    """Between two runs: the next one has a database of its own."""
    drafts.clear()
    lost.clear()


def key(token, reference):
    """What COUNT_SQL knows an acknowledged submission by."""
    return reference


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


def sign_in(client, folder, account=None):
    """Once for each client at the beginning, and again whenever an answer says that nobody is signed in. A client of the
    loop has a number, and so a person of its own: a person has one draft of a service at a time."""
    account = account or ACCOUNTS[getattr(client, "number", 0) % len(ACCOUNTS)]
    door = "/sign-in" if account.isdigit() else "/office/sign-in"  # people by their number, officers by a name
    csrf = client.get(door, Accept="text/html").csrf()
    answer = client.post(door, {"account": account, "password": password(folder), "csrf": csrf}, Accept="text/html")
    if answer.status not in (302, 303):
        raise OSError(f"signing in answers {answer.status}")
    client.csrf = json.loads(client.get("/api/session", Accept="application/json").text)["csrf"]


class Busy(Exception):
    """Refused for now."""


class Gone(Exception):
    """What was acknowledged before is not there."""


def post(client, path, fields):
    answer = client.post(path, {"csrf": client.csrf, **fields}, Accept="text/html")
    location = answer.headers.get("Location") or ""
    if answer.status in (401, 403) or location.startswith("/sign-in"):
        raise PermissionError
    if answer.status in (429, 503):
        raise Busy
    if answer.status == 404:
        raise Gone
    if answer.status != 303:
        raise AssertionError(f"{path} answers {answer.status}: {answer.text[:300]}")
    return location


def draft(client):
    """A draft of this person, filled in and ready to be sent."""
    number = post(client, f"/items/{ITEM}/apply", {}).split("/")[2]
    post(client, f"/apply/{number}/form/query", {"exam": EXAM, "declaration": "true"})
    return number


def submit(client, token):
    """One submission under `token`. The reference when it was acknowledged; None when it was refused for now (503);
    PermissionError when one has to sign in again. Sending the same token again must give the same case."""
    try:
        if token not in drafts:
            drafts[token] = draft(client)
        return post(client, f"/apply/{drafts[token]}/submit", {"once": drafts[token], "declare": "true"})
    except Busy:
        return None
    except Gone:
        lost.add(f"draft {drafts.pop(token, '')}")
        return None


def before_kill(folder, port):
    """Keeps the head of the log that anybody can read at this moment: the log may not go back behind it."""
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("GET", "/log/checkpoint")
        answer = link.getresponse()
        head = answer.read()
        link.close()
    except (OSError, http.client.HTTPException):
        return
    if answer.status == 200:
        with open(os.path.join(folder, "head"), "wb") as kept:
            kept.write(head)


def audit(folder):
    """What the audit finds in the evidence as the last kill left it; nothing is well."""
    head = os.path.join(folder, "head")
    saved = ["--checkpoint", head] if os.path.exists(head) else []
    done = subprocess.run([PROGRAM, "audit", "--var", folder, *saved], capture_output=True, text=True, timeout=120, check=False)
    return [] if done.returncode == 0 else [f"audit: {done.stdout[-500:]}{done.stderr[-500:]}"]
