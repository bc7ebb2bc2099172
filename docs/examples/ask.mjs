#!/usr/bin/env node
// ask.mjs RESOURCE BODY: one signed call, by Node's own modules. Prints the answer.
//
// Environment as for ask.sh: TB_BASE, TB_SYSTEM, and TB_KEY, TB_PRIVATE or TB_SECRET. SM2 is signed by the program openssl, so that the
// private key stays in its file; Node's own signature cannot be given the identity that SM2 hashes with.
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { TB_BASE, TB_SYSTEM, TB_KEY, TB_PRIVATE, TB_SECRET } = process.env;

function signedBySm2(said) {
  const folder = mkdtempSync(join(tmpdir(), 'said-'));
  try {
    writeFileSync(join(folder, 'said'), said);
    return execFileSync('openssl', ['pkeyutl', '-sign', '-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678',
      '-inkey', TB_PRIVATE, '-in', join(folder, 'said')]).toString('hex');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function authorization(path, body) {
  const time = String(Date.now());
  const nonce = randomBytes(16).toString('hex');
  const digest = createHash('sm3').update(body).digest('hex');
  const said = `POST\n${path}\n${digest}\n${nonce}\n${time}`;
  const [scheme, signature] = TB_PRIVATE
    ? ['TB-SM2', signedBySm2(said)]
    : ['TB-HMAC-SM3', createHmac('sm3', Buffer.from(TB_KEY, 'hex')).update(said).digest('hex')];
  return { authorization: `${scheme} system=${TB_SYSTEM},time=${time},nonce=${nonce},digest=${digest},signature=${signature}` };
}

function convention(resource) {
  const time = String(Date.now());
  const sign = createHmac('sha256', TB_SECRET).update(resource + TB_SYSTEM + time).digest('base64');
  return { gjzwfwpt_rid: TB_SYSTEM, gjzwfwpt_sid: resource, gjzwfwpt_rtime: time, gjzwfwpt_sign: sign };
}

export async function ask(resource, question) {
  const body = JSON.stringify(question);
  const path = (TB_SECRET ? '/sysapi/' : '/exchange/') + resource;
  const headers = { 'content-type': 'application/json', ...(TB_SECRET ? convention(resource) : authorization(path, body)) };
  const answer = await fetch(TB_BASE + path, { method: 'POST', headers, body });
  return answer.json(); // where it was refused: {error: {code, message}}; decide by code
}

console.log(JSON.stringify(await ask(process.argv[2], JSON.parse(process.argv[3]))));
