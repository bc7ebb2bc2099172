#!/usr/bin/env python3
"""Signs in as the demonstration person, or as that officer, and prints `cookie<newline>csrf`: bench/session.py PORT FOLDER [OFFICER]"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "kill"))
import wiring  # noqa: E402
from client import Client  # noqa: E402

client = Client(int(sys.argv[1]), timeout=20)
wiring.sign_in(client, sys.argv[2], *sys.argv[3:])
print("; ".join(f"{name}={value}" for name, value in client.cookies.items()))
print(client.csrf)
