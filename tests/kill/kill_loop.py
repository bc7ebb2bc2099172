#!/usr/bin/env python3
"""Kills the server with SIGKILL in the middle of work, again and again: what was acknowledged must be there, once.

    kill_loop.py [--kills 50] [--clients 8] [--port N]     the loop, then the control
    kill_loop.py --self-test                               tries the loop itself on pretended programs

The program runs on a VFS that discards what was not synced, so a kill is as hard as a power cut. Clients submit under
tokens of their own and write an acknowledgement to a journal only after the whole answer has come; a submission that was
cut off is sent again under the same token. After every kill the files are copied as they lie and compared with the
journal: nothing acknowledged may be missing, no token may have two rows. The control runs the same loop with
synchronous=OFF over a database that was closed in order before: it opens after every kill, and what is gone is what the
journal says was acknowledged, or the loop could not have noticed a loss. Ends with `N passed, N failed`.
"""
import argparse
import glob
import http.client
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import Client  # noqa: E402

CONTROL_KILLS = 5


class Journal:
    """What the clients were told, on disk so that it can be read after a failure."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.acknowledged = {}
        self.repeated = {}
        self.out = open(path, "w", encoding="utf-8")

    def add(self, token, reference):
        with self.lock:
            before = self.acknowledged.setdefault(token, reference)
            if before != reference:
                self.repeated[token] = (before, reference)
            self.out.write(f"{token}\t{reference}\n")
            self.out.flush()

    def copy(self):
        with self.lock:
            return dict(self.acknowledged)


class Worker(threading.Thread):
    """One client: takes the next token, sends it until it is acknowledged, over as many servers as that needs."""

    def __init__(self, number, port, folder, wiring, journal, stopping):
        super().__init__(daemon=True)
        self.number, self.port, self.folder = number, port, folder
        self.wiring, self.journal, self.stopping = wiring, journal, stopping
        self.client = None
        self.sent = 0
        self.fault = None

    def run(self):
        token = None
        while not self.stopping.is_set() or token:
            if token is None:
                self.sent += 1
                token = f"k{self.number}-{self.sent}-{random.getrandbits(64):016x}"
            try:
                if self.client is None:
                    client = Client(self.port)
                    client.number = self.number
                    self.wiring.sign_in(client, self.folder)
                    self.client = client
                reference = self.wiring.submit(self.client, token)
            except PermissionError:
                self.client = None
                continue
            except (OSError, http.client.HTTPException):
                if self.stopping.is_set() and self.stopping.abandon:
                    return
                if self.client:
                    self.client.close()
                time.sleep(0.02)
                continue
            except Exception as fault:  # an answer that no kill explains: told, and the client ends
                self.fault = f"client {self.number}: {fault}"
                return
            if reference is None:
                time.sleep(0.02)
                continue
            self.journal.add(token, reference)
            # Every twentieth is sent once more although it was acknowledged: it must stay one.
            if self.sent % 20 or random.random() < 0.5:
                token = None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, wiring, folder, port, durable):
        self.wiring, self.folder, self.port, self.durable = wiring, folder, port, durable
        self.log = os.path.join(folder, "server.log")
        self.process = None

    def start(self):
        with open(self.log, "a", encoding="utf-8") as out:
            self.process = subprocess.Popen(self.wiring.serve_command(self.folder, self.port, self.durable),
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        end = time.monotonic() + 30
        while True:
            try:
                if Client(self.port, timeout=2).get(self.wiring.READY).status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.log, encoding="utf-8", errors="replace") as text:
                    raise RuntimeError("the server does not come up:\n" + text.read()[-3000:])
            time.sleep(0.02)

    def stop(self):
        """In order: everything is written and synced."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError("the server does not end when it is asked to") from None
        self.process = None

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def durable_rows(wiring, folder):
    """Tokens and how often, read from a copy of the files exactly as the kill left them."""
    database = wiring.database(folder)
    with tempfile.TemporaryDirectory() as copy:
        for file in glob.glob(database + "*"):
            if not file.endswith("-shm"):
                shutil.copy(file, copy)
        connection = sqlite3.connect(os.path.join(copy, os.path.basename(database)))
        try:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            if verdict != "ok":
                raise AssertionError(f"the database is damaged: {verdict}")
            return dict(connection.execute(wiring.COUNT_SQL).fetchall())
        finally:
            connection.close()


def sound_base(wiring, folder, port):
    """A database with all that a first start makes, closed in order: what is lost later was written later."""
    first = Server(wiring, folder, port, True)
    try:
        first.start()
        first.stop()
    finally:
        first.kill()
    durable_rows(wiring, folder)  # opens and is not damaged


def run_loop(wiring, durable, kills, clients, port, keep=False):
    """→ dict of kills, acknowledged, lost (acknowledged submissions), drafts (acknowledged ones that are gone), doubled,
    changed, faults, damage. Without `durable` losses are expected: no client is waited for, and none need end well."""
    result = {"kills": 0, "acknowledged": 0, "lost": set(), "drafts": set(), "doubled": set(), "changed": 0, "faults": [],
              "damage": []}
    getattr(wiring, "forget", lambda: None)()
    folder = tempfile.mkdtemp(prefix="tongban-kill-")
    server = Server(wiring, folder, port or free_port(), durable)
    journal = Journal(os.path.join(folder, "journal.tsv"))
    stopping = threading.Event()
    stopping.abandon = False
    workers = []
    try:
        for command in wiring.prepare_commands(folder):
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if not durable:
            sound_base(wiring, folder, server.port)
        server.start()
        workers = [Worker(n, server.port, folder, wiring, journal, stopping) for n in range(clients)]
        for worker in workers:
            worker.start()
        while result["kills"] < kills:
            seen = len(journal.acknowledged)
            deadline = time.monotonic() + 20
            while len(journal.acknowledged) < seen + clients and time.monotonic() < deadline and not faults_of(workers):
                time.sleep(0.005)  # a kill without work before it proves nothing
            if len(journal.acknowledged) < seen + clients:
                result["faults"].append("no submission is acknowledged any more")
            result["faults"] += faults_of(workers)
            if result["faults"]:
                break
            time.sleep(random.uniform(0, 0.3))
            getattr(wiring, "before_kill", lambda *_: None)(folder, server.port)
            server.kill()
            result["kills"] += 1
            compare(wiring, folder, journal, result)
            if result["damage"]:
                break
            if durable or result["kills"] < kills:
                server.start()
        stopping.abandon = not durable
        stopping.set()
        if durable and server.process:
            for worker in workers:
                worker.join(timeout=30)
            result["faults"] += [f"client {w.number} did not end" for w in workers if w.is_alive()]
            result["faults"] += [f for f in faults_of(workers) if f not in result["faults"]]
            server.kill()
            compare(wiring, folder, journal, result)
            result["damage"] += getattr(wiring, "audit", lambda _: [])(folder)
    finally:
        stopping.abandon = True
        stopping.set()
        server.kill()
        for worker in workers:
            worker.join(timeout=10)
        result["acknowledged"] = len(journal.acknowledged)
        result["changed"] = len(journal.repeated)
        journal.out.close()
        if any(result[k] for k in ("lost", "drafts", "doubled", "faults", "damage")) and keep:
            print(f"kept for reading: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return result


def faults_of(workers):
    return [w.fault for w in workers if w.fault]


def compare(wiring, folder, journal, result):
    told = journal.copy()  # taken after the kill: nothing more can have been acknowledged by that server
    try:
        rows = durable_rows(wiring, folder)
    except (AssertionError, sqlite3.Error) as damage:
        result["damage"].append(str(damage))
        return
    key = getattr(wiring, "key", lambda token, reference: token)
    result["lost"] |= {t for t, reference in told.items() if key(t, reference) not in rows}
    result["drafts"] |= getattr(wiring, "lost", set())
    result["doubled"] |= {t for t, n in rows.items() if n > 1}


def sentence(result):
    return (f"{result['kills']} kills, {result['acknowledged']} acknowledged, {len(result['lost'])} lost, "
            f"{len(result['drafts'])} drafts lost, {len(result['doubled'])} doubled, {result['changed']} changed their reference"
            + "".join(f"\n    {f}" for f in result["faults"][:5] + result["damage"][:5])
            + "".join(f"\n    lost {t}" for t in sorted(result["lost"])[:5])
            + "".join(f"\n    doubled {t}" for t in sorted(result["doubled"])[:5]))


def is_clean(result, kills):
    return (result["kills"] >= kills and not result["lost"] and not result["drafts"] and not result["doubled"]
            and not result["changed"] and not result["faults"] and not result["damage"] and result["acknowledged"] > 0)


def is_caught(result, kills):
    """Every kill took acknowledged submissions away, and nothing else was wrong: the journal noticed, not a damaged file."""
    return (result["kills"] >= kills and len(result["lost"]) >= kills and not result["faults"] and not result["damage"])


def tally(checks):
    for name, right, words in checks:
        print(f"{'ok  ' if right else 'FAIL'} {name}: {words}")
    failed = sum(1 for _, right, _ in checks if not right)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


def self_test(port):
    import pretend
    checks = []
    for kind, wanted in (("good", lambda r: is_clean(r, 4)), ("lossy", lambda r: is_caught(r, 4) and not is_clean(r, 4)), ("double", lambda r: r["doubled"])):
        pretend.KIND = kind
        result = run_loop(pretend, kind != "lossy", 4, 4, port)
        checks.append((f"a {kind} program is told apart", bool(wanted(result)), sentence(result)))
    return tally(checks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test(options.port)
    import wiring
    if not os.access(wiring.PROGRAM, os.X_OK):
        print(f"there is no program at {wiring.PROGRAM}")
        return tally([("the program is built", False, "")])
    began = time.monotonic()
    durable = run_loop(wiring, True, options.kills, options.clients, options.port, keep=True)
    control = run_loop(wiring, False, CONTROL_KILLS, options.clients, options.port)
    print(f"in {time.monotonic() - began:.0f} s")
    return tally([
        ("nothing acknowledged is lost, nothing is doubled", is_clean(durable, options.kills), sentence(durable)),
        ("the same loop with synchronous=OFF is caught by what it lost", is_caught(control, CONTROL_KILLS), sentence(control)),
    ])


if __name__ == "__main__":
    sys.exit(main())
