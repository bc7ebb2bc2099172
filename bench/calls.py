#!/usr/bin/env python3
"""Registers the system "bench" of a department and gets it a permit from three people: masked queries, each under a live case.

bench/calls.py PORT FOLDER: prints the system's key. The calls themselves are made by `exchange-bench calls`."""
import json
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

port, folder = sys.argv[1:]
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
entry = steward.get("/office/exchange?q=" + urllib.parse.quote("人口基础"))["entries"][0]["href"]
steward.post(entry + "/request", [
    ("system", made["systems"][-1]["id"]), ("purpose", "apply"), ("basis", "bench"), ("modes", "query"), ("fields", "name"), ("fields", "mobile"),
    ("services", "*"), ("operators", "*"), ("masks", "mobile=phone,name=name"), ("rate", "1000000"), ("daily", "9000000"), ("until", "2099-12-31")])
permit = steward.get("/office/exchange/permits")["permits"][0]["href"]
office.post(permit + "/office", [("agree", "yes")])
provider.post(permit + "/decide", [("agree", "yes")])
print(made["key"])
