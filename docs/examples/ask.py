#!/usr/bin/env python3
"""ask.py RESOURCE BODY: one signed call, by Python's standard library alone. Prints the answer.

Environment as for ask.sh: TB_BASE, TB_SYSTEM, and TB_KEY, TB_PRIVATE or TB_SECRET. SM2 is signed by the program openssl, so that the
private key stays in its file; Python must be built with an OpenSSL that knows SM3.
"""
import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request

BASE, SYSTEM = os.environ["TB_BASE"], os.environ["TB_SYSTEM"]


def authorization(path, body):
    now, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
    digest = hashlib.new("sm3", body).hexdigest()
    said = f"POST\n{path}\n{digest}\n{nonce}\n{now}".encode()
    if "TB_PRIVATE" in os.environ:
        scheme = "TB-SM2"
        # openssl before 3.2 cannot read what it signs from a pipe
        with open(os.memfd_create("said"), "w+b") as file:
            file.write(said)
            file.flush()
            signature = subprocess.run(
                ["openssl", "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
                 "-inkey", os.environ["TB_PRIVATE"], "-in", f"/dev/fd/{file.fileno()}"],
                pass_fds=[file.fileno()], check=True, capture_output=True).stdout.hex()
    else:
        scheme = "TB-HMAC-SM3"
        signature = hmac.new(bytes.fromhex(os.environ["TB_KEY"]), said, "sm3").hexdigest()
    return {"Authorization": f"{scheme} system={SYSTEM},time={now},nonce={nonce},digest={digest},signature={signature}"}


def convention(resource):
    now = str(time.time_ns() // 1_000_000)
    mac = hmac.new(os.environ["TB_SECRET"].encode(), (resource + SYSTEM + now).encode(), "sha256").digest()
    return {"gjzwfwpt_rid": SYSTEM, "gjzwfwpt_sid": resource, "gjzwfwpt_rtime": now, "gjzwfwpt_sign": base64.b64encode(mac).decode()}


def ask(resource, question):
    body = json.dumps(question, ensure_ascii=False).encode()
    compat = "TB_SECRET" in os.environ
    path = ("/sysapi/" if compat else "/exchange/") + resource
    headers = {"Content-Type": "application/json", **(convention(resource) if compat else authorization(path, body))}
    try:
        with urllib.request.urlopen(urllib.request.Request(BASE + path, body, headers), timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:  # {"error": {"code", "message"}}: decide by code
        return json.load(refusal)


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], json.loads(sys.argv[2])), ensure_ascii=False))
