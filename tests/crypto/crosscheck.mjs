// Our SM2, SM3, HMAC-SM3 and SM4-GCM beside npm sm-crypto, both ways, over random input.
// Ends with `N passed, N failed`.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { sm2, sm3, sm4 } = createRequire(join(root, "tests/package.json"))("sm-crypto");
const folder = mkdtempSync(join(tmpdir(), "crosscheck-"));
const tool = join(folder, "cross_tool");

function build() {
  const base = readdirSync(join(root, "src/core/base")).filter((n) => n.endsWith(".c") && !n.endsWith("_test.c"));
  execFileSync("gcc", ["-std=gnu11", "-O1", "-D_GNU_SOURCE", "-include", "src/core/base/banned.h", "-Isrc", "-o", tool,
    "tests/crypto/cross_tool.c", "src/core/crypto/crypto.c", "src/core/crypto/sm2.c", "src/core/crypto/sm3_many.c",
    ...base.map((n) => `src/core/base/${n}`), "-lcrypto", "-lgcrypt", "-lsodium", "-lpthread", "-lm"],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}

const ask = (lines) =>
  execFileSync(tool, { input: lines.join("\n") + "\n", maxBuffer: 1 << 26 }).toString().trim().split("\n");
const hex = (n) => randomBytes(n).toString("hex") || "-";
const plain = (h) => (h === "-" ? "" : h);
const bytes = (h) => [...Buffer.from(plain(h), "hex")];

let passed = 0;
let failed = 0;
function check(what, ok) {
  if (ok) passed++;
  else {
    failed++;
    console.log(`differs: ${what}`);
  }
}

function digests() {
  const data = Array.from({ length: 200 }, (_, i) => hex(i));
  const keys = data.map((_, i) => hex(1 + (i % 130)));
  const ours = ask([...data.map((d) => `sm3 ${d}`), ...data.map((d, i) => `hmac ${keys[i]} ${d}`)]);
  data.forEach((d, i) => {
    check(`SM3 of ${i} bytes`, ours[i] === sm3(bytes(d)));
    check(`HMAC-SM3 of ${i} bytes`, ours[200 + i] === sm3(bytes(d), { key: keys[i] }));
  });
}

// GCM from its definition (NIST SP 800-38D) over sm-crypto's block cipher.
function gcm(key, nonce, aad, text) {
  const block = (b) => Buffer.from(sm4.encrypt([...b], key, { padding: "none", output: "array" }));
  const big = (b) => BigInt("0x" + (b.toString("hex") || "0"));
  const H = big(block(Buffer.alloc(16)));
  const multiply = (x, y) => {
    let z = 0n;
    for (let i = 127n; i >= 0n; i--) {
      if ((x >> i) & 1n) z ^= y;
      y = y & 1n ? (y >> 1n) ^ (0xe1n << 120n) : y >> 1n;
    }
    return z;
  };
  const counter = (n) => Buffer.concat([nonce, Buffer.from([n >> 24, n >> 16, n >> 8, n].map((v) => v & 255))]);
  const out = Buffer.from(text);
  for (let i = 0; i < text.length; i += 16) {
    const pad = block(counter(2 + i / 16));
    for (let k = i; k < Math.min(i + 16, text.length); k++) out[k] ^= pad[k - i];
  }
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(aad.length) * 8n, 0);
  lengths.writeBigUInt64BE(BigInt(out.length) * 8n, 8);
  let y = 0n;
  for (const part of [aad, out, lengths])
    for (let i = 0; i < part.length; i += 16) {
      const b = Buffer.alloc(16);
      part.copy(b, 0, i, Math.min(i + 16, part.length));
      y = multiply(y ^ big(b), H);
    }
  const tag = (y ^ big(block(counter(1)))).toString(16).padStart(32, "0");
  return out.toString("hex") + tag;
}

function ciphers() {
  const cases = Array.from({ length: 60 }, (_, i) => ({ key: hex(16), nonce: hex(12), aad: hex(i % 40), text: hex(i) }));
  const ours = ask(cases.map((c) => `gcm ${c.key} ${c.nonce} ${c.aad} ${c.text}`));
  cases.forEach((c, i) => check(`SM4-GCM of ${i} bytes`,
    ours[i] === gcm(c.key, Buffer.from(c.nonce, "hex"), Buffer.from(bytes(c.aad)), Buffer.from(bytes(c.text)))));
}

function signatures() {
  const n = 40;
  const theirs = Array.from({ length: n }, () => sm2.generateKeyPairHex());
  const messages = Array.from({ length: n }, (_, i) => hex(1 + i * 3));
  const pairs = ask(Array(n).fill("key")).map((line) => line.split(" "));
  const signed = ask(pairs.map(([d, p], i) => `sign ${d} ${p} ${messages[i]}`));
  const lines = [];
  pairs.forEach(([, p], i) => {
    check("our signature, their check", sm2.doVerifySignature(bytes(messages[i]), signed[i], p, { der: true, hash: true }));
    check("our signature of another message", !sm2.doVerifySignature(bytes("00" + messages[i]), signed[i], p, { der: true, hash: true }));
    const s = sm2.doSignature(bytes(messages[i]), theirs[i].privateKey, { der: true, hash: true });
    lines.push(`verify ${theirs[i].publicKey} ${messages[i]} ${s}`, `verify ${theirs[i].publicKey} 00${messages[i]} ${s}`);
  });
  const verdicts = ask(lines);
  for (let i = 0; i < n; i++) {
    check("their signature, our check", verdicts[2 * i] === "1");
    check("their signature of another message", verdicts[2 * i + 1] === "0");
  }
}

try {
  build();
  digests();
  ciphers();
  signatures();
} catch (error) {
  failed++;
  console.log(String(error));
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
