#!/usr/bin/env python3
"""What tools/empty_database promises: a demonstration goes once that was said, tables of others and installations stay.

    tools/pg_cluster run -- tests/commands/empty_database_test.py     with TONGBAN_BIN (default build/tongban)"""
import os
import pathlib
import signal
import subprocess
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("TONGBAN_BIN", str(ROOT / "build" / "tongban"))
BASE = os.environ["TONGBAN_TEST_DB"]
PLACE = BASE + ("&" if "?" in BASE else "?") + "options=" + urllib.parse.quote("-c search_path=emptied")


def ask(sql, address=PLACE):
    return subprocess.run(["psql", "-qXAt", address, "-c", sql], capture_output=True, text=True, check=True).stdout.strip()


def serve_once(var, *options):
    """Starts the program, which migrates and fills the database, and ends it in order."""
    with subprocess.Popen([BIN, "serve", "--var", var, "--port", "0", "--db", PLACE, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}) as process:
        assert "http://" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def empty(*more):
    return subprocess.run([ROOT / "tools/empty_database", PLACE, *more], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)


def main():
    ask("CREATE SCHEMA emptied", BASE)
    with tempfile.TemporaryDirectory(prefix="tongban-empty-") as folder:
        assert empty().returncode == 0  # nothing is there
        serve_once(folder + "/demo", "--demo")
        ask("CREATE TABLE theirs (n int)")
        before = ask("SELECT count(*) FROM account")
        done = empty()
        assert done.returncode != 0 and "--yes" in done.stderr, done.stderr
        assert ask("SELECT count(*) FROM account") == before
        done = empty("--yes")
        assert done.returncode == 0, done.stderr
        assert ask("SELECT string_agg(table_name, ',') FROM information_schema.tables WHERE table_schema = current_schema()") == "theirs"
        serve_once(folder + "/office")  # begins anew, without a demonstration
        subprocess.run([BIN, "user", "add", "--admin", "first", "--var", folder + "/office", "--db", PLACE], input="a long password 78\n", text=True,
                       capture_output=True, check=True)
        done = empty("--yes")
        assert done.returncode != 0 and "somebody's installation" in done.stderr, done.stderr
        assert ask("SELECT count(*) FROM account") == "1"
    print("1 passed, 0 failed")


main()
