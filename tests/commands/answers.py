"""Answers of the exchange and what proves them, for commands_test.py."""
import concurrent.futures
import hashlib
import hmac
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request


class Officer:
    """One of the demonstration, signed in, over the JSON face."""

    def __init__(self, served, var, account):
        self.base = f"http://127.0.0.1:{served.port}"
        password = re.search(r"Password: (\S+)", (var / "demo-accounts.txt").read_text()).group(1)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.csrf = self.get("/api/session")["csrf"]
        self.post("/office/sign-in", [("account", account), ("password", password)])
        self.csrf = self.get("/api/session")["csrf"]

    def ask(self, path, form=None):
        asked = urllib.request.Request(self.base + path, form, {"Accept": "application/json"})
        with self.opener.open(asked, timeout=30) as answer:
            return json.loads(answer.read())

    def get(self, path):
        return self.ask(path)

    def post(self, path, fields):
        return self.ask(path, urllib.parse.urlencode([*fields, ("csrf", self.csrf)]).encode())


def an_answer(served, var):
    """A department's system with a permit, an answer it got among others, and the certificates."""
    officers = {name: Officer(served, var, name) for name in ("tobacco.data", "tobacco.decide", "public-security.data")}
    steward = officers["tobacco.data"]
    made = steward.post("/office/exchange/systems", [("code", "verify"), ("name", "verify")])
    entry = steward.get("/office/exchange?q=" + urllib.parse.quote("人口基础"))["entries"][0]["href"]
    steward.post(entry + "/request", [
        ("system", made["systems"][-1]["id"]), ("purpose", "apply"), ("basis", "law"), ("modes", "query"), ("fields", "name"), ("fields", "mobile"),
        ("services", "*"), ("operators", "*"), ("caseless", "1"), ("masks", "mobile=phone"), ("rate", "1000"), ("daily", "1000"), ("until", "2099-12-31")])
    permit = steward.get("/office/exchange/permits")["permits"][0]["href"]
    officers["tobacco.decide"].post(permit + "/office", [("agree", "yes")])
    officers["public-security.data"].post(permit + "/decide", [("agree", "yes")])
    body = json.dumps({"mode": "query", "purpose": "apply", "number": "78010119940318002X", "fields": ["name", "mobile"], "operator": "x"}).encode()
    digest = hashlib.new("sm3", body).hexdigest()

    def call(number):
        moment = str(int(time.time() * 1000))
        said = f"POST\n/exchange/population\n{digest}\n{moment}-{number:06d}\n{moment}"
        signature = hmac.new(bytes.fromhex(made["key"]), said.encode(), "sm3").hexdigest()
        asked = urllib.request.Request(steward.base + "/exchange/population", body, {
            "Accept": "application/json", "Content-Type": "application/json",
            "Authorization": f"TB-HMAC-SM3 system=verify,time={moment},nonce={moment}-{number:06d},digest={digest},signature={signature}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.read()

    with concurrent.futures.ThreadPoolExecutor(32) as pool:  # the one of most answers under one signature
        answers = max(pool.map(call, range(96)), key=lambda text: json.loads(text)["proof"]["size"])
    return answers, served.ask("GET", "/exchange/certificates")[1]


def prove(text, certificates, run, write, folder, root):
    """By the program, and by the commands of docs/exchange.md as they stand there; what was changed fails by both."""
    issuer, good = write("certificates.pem", certificates), write("answer.json", text)
    assert "The answer is the one that was given." in run("verify", good, "--issuer", issuer, expect=0).stdout
    assert "nobody vouches" in run("verify", good, expect=1).stdout
    name = "林晓禾".encode()
    assert name in text
    for wrong, words in ((text.replace(name, "林晓和".encode()), "The answer was changed"), (re.sub(rb'"time":\d', b'"time":9', text), "The head is not the one"),
                         (re.sub(rb'"certificate":"..', b'"certificate":"00', text), "not among those given")):
        assert words in run("verify", write("wrong.json", wrong), "--issuer", issuer, expect=1).stdout, words
    page = (root / "docs" / "exchange.md").read_text().split("### With OpenSSL alone")[1].split("## Refusals")[0]
    blocks = [re.sub(r"(?m)^   ", "", b) for b in re.findall(r"(?ms)^   ```\n(.*?)^   ```$", page)]
    assert len(blocks) == 3, len(blocks)
    folder.mkdir()

    def outputs(content):
        (folder / "answer.json").write_bytes(content)
        (folder / "certificates.pem").write_text(certificates)
        script = "\n".join(f"echo '== {i}'\n{block}" for i, block in enumerate(blocks))
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        return [part.rstrip("\n").split("\n")[1:] for part in ("\n" + done.stdout).split("\n== ")[1:]]

    head, signature, chain = outputs(text)
    assert len(head) == 2 and head[0] == head[1], head
    assert signature == ["Verified OK"], signature
    assert len(chain) == 3 and chain[0] == chain[1] and chain[2] == "signer.pem: OK", chain
    head, signature, _ = outputs(text.replace(name, "林晓和".encode()))
    assert head[0] != head[1] and signature == ["Verified OK"], (head, signature)
