#!/usr/bin/env python3
"""Prepares signed calls of a department's system: registers it, gets it a permit from three people, signs each call.

bench/calls.py PORT FOLDER COUNT OUT: OUT gets one call a line, for bench/submit_load.c. Masked queries about the demonstration people."""
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

port, folder, count, out = sys.argv[1:]
JSON = {"Accept": "application/json"}


class Officer:
    def __init__(self, account):
        self.client = Client(int(port), timeout=30)
        door = self.client.get("/office/sign-in").csrf()
        self.client.post("/office/sign-in", {"account": account, "password": wiring.password(folder), "csrf": door})
        self.csrf = json.loads(self.client.get("/api/session", **JSON).text)["csrf"]

    def get(self, path):
        return json.loads(self.client.get(path, **JSON).text)

    def post(self, path, fields):
        answer = self.client.post(path, [*fields, ("csrf", self.csrf)], **JSON)
        if answer.status not in (200, 201):
            raise SystemExit(f"preparing: {path} answers {answer.status} {answer.text[:200]}")
        return json.loads(answer.text)


steward, office, provider = Officer("tobacco.data"), Officer("tobacco.decide"), Officer("public-security.data")
made = steward.post("/office/exchange/systems", [("code", "bench"), ("name", "bench")])
key = bytes.fromhex(made["key"])
entry = steward.get("/office/exchange?q=" + urllib.parse.quote("人口基础"))["entries"][0]["href"]
steward.post(entry + "/request", [
    ("system", made["systems"][-1]["id"]), ("purpose", "apply"), ("basis", "bench"), ("modes", "query"), ("fields", "name"), ("fields", "mobile"),
    ("services", "*"), ("caseless", "1"), ("masks", "mobile=phone,name=name"), ("rate", "1000000"), ("daily", "9999999"), ("until", "2099-12-31")])
permit = steward.get("/office/exchange/permits")["permits"][0]["href"]
office.post(permit + "/office", [("agree", "yes")])
provider.post(permit + "/decide", [("agree", "yes")])

with open("data/demo/persons.json", encoding="utf-8") as f:
    numbers = [p["id_number"] for p in json.load(f)["persons"]]
now = str(int(time.time() * 1000))
with open(out, "w", encoding="utf-8") as f:
    for i in range(int(count)):
        body = json.dumps({"mode": "query", "purpose": "apply", "number": numbers[i % len(numbers)], "fields": ["name", "mobile"], "operator": "bench"})
        digest, nonce = hashlib.new("sm3", body.encode()).hexdigest(), f"bench-{i:012d}"
        said = f"POST\n/exchange/population\n{digest}\n{nonce}\n{now}"
        signature = hmac.new(key, said.encode(), "sm3").hexdigest()
        f.write(f"TB-HMAC-SM3 system=bench,time={now},nonce={nonce},digest={digest},signature={signature}\t/exchange/population\t{body}\n")
