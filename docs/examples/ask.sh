#!/bin/sh
# ask.sh RESOURCE BODY: one signed call, by curl and OpenSSL 3. Prints the answer.
#
#   TB_BASE     where the platform is: https://zw.example.gov.cn
#   TB_SYSTEM   the code of your system, and one of:
#   TB_KEY      its secret key, 64 hex digits             (TB-HMAC-SM3)
#   TB_PRIVATE  the file of its private SM2 key, PEM      (TB-SM2)
#   TB_SECRET   its secret for the national convention    (gjzwfwpt_*)
#
# openssl is given TB_KEY and TB_SECRET as arguments, which others on the same machine can see while it runs.
set -eu
resource=$1 body=$2
time=$(date +%s%3N) nonce=$(openssl rand -hex 16) path=/exchange/$resource

if [ -n "${TB_SECRET:-}" ]; then
    sign=$(printf %s "$resource$TB_SYSTEM$time" | openssl dgst -sha256 -mac HMAC -macopt "key:$TB_SECRET" -binary | openssl base64 -A)
    exec curl -sS "$TB_BASE/sysapi/$resource" -H 'Content-Type: application/json' -d "$body" -H "gjzwfwpt_rid: $TB_SYSTEM" \
        -H "gjzwfwpt_sid: $resource" -H "gjzwfwpt_rtime: $time" -H "gjzwfwpt_sign: $sign"
fi

said=$(mktemp)
trap 'rm -f "$said"' EXIT
digest=$(printf %s "$body" | openssl dgst -sm3 -r | cut -d' ' -f1)
printf 'POST\n%s\n%s\n%s\n%s' "$path" "$digest" "$nonce" "$time" >"$said"
if [ -n "${TB_PRIVATE:-}" ]; then
    scheme=TB-SM2
    signature=$(openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey "$TB_PRIVATE" -in "$said" |
        od -An -vtx1 | tr -d ' \n')
else
    scheme=TB-HMAC-SM3
    signature=$(openssl dgst -sm3 -mac HMAC -macopt "hexkey:$TB_KEY" -r "$said" | cut -d' ' -f1)
fi
curl -sS "$TB_BASE$path" -H 'Content-Type: application/json' -d "$body" \
    -H "Authorization: $scheme system=$TB_SYSTEM,time=$time,nonce=$nonce,digest=$digest,signature=$signature"
