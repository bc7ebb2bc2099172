#!/usr/bin/env python3
"""Prepares the submissions that are measured: drafts of many people for many services, filled in over the pages of the form.

bench/drafts.py PORT FOLDER LOADER DATABASE COUNT OUT: OUT gets one prepared submission a line, for LOADER (bench/submit_load.c).
Everything goes through the routes a person uses; DATABASE is only asked which services there are."""
import os
import sqlite3
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

port, folder, loader, database, count, out = sys.argv[1:]
PEOPLE = [f"139000001{n:02d}" for n in range(1, 15) if n != 12]  # one of them has no confirmed identity
PAGES = [
    ("applicant", {"address": "示范市中心路 1 号"}),
    ("request", {"content": "查询缴费记录并开具证明", "period": "2025年度", "note": "请短信通知"}),
    ("contact", {"mobile": "13900000101", "delivery": "electronic"}),
    ("declaration", {"declaration": "true"}),
]


def session(account):
    client = Client(int(port), timeout=30)
    wiring.sign_in(client, folder, account)
    return "; ".join(f"{k}={v}" for k, v in client.cookies.items()), client.csrf


def send(lines, phase):
    path, answers = f"{out}.{phase}", f"{out}.{phase}.answers"
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(f"{cookie}\t{at}\t{urllib.parse.urlencode(body)}\n" for cookie, at, body in lines)
    subprocess.run([loader, port, "64", path, answers], check=True, stdout=subprocess.DEVNULL)
    with open(answers, encoding="utf-8") as f:
        locations = [line.split(" ", 1) for line in f.read().splitlines()]
    bad = next((i for i, (status, _) in enumerate(locations) if status != "303"), None)
    if bad is not None:
        raise SystemExit(f"preparing: {lines[bad][1]} answers {locations[bad][0]}")
    return [location for _, location in locations]


with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
    items = [row[0] for row in db.execute(  # those served by the general form; a few have one of their own
        "SELECT i.id FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version WHERE v.audience % 2 = 1 AND i.code LIKE '%-synthetic' "
        "AND v.person_hash = (SELECT person_hash FROM item_version WHERE type = '20' AND person_hash <> '' GROUP BY person_hash ORDER BY count(*) DESC LIMIT 1) "
        "ORDER BY i.id")]
people = [session(account) for account in PEOPLE]
work = [(cookie, csrf, item) for item in items for cookie, csrf in people][:int(count)]
opened = send([(cookie, f"/items/{item}/apply", {"csrf": csrf, "urgent": "online"}) for cookie, csrf, item in work], "start")
drafts = [(cookie, csrf, location.split("/")[2]) for (cookie, csrf, _), location in zip(work, opened)]
for page, values in PAGES:
    send([(cookie, f"/apply/{draft}/form/{page}", {"csrf": csrf, **values}) for cookie, csrf, draft in drafts], page)
with open(out, "w", encoding="utf-8") as f:
    f.writelines(f"{cookie}\t/apply/{draft}/submit\t" + urllib.parse.urlencode({"csrf": csrf, "once": draft}) + "\n" for cookie, csrf, draft in drafts)
