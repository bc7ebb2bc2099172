#!/usr/bin/env python3
"""Life events (data/bundles/restaurant) while the server is killed (kill -9) again and again: the job that opens what waited
for a grant opens each service once, and forgets none.

    bundle_soak.py [--events 24] [--kill-every 1.0] [--port N]

Two clerks receive life events for people who are there; officers grant the first service of each; the program, on a file
system that forgets what was not synced, is killed all the while. Every request is sent again until it is answered. When
all is granted the program is left alone until nothing waits, and what stands in the database is compared: each service of
each life event has one case of its own, no case of a life event stands outside of one, and the evidence tells of each
opening once. Ends with `N passed, N failed`.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wiring  # noqa: E402
from client import Client  # noqa: E402
from kill_loop import Server, free_port  # noqa: E402

SITUATION = {"form": "single", "premises": "own", "drain": "yes", "sign": "no"}
MEMBERS, WAITING = 4, 3  # registration; food, fire inspection and drainage wait for it
PERSONS = os.path.join(wiring.ROOT, "data/demo/persons.json")
KNOWN = {"delivery": "pickup", "mobile": "13900000199"}
PATIENCE = 300  # seconds for one act, over as many servers as that needs


class Officer:
    """Somebody at a browser who sends again what was cut off."""

    def __init__(self, login, folder, port):
        self.login, self.folder, self.client, self.signed_in = login, folder, Client(port, timeout=20), False

    def once(self, method, path, fields):
        if not self.signed_in:
            self.client.cookies = {}
            wiring.sign_in(self.client, self.folder, self.login)
            self.signed_in = True
        headers = {"Accept": "application/json"}
        if method == "GET":
            return self.client.get(path, **headers)
        return self.client.post(path, [("csrf", self.client.csrf), *fields], **headers)

    def ask(self, method, path, fields=()):
        """(status, document), the status being none of those that ask to come again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.once(method, path, fields)
                if answer.status == 401:
                    self.signed_in = False
                elif answer.status not in (429, 503):
                    return answer.status, json.loads(answer.text) if answer.text else {}
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                self.client.close()
            time.sleep(0.05)
        raise RuntimeError(f"{path} is never answered")

    def get(self, path):
        status, document = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}: {document}")
        return document

    def post(self, path, fields=(), allowed=()):
        status, document = self.ask("POST", path, fields)
        if status // 100 != 2 and status not in allowed:
            raise RuntimeError(f"{path} answers {status}: {document}")
        return document


def answer_to(field):
    if field.get("value"):
        return field["value"]
    if field["id"] in KNOWN:
        return KNOWN[field["id"]]
    if field.get("options"):
        return field["options"][0]["value"]
    kind = field.get("type")
    if kind == "checkbox":
        return "1"
    if field.get("inputmode") == "numeric":
        return "10"
    return {"date": "2026-01-15", "tel": "13900000199"}.get(kind, "虚构内容")


def receive(clerk, person):
    """One life event for a person who is there, sent; its id."""
    found = clerk.post("/office/desk", [("id_number", person["id_number"]), ("name", person["name"]), ("purpose", "apply")])
    subject = found["location"].split("person=")[1].split("&")[0]
    begun = clerk.post("/office/desk/bundles/restaurant", [("person", subject), *SITUATION.items()])
    file, at = begun["id"], begun["location"]
    while "/form/" in at:
        fields = [(f["id"], answer_to(f)) for f in clerk.get(at)["fields"] if not f.get("readonly")]
        at = clerk.post(at, fields)["location"]
    papers = f"/office/desk/bundle/{file}/materials"
    clerk.post(papers, [("paper", m["material"]) for m in clerk.get(papers)["materials"]])
    clerk.post(f"/office/desk/bundle/{file}/submit", [("once", file)], allowed=(404, 409))  # sent before it was cut off
    return file


def rows(folder, sql, *values):
    """From the files as they lie."""
    connection = sqlite3.connect(f"file:{wiring.database(folder)}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def rows_meanwhile(folder, sql):
    """While the program runs, what it did not sync yet lies in its memory alone: from outside its files need not fit one
    another at that moment: None. What counts is compared when it has stopped."""
    try:
        return rows(folder, sql)
    except sqlite3.DatabaseError:
        return None


def registrations(folder):
    found = rows_meanwhile(folder, "SELECT case_id FROM bundle_member WHERE position = 0 AND case_id <> 0 AND result = ''")
    return [r[0] for r in found or []]


class Clerk(threading.Thread):
    def __init__(self, login, folder, port, people, count):
        super().__init__(daemon=True)
        self.officer, self.people, self.count, self.fault = Officer(login, folder, port), people, count, None

    def run(self):
        try:
            for n in range(self.count):
                receive(self.officer, self.people[n % len(self.people)])
        except Exception as fault:  # told by the main thread
            self.fault = fault


class Deciders(threading.Thread):
    """Accepts, passes and grants the first service of each, until there are so many."""

    def __init__(self, folder, port, count):
        super().__init__(daemon=True)
        self.folder, self.count, self.done, self.fault = folder, count, set(), None
        self.officers = [(Officer("desk2", folder, port), "accept", []), (Officer("market.review", folder, port), "pass", []),
                         (Officer("market.decide", folder, port), "grant", [("note_grant", "准予登记")])]

    def run(self):
        try:
            while len(self.done) < self.count:
                for case in registrations(self.folder):
                    for officer, act, fields in self.officers:
                        officer.post(f"/office/cases/{case}/{act}", fields, allowed=(403, 409))  # done before it was cut off
                    self.done.add(case)
                time.sleep(0.05)
        except Exception as fault:
            self.fault = fault


def compare(folder, count):
    """What is wrong with what stands in the database."""
    faults = []
    files = rows(folder, "SELECT id, status FROM bundle_file WHERE status <> 'draft'")
    members = rows(folder, "SELECT file, item, case_id, status FROM bundle_member")
    cases = [r[0] for r in rows(folder, "SELECT id FROM case_file WHERE channel = 'bundle'")]
    if len(files) != count:
        faults.append(f"{len(files)} life events of {count}")
    if len(members) != count * MEMBERS:
        faults.append(f"{len(members)} services of {count * MEMBERS}")
    faults += [f"service {m[1]} of {m[0]} is {m[3]} and has no case" for m in members if not m[2]]
    known = [m[2] for m in members if m[2]]
    if len(known) != len(set(known)):
        faults.append("two services have one case")
    faults += [f"case {c} belongs to no life event" for c in set(cases) - set(known)]
    faults += [f"case {c} is not there" for c in set(known) - set(cases)]
    told = rows(folder, "SELECT object, count(*) FROM evidence WHERE act = 'bundle.open' GROUP BY object")
    faults += [f"opened {n} times on record instead of {WAITING}: {o}" for o, n in told if n != WAITING]
    if len(told) != count:
        faults.append(f"openings on record of {len(told)} life events of {count}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=24)
    parser.add_argument("--kill-every", type=float, default=1.0)
    parser.add_argument("--port", type=int, default=0)
    wanted = parser.parse_args()
    with open(PERSONS, encoding="utf-8") as text:
        people = [p for p in json.load(text)["persons"] if p.get("known") and p.get("account")][:8]
    folder = tempfile.mkdtemp(prefix="tongban-events-", dir="/var/tmp")
    server = Server(wiring, folder, wanted.port or free_port(), True)
    kills, faults, began = 0, [], time.monotonic()
    try:
        server.start()
        half = wanted.events // 2
        work = [Clerk("desk1", folder, server.port, people[:4], wanted.events - half), Clerk("desk2", folder, server.port, people[4:], half),
                Deciders(folder, server.port, wanted.events)]
        for one in work:
            one.start()
        while any(one.is_alive() for one in work):
            time.sleep(random.uniform(0.5, 1.5) * wanted.kill_every)
            server.kill()
            kills += 1
            server.start()
        faults += [f"{type(one).__name__}: {one.fault}" for one in work if one.fault]
        # The last ones are opened under kills as well, then it is left alone.
        for _ in range(3):
            time.sleep(wanted.kill_every)
            server.kill()
            kills += 1
            server.start()
        end = time.monotonic() + 120
        while time.monotonic() < end and rows_meanwhile(folder, "SELECT 1 FROM bundle_member WHERE status = 'waiting' LIMIT 1") != []:
            time.sleep(0.2)
        server.stop()
        faults += compare(folder, wanted.events)
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    for fault in faults[:20]:
        print(fault)
    print(f"{wanted.events} life events, {wanted.events * MEMBERS} services, killed {kills} times in {time.monotonic() - began:.0f} s")
    print(f"{0 if faults else 1} passed, {1 if faults else 0} failed")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
