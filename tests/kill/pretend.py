"""A pretended program with which the kill loop tests itself: `pretend.py PORT FOLDER KIND`.

KIND is good (acknowledges after the disk has it), lossy (acknowledges before), or double (forgets tokens).
"""
import http.server
import os
import sqlite3
import sys
import threading

# Where this file is imported as wiring:
READY = "/readyz"
COUNT_SQL = "SELECT token, count(*) FROM row GROUP BY token"
KIND = "good"


def database(folder):
    return os.path.join(folder, "pretend.db")


def prepare_commands(folder):
    return []


def serve_command(folder, port, durable):
    return [sys.executable, os.path.abspath(__file__), str(port), folder, KIND if durable else "lossy"]


def sign_in(client, folder):
    client.csrf = "x"


def submit(client, token):
    answer = client.post("/rows", {"token": token})
    if answer.status != 200:
        raise AssertionError(answer.status)
    return answer.text


class Keeper:
    """Rows in a database; the lossy kind keeps the newest in memory only, as a disk cache would."""

    def __init__(self, path, kind):
        self.kind = kind
        self.lock = threading.Lock()
        self.waiting = []
        self.connection = sqlite3.connect(path, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS row (token TEXT NOT NULL)")
        self.known = {token for token, in self.connection.execute("SELECT token FROM row")}
        self.connection.commit()

    def keep(self, token):
        with self.lock:
            if token in self.known and self.kind != "double":
                return
            self.known.add(token)
            self.waiting.append((token,))
            if self.kind == "lossy" and len(self.waiting) < 40:
                return
            self.connection.executemany("INSERT INTO row VALUES (?)", self.waiting)
            self.connection.commit()
            self.waiting = []


def main():
    port, folder, kind = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    keeper = Keeper(database(folder), kind)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self, body):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer(b"ready")

        def do_POST(self):
            fields = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = fields.partition("token=")[2]
            keeper.keep(token)
            if kind == "double" and hash(token) % 7 == 0:
                keeper.keep(token)
            self.answer(token.encode())

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
