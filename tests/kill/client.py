"""A small browser: one keep-alive connection, cookies, the hidden csrf field. Python's standard library only."""
import http.client
import re
import urllib.parse


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def csrf(self):
        found = re.search(r'name="csrf"[^>]*value="([^"]+)"', self.text)
        if not found:
            raise OSError("the page has no csrf field")
        return found.group(1)


class Client:
    """Raises OSError (or http.client.HTTPException) when the server goes away in the middle of a request."""

    def __init__(self, port, timeout=5):
        self.port, self.timeout = port, timeout
        self.cookies = {}
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method, path, body=None, headers=None):
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        send = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        if not self.cookies:
            del send["Cookie"]
        try:
            self.connection.request(method, path, body=body, headers=send)
            answer = self.connection.getresponse()
            data = answer.read()
        except Exception:
            self.close()
            raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        return Answer(answer.status, answer.headers, data)

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, fields, **headers):
        return self.request("POST", path, urllib.parse.urlencode(fields),
                            {"Content-Type": "application/x-www-form-urlencoded", **headers})
