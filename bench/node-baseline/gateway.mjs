// A gateway of the usual kind, written as one would: fastify, SQLite with synchronous=FULL, one SM2 signature an answer.
// It does what Tongban does for one call: checks the key and the digest, takes the nonce once, looks for person, live case and
// record, counts the quota, masks, writes the call and a row of evidence in one transaction, signs the answer.
//
//   node gateway.mjs PORT DATABASE KEY LINES     LINES: the calls that will be sent; their people are put in beforehand
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fastify from 'fastify';
import sm from 'sm-crypto';

const [port, path, keyHex, lines] = process.argv.slice(2);
const key = Buffer.from(keyHex, 'hex');
const db = new DatabaseSync(path);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE person (id INTEGER PRIMARY KEY, idx BLOB NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
  CREATE TABLE case_file (case_no TEXT PRIMARY KEY, person INTEGER NOT NULL, closed INTEGER NOT NULL) STRICT;
  CREATE TABLE nonce (system TEXT NOT NULL, nonce TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (system, nonce)) STRICT;
  CREATE TABLE used (permit INTEGER PRIMARY KEY, day INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;
  CREATE TABLE call (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, system TEXT NOT NULL, person INTEGER NOT NULL, case_no TEXT NOT NULL,
    fields TEXT NOT NULL, operator TEXT NOT NULL, result TEXT NOT NULL) STRICT;
  CREATE INDEX call_person ON call (person, id);
  CREATE TABLE evidence (id INTEGER PRIMARY KEY, call INTEGER NOT NULL, at INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
  INSERT INTO used VALUES (1, 0, 0);
`);
const index = (number) => createHmac('sm3', key).update(number).digest().subarray(0, 16);
const sql = {
  addPerson: db.prepare('INSERT OR IGNORE INTO person (idx, record) VALUES (?, ?)'),
  addCase: db.prepare('INSERT OR IGNORE INTO case_file VALUES (?, ?, 0)'),
  person: db.prepare('SELECT id, record FROM person WHERE idx = ?'),
  case: db.prepare('SELECT person, closed FROM case_file WHERE case_no = ?'),
  nonce: db.prepare('INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)'),
  use: db.prepare('UPDATE used SET count = count + 1 WHERE permit = 1 AND count < ?'),
  call: db.prepare('INSERT INTO call (at, system, person, case_no, fields, operator, result) VALUES (?, ?, ?, ?, ?, ?, ?)'),
  evidence: db.prepare('INSERT INTO evidence (call, at, digest) VALUES (?, ?, ?)'),
};

db.exec('BEGIN');
for (const line of readFileSync(lines, 'utf8').split('\n')) {
  const body = line.split('\t')[2];
  if (!body) continue;
  const { number, case: caseNo } = JSON.parse(body);
  sql.addPerson.run(index(number), JSON.stringify({ name: '示范人甲', mobile: '13900000101', address: '示范省示范市示范区和风街道' }));
  sql.addCase.run(caseNo, sql.person.get(index(number)).id);
}
db.exec('COMMIT');

const keys = sm.sm2.generateKeyPairHex();
const permit = { purpose: 'apply', modes: ['query'], fields: ['name', 'mobile'], masks: { name: 1, mobile: 1 }, daily: 9_000_000 };
const mask = (field, text) => (field === 'name' ? text[0] + '*'.repeat(text.length - 1) : `${text.slice(0, 3)}****${text.slice(-4)}`);
const refused = (reply, code) => reply.code(403).send({ error: { code } });

const app = fastify();
app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
  request.raw.text = body;
  try {
    done(null, JSON.parse(body));
  } catch (error) {
    done(error);
  }
});
app.get('/ready', () => ({ ready: true }));

app.post('/exchange/population', (request, reply) => {
  const header = request.headers.authorization ?? '';
  const said = Object.fromEntries(header.slice(header.indexOf(' ') + 1).split(',').map((part) => part.split('=')));
  const mac = createHmac('sm3', key).update(`POST\n/exchange/population\n${said.digest}\n${said.nonce}\n${said.time}`).digest();
  const given = Buffer.from(said.signature ?? '', 'hex');
  if (given.length !== mac.length || !timingSafeEqual(given, mac)) return refused(reply, 'signature');
  if (createHash('sm3').update(request.raw.text).digest('hex') !== said.digest) return refused(reply, 'body');
  const now = Date.now();
  if (Math.abs(now - Number(said.time)) > 300_000) return refused(reply, 'time');
  const { mode, purpose, number, case: caseNo, fields, operator } = request.body;
  if (purpose !== permit.purpose || !permit.modes.includes(mode) || !fields.every((f) => permit.fields.includes(f))) return refused(reply, 'permit');
  const person = sql.person.get(index(number));
  const file = sql.case.get(caseNo);
  if (!person || !file || file.person !== person.id || file.closed) return refused(reply, 'case');
  const record = JSON.parse(person.record);
  const answer = {
    found: true,
    data: Object.fromEntries(fields.map((f) => [f, permit.masks[f] ? mask(f, record[f]) : record[f]])),
    masked: fields.filter((f) => permit.masks[f]),
    provenance: { department: '示范区公安局', resource: 'population', answered: new Date(now).toISOString(), nonce: said.nonce },
  };
  const text = JSON.stringify(answer);
  db.exec('BEGIN IMMEDIATE');
  const fresh = sql.nonce.run(said.system, said.nonce, now).changes === 1;
  const within = fresh && sql.use.run(permit.daily).changes === 1;
  const { lastInsertRowid } = sql.call.run(now, said.system, person.id, caseNo, fields.join(), operator, within ? 'ok' : 'refused');
  sql.evidence.run(lastInsertRowid, now, createHmac('sm3', key).update(`${lastInsertRowid}|${now}|${text}`).digest());
  db.exec('COMMIT');
  if (!within) return refused(reply, fresh ? 'quota' : 'replay');
  const signature = sm.sm2.doSignature(text, keys.privateKey, { hash: true, der: true, publicKey: keys.publicKey });
  return reply.type('application/json').send(`${text.slice(0, -1)},"signature":"${signature}"}`);
});

await app.listen({ port: Number(port), host: '127.0.0.1' });
