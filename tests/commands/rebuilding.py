"""What finds the calls about a person, damaged in the database and built anew by the program."""
import re
import sqlite3


def damaged_and_built_anew(run, served, sentences, var, db):
    with served(var, "--demo", db=db):
        done = run("rebuild", "calls", var=var, db=db, expect=1)  # never beside a running program
        assert len(sentences(done)) == 1 and not done.stdout, (done.stdout, done.stderr)
    assert run("rebuild", "acts", var=var, db=db).returncode == 2
    lost = 0
    if not db:
        with sqlite3.connect(var / "tongban.db") as link:
            lost = link.execute("SELECT COUNT(*) FROM exchange_call WHERE in_runs = 1").fetchone()[0]
            assert lost, "the demonstration makes calls"
            link.execute("DELETE FROM run_fresh")
        assert "is not found by whom it is about" in run("audit", var=var, expect=1).stdout
    done = run("rebuild", "calls", var=var, db=db, expect=0)
    assert db or int(re.search(r"found by their person +(\d+)", done.stdout)[1]) == lost, done.stdout
    assert "Nothing was changed." in run("audit", var=var, db=db, expect=0).stdout
