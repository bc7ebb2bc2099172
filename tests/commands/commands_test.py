#!/usr/bin/env python3
"""The commands as a person runs them: what they promise, and that what is refused changes nothing.

    tests/commands/commands_test.py     with TONGBAN_BIN (default build/tongban); where TONGBAN_TEST_DB holds a
                                        postgresql:// address, what concerns the database runs there as well

Ends with `N passed, N failed`.
"""
import hashlib
import http.client
import http.server
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
import threading
import time
import traceback
import urllib.parse

import answers
import licence_changes
import rebuilding
from decision_kit import DECISION, KIT

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("TONGBAN_BIN", str(ROOT / "build" / "tongban"))
POSTGRES = os.environ.get("TONGBAN_TEST_DB", "")
WORK = pathlib.Path(tempfile.mkdtemp(prefix="tongban-commands-"))
PASSWORD = "vergessene Lampen 7"
PHRASE = "a long enough passphrase"
ITEMS = "item_code\ttask_type\tdept\tdept_code\tmain_item\tname\n" \
        "X-1\t1\t示范区公安局\t1\t\t普通护照签发\n" \
        "X-2\t20\t示范区人社局\t2\t\t城乡居民养老保险参保登记\n"

counter = [0]


def new(name="var"):
    counter[0] += 1
    return WORK / f"{name}-{counter[0]}"


def run(*args, stdin="", lang="C.UTF-8", db=None, var=None, expect=None):
    command = [BIN, *map(str, args)]
    if var is not None:
        command += ["--var", str(var)]
    if db:
        command += ["--db", db]
    env = {**os.environ, "LC_ALL": lang}
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, env=env, check=False)
    if expect is not None:
        assert done.returncode == expect, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def write(name, text):
    path = WORK / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def sentences(done):
    """Lines on standard error that are no log lines."""
    return [line for line in done.stderr.splitlines() if line and not line.startswith("{")]


def figures(done):
    return {name: int(n) for name, n in re.findall(r"^  (read|new|changed|unchanged|refused)\s+(\d+)$", done.stdout, re.M)}


def tree(folder):
    """What lies in a folder: names and contents, without the lock."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "lock"}


class Served:
    """The program serving on a free port."""

    def __init__(self, var, *options, db=None):
        command = [BIN, "serve", "--var", str(var), "--port", "0", *options] + (["--db", db] if db else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "LC_ALL": "C.UTF-8"})
        line = self.process.stdout.readline()
        found = re.search(r"http://[\d.]+:(\d+)", line)
        assert found, f"serve said: {line}"
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0

    def ask(self, method, path, form=None, cookies=""):
        status, body, set_cookies = self.fetch(method, path, form, cookies)
        return status, body.decode(), set_cookies

    def fetch(self, method, path, form=None, cookies=""):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = urllib.parse.urlencode(form) if form else None
        headers = {"Accept-Language": "en", "Cookie": cookies}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link.request(method, path, body, headers)
        answer = link.getresponse()
        content = answer.read()
        set_cookies = "; ".join(v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie")
        link.close()
        return answer.status, content, set_cookies


def installation(db=None):
    """An installation with one officer and two items. Returns its folder."""
    var = new()
    run("import", "items", write("items.tsv", ITEMS), "--division", "780101", var=var, db=db, expect=0)
    run("user", "add", "--admin", "first", stdin=PASSWORD + "\n", var=var, db=db, expect=0)
    return var


def can_sign_in(served, login, password):
    status, page, cookies = served.ask("GET", "/office/sign-in")
    assert status == 200, status
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    names = re.findall(r'<input[^>]*name="([^"]+)"', page)
    form = {**fields, next(n for n in names if n in ("login", "name", "account")): login, "password": password}
    action = re.search(r'<form[^>]*action="([^"]*sign-in[^"]*)"', page)
    status, _, _ = served.ask("POST", action.group(1) if action else "/office/sign-in", form, cookies)
    return status == 303


# ---- promises ----

def a_wrong_word_gets_one_sentence_and_changes_nothing(_db):
    var = new()
    for words in (["serv"], ["serve", "--prot", "1"], ["serve", "--port", "99999"], ["serve", "--port"], ["serve", "x"],
                  ["import", "items"], ["import", "itmes", "x"], ["import", "items", "/no/such/file"], ["backup"],
                  ["restore", "/no/such/folder"], ["user", "add"], ["user", "ad", "x"], ["keys", "expo"], ["doctor", "x"]):
        done = run(*words, *([] if words == ["serv"] else ["--var", var]))
        assert done.returncode in (1, 2), (words, done.returncode)
        assert len(sentences(done)) == 1 and not done.stdout, (words, done.stdout, done.stderr)
    assert not var.exists()


def every_command_explains_itself(_db):
    overview = run("--help", expect=0).stdout
    names = re.findall(r"^  tongban ([\w-]+)", overview, re.M)
    assert {"serve", "import", "backup", "restore", "user", "keys", "doctor", "routes", "access", "openapi"} <= set(names), names
    for name in names:
        assert len(run(name, "--help", expect=0).stdout.splitlines()) > 4, name


def chinese_is_spoken_where_the_terminal_does(_db):
    assert "没有" in run("serv", lang="zh_CN.UTF-8").stderr
    path = write("items.tsv", ITEMS)
    assert "新增" in run("import", "items", path, "--division", "780101", var=new(), lang="zh_CN.UTF-8", expect=0).stdout


def an_import_tells_what_it_did(_db):
    var = new()
    path = write("items.tsv", ITEMS + "X-1\t1\t示范区公安局\t1\t\t又一个\nX-3\t99\t局\t1\t\t名\n\nX-4\t1\t\t1\t\t名\n")
    done = run("import", "items", path, "--division", "780101", var=var, expect=0)
    assert figures(done) == {"read": 5, "new": 2, "changed": 0, "unchanged": 0, "refused": 3}, done.stdout
    for line, reason in ((4, "twice"), (5, "type"), (7, "department")):
        assert re.search(rf"line {line}: .*{reason}", done.stdout), done.stdout
    again = run("import", "items", write("items.tsv", ITEMS.replace("普通护照签发", "普通护照换发")), var=var, expect=0)
    assert figures(again) == {"read": 2, "new": 0, "changed": 1, "unchanged": 1, "refused": 0}, again.stdout


def the_shipped_catalogue_is_counted(_db):
    var, data = new(), WORK / "data"
    shutil.copytree(ROOT / "data", data)
    first = figures(run("import", "catalogue", str(data), var=var, expect=0))
    assert first["read"] == first["new"] > 100, first
    rules = data / "catalogue" / "ranking.json"
    rules.write_text(rules.read_text() + " ")
    assert figures(run("import", "catalogue", str(data), var=var, expect=0))["changed"] == 0  # the same facts
    facts = sorted((data / "catalogue" / "full").glob("*.json"))[0]
    facts.write_text(facts.read_text().replace("\"en\": \"", "\"en\": \"A ", 1))
    again = figures(run("import", "catalogue", str(data), var=var, expect=0))
    assert again["changed"] == 1 and again["unchanged"] == first["read"] - 1, again


def a_bad_file_changes_nothing(_db):
    var = installation()
    before = tree(var)
    for kind, content in (("items", b""), ("items", b"\x00\x01binary"), ("laws", b"no archive"), ("laws", b"\x1f\x8b\x08broken"),
                          ("calendar", b"\x00"), ("registry", b"{"), ("registry", b'{"a":1,')):
        done = run("import", kind, write("bad", content), var=var)
        assert done.returncode == 1 and len(sentences(done)) == 1, (kind, content, done.stderr)
    done = run("import", "calendar", write("bad", "tomorrow\toff\tfeast\n"), var=var)
    assert done.returncode == 1 and "line 1" in done.stdout
    done = run("import", "items", write("items.tsv", ITEMS), "--division", "78x", var=var)
    assert done.returncode == 1
    assert tree(var).keys() == before.keys()
    with sqlite3.connect(var / "tongban.db") as db:
        assert db.execute("SELECT COUNT(*) FROM item").fetchone() == (2,)


def a_bad_file_makes_no_installation(_db):
    for kind, content in (("items", b""), ("laws", b"no archive"), ("calendar", b"\x00"), ("registry", b"{"), ("catalogue", b"no folder")):
        var = new()
        done = run("import", kind, write("bad", content), var=var)
        assert done.returncode == 1 and len(sentences(done)) == 1, (kind, content, done.stderr)
        assert not var.exists(), kind
    var = new()
    assert run("import", "items", write("items.tsv", ITEMS), "--division", "78x", var=var).returncode == 1 and not var.exists()


def tables_leave_nothing_behind(_db):
    for table in ("routes", "access", "openapi"):
        done = subprocess.run([BIN, table], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0 and done.stdout and not sentences(done), done.stderr


def laws_come_from_an_archive_or_a_folder(_db):
    folder = new("laws") / "行政法"
    folder.mkdir(parents=True)
    (folder / "示范法(2020-01-01).md").write_text("# 示范法\n\n第一条 甲。\n\n第二条 乙。\n")
    (folder / "_index.md").write_text("第一条 不是法律")
    (folder / "没有条文(2020-01-01).md").write_text("# 空\n")
    archive = WORK / "laws.tar.gz"
    subprocess.run(["tar", "czf", archive, "-C", folder.parent, "."], check=True)
    for source in (folder.parent, archive):
        var = new()
        done = run("import", "laws", source, var=var, expect=0)
        assert figures(done)["new"] == 1 and figures(done)["refused"] == 1 and "没有条文" in done.stdout, done.stdout
        assert figures(run("import", "laws", source, var=var, expect=0))["unchanged"] == 1
        with sqlite3.connect(var / "tongban.db") as db:
            assert db.execute("SELECT title, dated, folder FROM law").fetchall() == [("示范法", "2020-01-01", "行政法")]


def nothing_is_imported_under_a_running_program(_db):
    var = installation()
    with Served(var):
        done = run("import", "items", write("items.tsv", ITEMS), var=var)
        assert done.returncode == 1 and "running" in done.stderr


def a_real_installation_has_no_credential_until_the_first_administrator(db):
    var = new()
    with Served(var, db=db) as served:
        assert run("user", "list", var=var, db=db, expect=0).stdout == ""
        assert not (var / "demo-accounts.txt").exists()
        assert not can_sign_in(served, "secadmin", PASSWORD)
        assert not can_sign_in(served, "first", PASSWORD)
        assert run("user", "add", "--admin", "first", stdin="short\n", var=var, db=db).returncode == 1
        assert run("user", "add", "first", stdin=PASSWORD + "\n", var=var, db=db).returncode == 1
        assert run("user", "list", var=var, db=db, expect=0).stdout == ""
        run("user", "add", "--admin", "first", stdin=PASSWORD + "\n", var=var, db=db, expect=0)
        assert can_sign_in(served, "first", PASSWORD)
        assert run("user", "add", "--admin", "first", stdin=PASSWORD + "\n", var=var, db=db).returncode == 1
        run("user", "disable", "first", var=var, db=db, expect=0)
        assert not can_sign_in(served, "first", PASSWORD)


def a_backup_brings_everything_back(db):
    var, folder = installation(db), new("backup")
    with Served(var, db=db):  # online
        run("backup", folder, "--with-keys", stdin=PHRASE + "\n", var=var, db=db, expect=0)
    (var / "blobs" / "ab").mkdir(exist_ok=True)
    target = new()
    assert run("restore", folder, stdin="another passphrase\n", var=target).returncode == 1
    assert not (target / "keys" / "root.key").exists()
    run("restore", folder, stdin=PHRASE + "\n", var=target, expect=0)
    assert (target / "keys" / "root.key").read_bytes() == (var / "keys" / "root.key").read_bytes()
    assert run("user", "list", var=target, expect=0).stdout.startswith("first\t")
    with Served(target) as served:
        assert can_sign_in(served, "first", PASSWORD)
    done = run("restore", folder, stdin=PHRASE + "\n", var=target)
    assert done.returncode == 1 and "not empty" in done.stderr, done.stderr
    if db:  # and back into PostgreSQL
        target, place = new(), fresh_postgres(POSTGRES)
        run("restore", folder, stdin=PHRASE + "\n", var=target, db=place, expect=0)
        assert run("user", "list", var=target, db=place, expect=0).stdout.startswith("first\t")
        assert run("restore", folder, stdin=PHRASE + "\n", var=target, db=place).returncode == 1


def files_handed_in_travel_with_the_backup(_db):
    var, folder, target = installation(), new("backup"), new()
    blob = var / "blobs" / "ab" / ("c" * 62)
    blob.parent.mkdir()
    blob.write_bytes(os.urandom(5000))
    run("backup", folder, "--with-keys", stdin=PHRASE + "\n", var=var, expect=0)
    run("restore", folder, stdin=PHRASE + "\n", var=target, expect=0)
    assert (target / "blobs" / "ab" / ("c" * 62)).read_bytes() == blob.read_bytes()


def a_backup_without_keys_asks_for_them(_db):
    var, folder, target, sealed = installation(), new("backup"), new(), new("keys")
    done = run("backup", folder, var=var, expect=0)
    assert "keys" in done.stdout and not list(folder.glob("*key*"))
    assert run("backup", folder, var=var).returncode == 1  # the folder is not empty
    assert run("restore", folder, var=target).returncode == 1
    run("keys", "export", "--out", sealed, stdin=PHRASE + "\n", var=var, expect=0)
    assert os.stat(sealed).st_mode & 0o77 == 0
    assert run("keys", "export", "--out", sealed, stdin=PHRASE + "\n", var=var).returncode == 1
    assert run("keys", "import", sealed, stdin="wrong passphrase\n", var=target).returncode == 1
    run("keys", "import", sealed, stdin=PHRASE + "\n", var=target, expect=0)
    run("restore", folder, var=target, expect=0)
    other = installation()
    assert "not those of the backup" in run("restore", folder, var=other).stderr


def an_altered_or_unfinished_backup_is_refused(_db):
    var, folder, target = installation(), new("backup"), new()
    run("backup", folder, "--with-keys", stdin=PHRASE + "\n", var=var, expect=0)
    database = (folder / "tongban.db").read_bytes()
    (folder / "tongban.db").write_bytes(database[:-1] + b"x")
    assert run("restore", folder, stdin=PHRASE + "\n", var=target).returncode == 1
    (folder / "tongban.db").write_bytes(database)
    (folder / "backup.json").rename(folder / "backup.part")
    assert run("restore", folder, stdin=PHRASE + "\n", var=target).returncode == 1
    assert not (target / "tongban.db").exists() and not (target / "keys").exists()


def an_older_program_refuses_a_newer_database(_db):
    var = installation()
    with sqlite3.connect(var / "tongban.db") as db:
        db.execute("INSERT INTO schema_migration (module, number, name, checksum, applied_at) VALUES ('orgs', 9999, 'later', x'00', 0)")
    for words in (["serve", "--port", "0"], ["user", "list"], ["backup", new("backup")]):
        done = run(*words, var=var)
        assert done.returncode == 1 and "newer version" in done.stderr, (words, done.stderr)


def a_missing_or_foreign_key_stops_the_program_before_it_does_harm(_db):
    var, other = installation(), installation()
    key = var / "keys" / "root.key"
    kept = key.read_bytes()
    key.unlink()
    done = run("serve", "--port", "0", var=var)
    assert done.returncode == 1 and "keys import" in done.stderr and not key.exists(), done.stderr
    shutil.copy(other / "keys" / "root.key", key)
    done = run("serve", "--port", "0", var=var)
    assert done.returncode == 1 and "not the ones" in done.stderr, done.stderr
    key.write_bytes(kept)
    run("user", "list", var=var, expect=0)


def the_doctor_finds_what_is_wrong(db):
    var = installation(db)
    done = run("doctor", var=var, db=db)
    assert "sound and up to date" in done.stdout and "Services in the directory: 2" in done.stdout, done.stdout
    assert "root key is missing" not in done.stdout
    key = var / "keys" / "root.key"
    key.chmod(0o644)
    done = run("doctor", var=var, db=db)
    assert done.returncode == 1 and "Others can read" in done.stdout, done.stdout
    key.unlink()
    done = run("doctor", var=var, db=db)
    assert done.returncode == 1 and "root key is missing" in done.stdout and not key.exists(), done.stdout
    assert run("doctor", var=new()).returncode == 1


def the_doctor_misses_files_and_administrators(_db):
    var = installation()
    with sqlite3.connect(var / "tongban.db") as db:
        db.execute("INSERT INTO blob (id, size, type, created) VALUES (?, 1, 'image/png', 0)", ("ab" + "0" * 62,))
        db.execute("INSERT INTO blob_ref (blob_id, owner, owner_id) VALUES (?, 'case', 1)", ("ab" + "0" * 62,))
    run("user", "disable", "first", var=var, expect=0)
    done = run("doctor", var=var)
    assert done.returncode == 1 and "1 files" in done.stdout and "Nobody can administer" in done.stdout, done.stdout


def what_another_program_changes_is_seen_within_two_seconds(db):
    """Two programs with the same keys on one database: a list imported through one shows on the other."""
    first, second = installation(db), new()
    db = db or f"sqlite:{first}/tongban.db"
    shutil.copytree(first / "keys", second / "keys")
    with Served(first, db=db) as served, Served(second, db=db) as other:
        third = new()
        shutil.copytree(first / "keys", third / "keys")
        for serving in (served, other):
            assert "社会保障卡申领" not in serving.ask("GET", "/search?q=" + urllib.parse.quote("社会保障卡"))[1]
        run("import", "items", write("more.tsv", ITEMS + "X-9\t20\t示范区人社局\t2\t\t社会保障卡申领\n"), "--division", "780101",
            var=third, db=db, expect=0)
        time.sleep(2)
        for serving in (served, other):
            assert "社会保障卡申领" in serving.ask("GET", "/search?q=" + urllib.parse.quote("社会保障卡"))[1]


def a_chosen_place_narrows_what_is_shown_and_the_cache_keeps_places_apart(_db):
    var = installation()
    run("import", "divisions", write("divisions", "780000\t示范省\t\n780100\t示范市\t780000\n780101\t示范区\t780100\n780102\t柳溪县\t780100\n"),
        var=var, expect=0)
    run("import", "items", write("other.tsv", ITEMS.replace("X-", "Y-").replace("示范区", "柳溪县").replace("普通护照签发", "护照换发补发")),
        "--division", "780102", var=var, expect=0)
    path = "/search?q=" + urllib.parse.quote("护照")
    with Served(var) as served:
        for _ in range(2):  # the second time from the cache
            assert "普通护照签发" in served.ask("GET", path)[1]
            page = served.ask("GET", path, cookies="tb_place=780102")[1]
            assert "普通护照签发" not in page and "护照换发补发" in page and "柳溪县" in page
            assert "普通护照签发" in served.ask("GET", path, cookies="tb_place=780100")[1]
            assert "普通护照签发" in served.ask("GET", path, cookies="tb_place=999999")[1]
            assert "普通护照签发" in served.ask("GET", path, cookies="tb_place=x")[1]
        status, page, cookies = served.ask("GET", "/?place=780102")
        assert status == 200 and "tb_place=780102" in cookies and "柳溪县" in page
        assert "tb_place=;" in served.ask("GET", "/?place=all", cookies="tb_place=780102")[2] + ";"
        page = served.ask("GET", "/places")[1]
        assert all(name in page for name in ("示范省", "示范市", "示范区", "柳溪县")) and "place=780102" in page
        page = served.ask("GET", "/places?q=" + urllib.parse.quote("柳溪"))[1]
        assert "place=780102" in page and "place=780100" in page and "place=780101" not in page
        assert "No such place" in served.ask("GET", "/places?q=nowhere")[1]


def metrics_behind_a_proxy_need_the_token(_db):
    var, token = installation(), write("token", "a-token-of-metrics\n")
    with Served(var, "--trusted-proxies", "127.0.0.1", "--metrics-token-file", str(token)) as served:
        def ask(**headers):
            link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
            link.request("GET", "/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = link.getresponse()
            text = answer.read().decode()
            link.close()
            return answer.status, "tongban_requests_total" in text
        assert ask() == (404, False)
        assert ask(X_Forwarded_For="192.0.2.1") == (404, False)
        assert ask(Authorization="Bearer a-token-of-metricz") == (404, False)
        assert ask(Authorization="a-token-of-metrics") == (404, False)
        assert ask(Authorization="Bearer a-token-of-metrics") == (200, True)
        assert ask(Authorization="Bearer a-token-of-metrics", X_Forwarded_For="192.0.2.1") == (200, True)
    with Served(var) as served:
        assert served.ask("GET", "/metrics")[0] == 200
    done = run("serve", "--metrics-token-file", "/no/such/file", var=var)
    assert done.returncode == 1 and len(sentences(done)) == 1


def options_of_messages_are_checked_before_anything_is_made(_db):
    var = new()
    key, empty = write("key", "token-of-the-gateway\n"), write("empty", "\n")
    for words in (["--sms-url", "ftp://sms.example.cn"], ["--sms-url", "http://sms.example.cn/send"], ["--sms-key-file", key],
                  ["--sms-url", "https://sms.example.cn", "--sms-key-file", "/no/such/file"],
                  ["--sms-url", "https://sms.example.cn", "--sms-key-file", empty], ["--mail-from", "a@example.cn"],
                  ["--mail-url", "smtps://mail.example.cn"], ["--mail-url", "smtps://mail.example.cn", "--mail-from", "nobody"],
                  ["--mail-url", "https://mail.example.cn", "--mail-from", "a@example.cn"],
                  ["--mail-url", "smtps://mail.example.cn", "--mail-from", "a@example.cn", "--mail-credentials-file", key]):
        done = run("serve", *words, var=var)
        assert done.returncode == 1 and len(sentences(done)) == 1 and not done.stdout, (words, done.stdout, done.stderr)
    assert not var.exists()


class Gateway:
    """A service that takes texts over HTTP; refuses the first."""

    def __init__(self):
        taken = self.taken = []

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.append((self.headers.get("Authorization"), body))
                self.send_response(503 if len(taken) == 1 else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send"


def a_text_goes_to_the_service_the_options_name(db):
    gateway, var = Gateway(), installation(db)
    key = write("key", "token-of-the-gateway\n")
    with Served(var, "--sms-url", gateway.url, "--sms-key-file", str(key), db=db) as served:
        _, page, cookies = served.ask("GET", "/register")
        form = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        status, _, _ = served.ask("POST", "/register", {**form, "mobile": "13900000123"}, cookies)
        assert status == 303, status
        deadline = time.monotonic() + 20
        while len(gateway.taken) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
    gateway.server.shutdown()
    assert len(gateway.taken) == 2, gateway.taken
    (first_key, first), (second_key, second) = gateway.taken
    assert first == second and first_key == second_key == "Bearer token-of-the-gateway"
    assert second["channel"] == "sms" and second["to"] == "13900000123" and re.search(r"\b\d{6}\b", second["text"])


def the_demonstration_is_made_once(db):
    var = new()
    with Served(var, "--demo", db=db):
        accounts = (var / "demo-accounts.txt")
        assert os.stat(accounts).st_mode & 0o77 == 0
        first = accounts.read_text()
        password = re.search(r"Password: (\S+)", first).group(1)
    began = time.monotonic()
    with Served(var, "--demo", db=db) as served:
        assert time.monotonic() - began < 10
        assert accounts.read_text() == first
        assert can_sign_in(served, "secadmin", password)


def a_licence_is_verified_by_the_program_alone(_db):
    """What its holder downloads is authentic beside the issuer's certificate, with nothing else of the installation."""
    var = new()
    with Served(var, "--demo") as served:
        cookies = signed_in(served, var, "13900000113")
        deadline, links, got = time.monotonic() + 60, [], {}
        while time.monotonic() < deadline:  # it is signed and printed in the background
            links = re.findall(r"/licences/\d+", served.ask("GET", "/me/licences", cookies=cookies)[1])
            got = {name: served.fetch("GET", path, cookies=cookies) for name, path in
                   (("manifest.json", links[0] + "/manifest.json"), ("licence.pdf", links[0] + "/pdf"),
                    ("issuer.pem", "/verify/certificates"))} if links else {}
            if got and all(status == 200 for status, _, _ in got.values()):
                break
            time.sleep(0.5)
        assert links, "the holder has no licence"
    assert all(status == 200 for status, _, _ in got.values()), {name: status for name, (status, _, _) in got.items()}
    manifest, pdf, issuer = (write(name, content) for name, (_, content, _) in got.items())
    shutil.rmtree(var)

    def verify(path, *more):
        return run("verify", path, *(more or ("--issuer", issuer)))

    document = json.loads(manifest.read_bytes())
    for path in (manifest, pdf):
        done = verify(path)
        assert done.returncode == 0 and done.stdout.startswith("Authentic as issued; "), (path, done.stdout, done.stderr)
        assert document["licence_id"] in done.stdout and not done.stderr, done.stdout
    assert run("verify", pdf, "--issuer", issuer, lang="zh_CN.UTF-8").stdout.splitlines()[0] != verify(pdf).stdout.splitlines()[0]

    for i, field in enumerate(document["fields"]):  # another value in any one entry, and that entry is named
        altered = json.loads(manifest.read_bytes())
        altered["fields"][i]["value"] += "x"
        done = verify(write("altered.json", json.dumps(altered, ensure_ascii=False)))
        assert done.returncode == 1 and "A field was changed" in done.stdout, done.stdout
        assert re.findall(r"Altered entry: (\S+)", done.stdout) == [field["name"]], done.stdout
    licence_changes.all_are_named(manifest, pdf, lambda name, text, lang: run("verify", write(name, text), "--issuer", issuer, lang=lang))
    content = bytearray(pdf.read_bytes())
    content[200] ^= 1  # a byte of the page people see
    done = verify(write("altered.pdf", bytes(content)))
    assert done.returncode == 1 and "Authentic" not in done.stdout, done.stdout

    done = run("verify", manifest)
    assert done.returncode == 1 and "nobody vouches" in done.stdout, done.stdout
    for path, *more in ((write("letter.txt", "no licence"),), (write("plain.json", "{}"),), (write("empty", b""),), (WORK / "none",),
                        (write("other.pdf", b"%PDF-1.7\n%%EOF\n"),), (manifest, "--issuer", write("no.pem", "no certificate"))):
        done = verify(path, *more)
        assert done.returncode == 2 and len(sentences(done)) == 1 and not done.stdout, (path, done.stdout, done.stderr)


def signed_in(served, var, account):
    password = re.search(r"Password: (\S+)", (var / "demo-accounts.txt").read_text()).group(1)
    _, page, cookies = served.ask("GET", "/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    status, _, cookies = served.ask("POST", "/sign-in", {"csrf": token, "account": account, "password": password}, cookies)
    assert status == 303, status
    return cookies


def a_log_with_acts(var, db):
    """A demonstration whose log has a head; its keys, and the proofs of one person's acts."""
    with Served(var, "--demo", db=db) as served:
        cookies = signed_in(served, var, "13900000101")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            proof = json.loads(served.fetch("GET", "/me/access/proof", cookies=cookies)[1])
            if proof["acts"] and not proof["waiting"]:
                break
            time.sleep(0.3)
        assert proof["acts"] and not proof["waiting"], proof["waiting"]
        keys = served.ask("GET", "/log/keys")[1]
    return proof, keys


def an_act_is_proven_by_the_program_alone(db):
    var = new()
    proof, keys = a_log_with_acts(var, db)
    key_file, good = write("keys", keys), write("proof.json", json.dumps(proof, ensure_ascii=False))
    done = run("verify", good, "--issuer", key_file, expect=0)
    assert "Every act stands in the log as it was recorded." in done.stdout, done.stdout
    assert "nobody vouches" in run("verify", good, expect=1).stdout
    for name, change in (("record", "x"), ("salt", "00"), ("entry", "00"), ("index", 1)):
        wrong = json.loads(good.read_text())
        act = wrong["acts"][0]
        act[name] = act[name] + change if name in ("record", "index") else change + act[name][2:]
        done = run("verify", write("wrong.json", json.dumps(wrong, ensure_ascii=False)), "--issuer", key_file, expect=1)
        assert "This is no proof" in done.stdout, (name, done.stdout)


def the_page_on_evidence_proves_an_act_with_openssl_alone(_db):
    """Runs the commands of docs/evidence.md as they stand there."""
    proof, keys = a_log_with_acts(new(), None)
    text = (ROOT / "docs" / "evidence.md").read_text().split("## With OpenSSL alone")[1].split("## For those")[0]
    blocks = [re.sub(r"(?m)^   ", "", b) for b in re.findall(r"(?ms)^   ```\n(.*?)^   ```$", text)]
    assert len(blocks) == 6, len(blocks)
    folder = new("openssl")
    folder.mkdir()

    def outputs(document):
        (folder / "proof.json").write_text(json.dumps(document, ensure_ascii=False))
        (folder / "keys").write_text(keys)
        script = "\n".join(f"echo '== {i}'\n{block}" for i, block in enumerate(blocks))
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        return [part.rstrip("\n").split("\n")[1:] for part in ("\n" + done.stdout).split("\n== ")[1:]]

    entry, _, roots, head, head_sm3, chain = outputs(proof)
    assert len(entry) == 2 and entry[0] == entry[1], entry
    assert len(roots) == 4 and roots[0] == roots[1] and roots[2] == roots[3] and roots[0] != roots[2], roots
    assert head == ["Signature Verified Successfully"], head
    assert head_sm3 == ["Verified OK"], head_sm3
    assert chain == ["signer.pem: OK"], chain

    altered = json.loads(json.dumps(proof))
    altered["acts"][0]["record"] += "x"
    altered["acts"][0]["sha256"][0] = "00" + altered["acts"][0]["sha256"][0][2:]
    altered["checkpoint"] = altered["checkpoint"].replace("\n", "x\n", 1)
    entry, _, roots, head, head_sm3, _ = outputs(altered)
    assert entry[0] != entry[1] and roots[0] != roots[1] and roots[2] == roots[3], (entry, roots)
    assert head != ["Signature Verified Successfully"] and head_sm3 == ["Verified OK"], head


def an_answer_is_proven_by_the_program_and_by_openssl_alone(_db):
    var = new()
    with Served(var, "--demo") as served:
        text, certificates = answers.an_answer(served, var)
    answers.prove(text, certificates, run, write, new("openssl-answer"), ROOT)


def the_audit_finds_what_was_changed(db):
    var = new()
    a_log_with_acts(var, db)
    out, copy = new("log"), new("log")
    assert "Nothing was changed." in run("audit", "--out", out, var=var, db=db, expect=0).stdout
    head = out / "checkpoint"
    assert "No earlier head" not in run("audit", "--checkpoint", head, var=var, db=db, expect=0).stdout
    assert "Nothing was changed." in run("audit", out, "--keys", out / "keys", "--checkpoint", head, expect=0).stdout
    assert run("audit", "--out", out, var=var, db=db).returncode == 1  # a folder that is there is left alone
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name != "keys"):  # any byte of any public file
        shutil.copytree(out, copy)
        content = bytearray((copy / path.relative_to(out)).read_bytes())
        content[len(content) // 3] ^= 1
        (copy / path.relative_to(out)).write_bytes(bytes(content))
        done = run("audit", copy, "--keys", out / "keys")
        assert done.returncode == 1, (path, done.stdout, done.stderr)
        shutil.rmtree(copy)
    if db:
        return
    with sqlite3.connect(var / "tongban.db") as link:
        link.execute("UPDATE evidence SET subject = subject + 1 WHERE id = (SELECT MIN(id) FROM evidence)")
    done = run("audit", "--checkpoint", head, var=var, expect=1)
    assert "A record was altered: " in done.stdout and "Findings: 1" in done.stdout, done.stdout


def what_finds_calls_by_their_person_is_built_anew(db):
    rebuilding.damaged_and_built_anew(run, Served, sentences, new(), db)


def a_witness_signs_only_a_log_that_grew(_db):
    var, state = new(), new("witness")
    state.mkdir()
    a_log_with_acts(var, None)
    first, second = new("log"), new("log")
    run("audit", "--out", first, var=var, expect=0)
    a_log_with_acts(var, None)
    run("audit", "--out", second, var=var, expect=0)
    sizes = [int((folder / "checkpoint").read_text().split("\n")[1]) for folder in (first, second)]
    assert sizes[0] < sizes[1], sizes
    key = (first / "keys").read_text().split("\n")[0]

    def witness(log, *more):
        return run("witness", "--log", log, *more, var=state)

    assert witness(first).returncode == 1  # without a name, and without the key
    assert witness(first, "--name", "witness.example").returncode == 1
    done = witness(first, "--key", key)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith((first / "checkpoint").read_text()) and "\u2014 witness.example " in done.stdout
    assert witness(first).returncode == 0
    assert witness(second).returncode == 0
    done = witness(first)
    assert done.returncode == 1 and "shorter" in done.stderr and not done.stdout, done.stderr
    other = new()
    a_log_with_acts(other, None)  # another log under a head of its own is not taken for this one
    third = new("log")
    run("audit", "--out", third, var=other, expect=0)
    assert witness(third, "--key", key).returncode == 1
    with Served(var) as served:  # over HTTP as well
        done = witness(f"http://127.0.0.1:{served.port}/log")
        assert done.returncode == 0, done.stderr


def a_decision_model_is_evaluated_checked_and_tested(_db):
    folder = new("models")
    folder.mkdir()
    model, given = folder / "fee.dmn", write("given.json", '{"born": "1990-05-06"}')
    model.write_text(DECISION)
    told = json.loads(run("dmn", "eval", model, "--decision", "fee", "--input", given, expect=0).stdout)
    assert told["result"] == 10.5 and told["notes"] == [], told
    assert told["rules"][0]["id"] == "old" and told["rules"][0]["annotations"] == ["Article 7"], told
    assert told["rules"][0]["inputs"][0]["value"] == "1990-05-06", told
    told = json.loads(run("dmn", "eval", model, "--input", "-", stdin='{"born": "2010-01-01"}', expect=0).stdout)
    assert told["decisions"] == {"fee": 0}, told
    run("dmn", "check", model, expect=0)
    for wanted, code, last in (("10.5", 0, "1 passed, 0 failed"), ("11", 1, "0 passed, 1 failed")):
        (folder / "fee-test-01.xml").write_text(KIT.replace("WANTED", wanted))
        done = run("dmn", "test", folder, expect=code)
        assert done.stdout.splitlines()[-1] == last, done.stdout
    assert "fee-test-01.xml 001 fee: expected 11, got 10.5" in done.stdout, done.stdout
    model.write_text(DECISION.replace("&gt;= date", "&gt; dote"))
    done = run("dmn", "check", model, lang="zh_CN.UTF-8", expect=1)
    assert "错误" in done.stdout, done.stdout
    for words in (["dmn", "eval", model], ["dmn", "eval", model, "--input", write("list.json", "[1]")],
                  ["dmn", "eval", model, "--input", given, "--decision", "none"], ["dmn", "guess", model],
                  ["dmn", "check", given], ["dmn", "check", "/no/such/model.dmn"], ["dmn", "test", "/no/such/folder"]):
        done = run(*words, expect=1)
        assert len(sentences(done)) == 1 and not done.stdout, (words, done.stdout, done.stderr)


def the_debian_package_holds_what_a_server_needs(_db):
    folder = new("package")
    folder.mkdir(exist_ok=True)
    def build():
        return subprocess.run([ROOT / "tools" / "make_deb", BIN, folder], capture_output=True, text=True, timeout=120, check=True).stdout.strip()
    package = build()
    def ask(*args):
        return subprocess.run(["dpkg-deb", *args], capture_output=True, text=True, timeout=60, check=True).stdout
    listing = ask("-c", package)
    for path, mode in (("usr/bin/tongban", "-rwxr-xr-x"), ("lib/systemd/system/tongban.service", "-rw-r--r--"), ("etc/default/tongban", "-rw-r--r--"),
                       ("usr/share/doc/tongban/docs/operate.md", "-rw-r--r--"), ("usr/share/doc/tongban/copyright", "-rw-r--r--"),
                       ("usr/share/tongban/data/catalogue/full/BI-0001.json", "-rw-r--r--")):
        assert re.search(rf"^{mode} root/root .* \./{re.escape(path)}$", listing, re.M), path
    control = ask("-f", package)
    assert all(name in control for name in ("libsqlite3-0", "libcurl4", "libpangocairo-1.0-0", "libpq5", "fonts-noto-cjk", "adduser")), control
    tree = new("unpacked")
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True, timeout=60)
    assert (tree / "DEBIAN" / "conffiles").read_text() == "/etc/default/tongban\n"
    for page in (tree / "usr/share/doc/tongban").rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
    unit = (tree / "lib/systemd/system/tongban.service").read_text()
    manual = re.search(r"^Documentation=file:/(.*)$", unit, re.M)
    assert manual and (tree / manual[1]).exists(), unit
    assert "EnvironmentFile=/etc/default/tongban" in unit and "ExecStart=/usr/bin/tongban serve" in unit
    assert subprocess.run([tree / "usr/bin/tongban", "--help"], capture_output=True, timeout=60, check=False).returncode == 0
    for script in ("postinst", "prerm", "postrm"):
        subprocess.run(["sh", "-n", tree / "DEBIAN" / script], check=True, timeout=10)
    if shutil.which("lintian"):
        found = subprocess.run(["lintian", "--fail-on", "error", package], capture_output=True, text=True, timeout=120, check=False)
        assert found.returncode == 0, found.stdout


PROMISES = [value for name, value in list(globals().items())
            if callable(value) and name != "installation" and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] in (("_db",), ("db",))
            and value.__code__.co_argcount == 1]


def fresh_postgres(address):
    """An empty schema of its own for each promise."""
    name = f"commands_{os.getpid()}_{counter[0]}"
    counter[0] += 1
    subprocess.run(["psql", "-qX", address, "-c", f"CREATE SCHEMA {name}"], check=True, capture_output=True)
    return address + ("&" if "?" in address else "?") + "options=" + urllib.parse.quote(f"-c search_path={name}")


def main():
    wanted = sys.argv[1:]
    passed = failed = 0
    for promise in PROMISES:
        if wanted and promise.__name__ not in wanted:
            continue
        engines = [None]
        if POSTGRES and promise.__code__.co_varnames[0] == "db":
            engines.append("postgresql")
        for engine in engines:
            try:
                promise(fresh_postgres(POSTGRES) if engine else None)
                passed += 1
                print("ok  ", promise.__name__, engine or "")
            except Exception:  # one that breaks must not hide the others
                failed += 1
                print("FAIL", promise.__name__, engine or "")
                traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
