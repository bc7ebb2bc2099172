#!/usr/bin/env python3
"""Cases of a process with parallel branches, a timer, a task of a system and returns, or such that wait for signals of each other, while the program is killed
(kill -9) every second.

    process_soak.py PROGRAM [COUNT]     (`./dev kill processes` and `./dev kill signals` build the program; 100,000 cases unless said otherwise)

The program runs on a file system that forgets what was not synced. When all is through, the program says whether the state of each case is the one
the same acts lead to without interruption, with every act, and every signal, on record once. Ends with `N passed, N failed`."""
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

READY_MAX = 120
SECOND = 1.0


def run_once(program, folder, count):
    """One life of the program: (it ended by itself, its exit code, what it said when it was ready)."""
    p = subprocess.Popen([program, folder, str(count), "run"], stdout=subprocess.PIPE, text=True)
    guard = threading.Timer(READY_MAX, p.kill)
    guard.start()
    ready = p.stdout.readline().strip()
    guard.cancel()
    try:
        return True, p.wait(SECOND), ready
    except subprocess.TimeoutExpired:
        p.send_signal(signal.SIGKILL)
        p.wait()
        return False, None, ready


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    folder = tempfile.mkdtemp(prefix="tongban-soak.", dir="/var/tmp")
    kills, began, failed = 0, time.monotonic(), 0
    try:
        while True:
            ended, code, ready = run_once(program, folder, count)
            if ended:
                failed = int(code != 0)
                break
            kills += 1
            if kills % 20 == 0:
                print("%d kills, %d s, %s" % (kills, time.monotonic() - began, ready), flush=True)
        check = subprocess.run([program, folder, str(count), "check"], stdout=subprocess.PIPE, text=True)
        print("\n".join(check.stdout.strip().splitlines()[1:]) if check.stdout.strip() else "nothing was checked")
        failed += int(check.returncode != 0)
        print("%d cases, killed %d times in %d s" % (count, kills, time.monotonic() - began))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (1 if not failed else 0, 1 if failed else 0))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
