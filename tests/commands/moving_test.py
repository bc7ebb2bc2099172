#!/usr/bin/env python3
"""tongban process move, beside a program that serves: running cases go on under a version whose steps have other names.

    tests/commands/moving_test.py     with TONGBAN_BIN (default build/tongban)

Ends with `N passed, N failed`.
"""
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

from office import HEAD, Office

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("TONGBAN_BIN", str(ROOT / "build" / "tongban"))
WORK = pathlib.Path(tempfile.mkdtemp(prefix="tongban-moving-"))
MODEL = HEAD + """<process id='one-review' name='一审一决' isExecutable='true'><startEvent id='start'/>
<userTask id='receive' name='受理' t:candidateGroups='desk' t:acts='accept correct reject'/>
<userTask id='check' name='核查' t:candidateGroups='reviewer' t:acts='pass'/>
<userTask id='settle' name='审定' t:candidateGroups='decider' t:acts='grant refuse'/>
<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' t:result='granted'/><endEvent id='no' t:result='refused'/>
<sequenceFlow id='1' sourceRef='start' targetRef='receive'/><sequenceFlow id='2' sourceRef='receive' targetRef='check'/>
<sequenceFlow id='3' sourceRef='check' targetRef='settle'/><sequenceFlow id='4' sourceRef='settle' targetRef='g'/>
<sequenceFlow id='g-no' sourceRef='g' targetRef='no'/><sequenceFlow id='g-yes' sourceRef='g' targetRef='yes'>
<conditionExpression xsi:type='tFormalExpression'>outcome = "grant"</conditionExpression></sequenceFlow></process></definitions>"""

passed = failed = 0


def check(what, good, found=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAIL", what, found)


def move(*words, lang="C.UTF-8"):
    done = subprocess.run([BIN, "process", "move", *words, "--var", WORK / "var"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LC_ALL": lang}, check=False)
    sentences = [line for line in done.stderr.splitlines() if line and not line.startswith("{")]
    return done.returncode, sentences, dict(re.findall(r"^  (\S.*?) +(\d+)$", done.stdout, re.M)), done.stdout


def stand(*cases):
    """[(number, version of the process, step)] as they are kept."""
    link = sqlite3.connect(WORK / "var" / "tongban.db")
    rows = [link.execute("SELECT case_no, process_version, step FROM case_file WHERE id = ?", [c]).fetchone() for c in cases]
    link.close()
    return rows


def refused(what, code, begin, words, then, cases, lang="C.UTF-8"):
    before = stand(*cases)
    got, sentences, _, out = move(*words, "--to", "2", lang=lang)
    check(f"{what}: exit code {code}", got == code, (got, sentences, out))
    check(f"{what}: one sentence", len(sentences) == 1 and sentences[0].startswith(f"tongban: {begin}") and then in sentences[0], (sentences, out))
    check(f"{what}: nothing moves", stand(*cases) == before, stand(*cases))


def try_all(port):
    office = Office(port, WORK / "var")
    reviewed, decided, left = office.begin(), office.begin(), office.begin()
    cases = (reviewed, decided, left)
    office.review.post(f"/office/cases/{decided}/pass")
    office.publish(MODEL)
    (first, *_), (second, *_), (third, *_) = at = stand(*cases)
    check("the cases stand where the other version has nothing", [row[1:] for row in at] == [(1, "review"), (1, "decide"), (1, "review")], at)

    both = (first, second)
    refused("one of two steps said", 1, "Nothing was moved: say as OLD=NEW what these steps are now: decide.", (*both, "review=check"), "", cases)
    refused("a process as well", 1, "Nothing was moved: say as OLD=NEW what these steps are now: review.", ("one-review", "decide=settle"), "", cases)
    refused("said of a step that is not there", 1, "Nothing was moved: say as OLD=NEW what these steps are now: review.",
            (*both, "decide=settle", "reveiw=check"), "", cases)
    refused("in Chinese", 1, "未作任何迁移：", (*both, "review=check"), "：decide。", cases, "zh_CN.UTF-8")
    refused("a step the version has not", 1, "Nothing was moved: that version has no step chekc, ", (*both, "review=chekc", "decide=settle"), "", cases)
    refused("what can be no step of a person", 1, "Nothing was moved: that version has no step g, ", (*both, "review=g", "decide=settle"), "", cases)
    for words in (("review=",), ("=check",), ("=",), ("review=check", "decide=")):
        refused(f"half of it {words}", 2, "Say as OLD=NEW what a step is now: both are needed.", (*both, *words), "", cases)
    refused("no case", 2, "Say which cases, and the number of the version with --to.", ("review=check", "decide=settle"), "", cases)
    refused("a word that is no number", 1, "No running case has this number under another version.", (*both, "review=check", "decide=settle", "review"), "", cases)

    code, _, counted, out = move(*both, "--to", "2")
    check("nothing said: each case is told what it lacks", code == 1 and out.count(f"Stays as it is: {first}: The case stands at “Review” (review), which that version does not have.") == 1 and
          out.count(f"Stays as it is: {second}: ") == 2 and counted == {"moved": "0", "stay": "2"}, out)
    check("and none moves", stand(*cases) == at, stand(*cases))

    whole = (*both, "review=check", "decide=settle", "--to", "2")
    code, said, counted, out = move(*whole, "--dry-run")
    check("looked at only", code == 0 and not said and counted == {"can be moved": "2", "stay": "0"} and stand(*cases) == at, (code, said, out))
    code, said, counted, out = move(*whole)
    check("all said: they are moved", code == 0 and not said and counted == {"moved": "2", "stay": "0"}, (code, said, out))
    check("and stand at the new steps, the third where it was", [row[1:] for row in stand(*cases)] == [(2, "check"), (2, "settle"), (1, "review")], stand(*cases))
    office.review.post(f"/office/cases/{reviewed}/pass")
    check("the reviewer goes on from there", stand(reviewed)[0][2] == "settle" and office.stands_with(office.decide, reviewed, "grant"), stand(reviewed))

    code, _, counted, out = move("one-review", "review=-", "decide=-", "--to", "2")
    check("said to stay: it stays", code == 1 and third in out and counted["stay"] != "0" and stand(left)[0][1:] == (1, "review"), out)
    code, _, counted, out = move("one-review", "review=check", "decide=settle", "--to", "2")
    check("a process: the rest of its cases", code == 0 and counted["moved"] != "0" and counted["stay"] == "0" and stand(left)[0][1:] == (2, "check"), out)


def main():
    process = subprocess.Popen([BIN, "serve", "--demo", "--var", WORK / "var", "--port", "0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    try:
        try_all(int(re.search(r"http://[\d.]+:(\d+)", process.stdout.readline()).group(1)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
