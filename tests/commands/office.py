"""Officers of the demonstration at a program that serves, and cases they begin, for the tests of this folder."""
import json
import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

JSON = {"Accept": "application/json"}
HEAD = """<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'
 xmlns:t='urn:tongban:process' id='d' targetNamespace='t'>"""


class Officer:
    def __init__(self, port, account, var):
        self.client = Client(port, timeout=30)
        door = self.client.get("/office/sign-in").csrf()
        self.client.post("/office/sign-in", {"account": account, "password": wiring.password(var), "csrf": door})
        self.csrf = self.get("/api/session")["csrf"]

    def get(self, path):
        return json.loads(self.client.get(path, **JSON).text)

    def post(self, path, **fields):
        answer = self.client.post(path, {**fields, "csrf": self.csrf}, **JSON)
        assert answer.status in (200, 201), (path, answer.status, answer.text)
        return json.loads(answer.text)

    def upload(self, path, name, content, **fields):
        edge = "edge-of-part"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in {**fields, "csrf": self.csrf}.items()]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="m.bpmn"\r\n\r\n{content}\r\n--{edge}--\r\n')
        answer = self.client.request("POST", path, "".join(parts).encode(), {"Content-Type": f"multipart/form-data; boundary={edge}", **JSON})
        assert answer.status in (200, 201), (path, answer.status, answer.text)


class Office:
    """The desk, and the police who review and decide about a passport, by the process one-review."""

    def __init__(self, port, var):
        self.port, self.var, self.once = port, var, 0
        self.desk, self.decide = self.officer("desk1"), self.officer("public-security.decide")
        self.review = self.officer("public-security.review")

    def officer(self, account):
        return Officer(self.port, account, self.var)

    def publish(self, model):
        """Another version of the process, in force at once."""
        editor, checker = self.officer("editor"), self.officer("supervisor")
        process = next(p["id"] for p in editor.get("/office/processes")["processes"] if p["code"] == "one-review")
        editor.upload(f"/office/processes/{process}", "file", model, go="save", **{"from": "2026-01-01"})
        editor.post(f"/office/processes/{process}", go="review")
        checker.post(f"/office/processes/{process}/publish")

    def begin(self):
        """Somebody at the desk; accepted. The number of the case."""
        if not self.once:
            found = self.desk.post("/office/desk", id_number="78010119940318002X", name="林晓禾", purpose="apply")["location"]
            self.person = re.search(r"person=(\d+)", found).group(1)
            items = self.desk.get("/search/suggest?q=" + urllib.parse.quote("办护照"))["items"]
            self.item = re.search(r"/items/(\d+)", items[0]["href"]).group(1)
        self.once += 1
        made = self.desk.post("/office/desk/receive", person=self.person, item=self.item, once=self.once, go="accept", kind="first", who="self",
                              official="no", purpose="travel", delivery="pickup", declaration=1, **{"m-photo": "has"}, birth_place="Demo",
                              pinyin="LIN XIAOHE", mobile="13900000101")
        return re.search(r"/office/cases/(\d+)", made["location"]).group(1)

    def stands_with(self, officer, case, act):
        return any(a["action"].endswith("/" + act) for a in officer.get(f"/office/cases/{case}")["acts"])
