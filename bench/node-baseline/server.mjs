// A service of the usual kind, written as one would: fastify, its cookie and form plug-ins, SQLite with synchronous=FULL.
// It keeps what Tongban keeps for one submission: the case, its form as JSON, a row of evidence, one of the clock, one of
// the outbox, in one transaction; it knows the session, checks the csrf field and refuses a token used before.
//
//   node server.mjs PORT DATABASE
import { createHash, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify from 'fastify';

const [port, path] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, person INTEGER NOT NULL, csrf TEXT NOT NULL, ends INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS case_file (id INTEGER PRIMARY KEY, case_no TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL, person INTEGER NOT NULL, status TEXT NOT NULL, submitted INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS case_person ON case_file (person, submitted);
  CREATE TABLE IF NOT EXISTS case_form (case_id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS evidence (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, act TEXT NOT NULL, actor INTEGER NOT NULL,
    at INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, kind TEXT NOT NULL, began INTEGER NOT NULL,
    ended INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, due INTEGER NOT NULL,
    tries INTEGER NOT NULL) STRICT;
`);
const sql = {
  session: db.prepare('SELECT person, csrf FROM session WHERE id = ? AND ends > ?'),
  known: db.prepare('SELECT case_no FROM case_file WHERE token = ?'),
  addCase: db.prepare('INSERT INTO case_file (case_no, token, item, person, status, submitted) VALUES (?, ?, ?, ?, ?, ?)'),
  addForm: db.prepare('INSERT INTO case_form (case_id, body) VALUES (?, ?)'),
  addEvidence: db.prepare('INSERT INTO evidence (case_id, act, actor, at, digest) VALUES (?, ?, ?, ?, ?)'),
  addClock: db.prepare('INSERT INTO clock (case_id, kind, began) VALUES (?, ?, ?)'),
  addOutbox: db.prepare('INSERT INTO outbox (kind, body, due, tries) VALUES (?, ?, ?, 0)'),
};
const session = { id: 'bench-session', person: 1, csrf: randomBytes(16).toString('hex') };
db.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?)').run(session.id, session.person, session.csrf, Date.now() + 86_400_000);
let sequence = db.prepare('SELECT count(*) AS n FROM case_file').get().n;

const app = fastify();
await app.register(cookie);
await app.register(formbody);

app.get('/csrf', () => ({ cookie: `session=${session.id}`, csrf: session.csrf }));

const body = {
  type: 'object',
  required: ['csrf', 'token', 'item', 'name', 'phone', 'address', 'reason'],
  properties: {
    csrf: { type: 'string', maxLength: 64 },
    token: { type: 'string', minLength: 1, maxLength: 64 },
    item: { type: 'string', maxLength: 64 },
    name: { type: 'string', minLength: 1, maxLength: 60 },
    phone: { type: 'string', pattern: '^1[3-9][0-9]{9}$' },
    address: { type: 'string', maxLength: 200 },
    reason: { type: 'string', maxLength: 500 },
  },
};

app.post('/cases', { schema: { body } }, (request, reply) => {
  const now = Date.now();
  const who = sql.session.get(request.cookies.session ?? '', now);
  if (!who || who.csrf !== request.body.csrf) return reply.code(403).send({ error: 'session' });
  const { csrf: _, token, item, ...form } = request.body;
  db.exec('BEGIN IMMEDIATE');
  try {
    const before = sql.known.get(token);
    if (before) {
      db.exec('ROLLBACK');
      return reply.code(303).header('location', `/cases/${before.case_no}`).send();
    }
    sequence += 1;
    const caseNo = `780000${new Date(now).getUTCFullYear()}${String(sequence).padStart(9, '0')}`;
    const { lastInsertRowid: id } = sql.addCase.run(caseNo, token, item, who.person, 'submitted', now);
    const text = JSON.stringify(form);
    sql.addForm.run(id, text);
    sql.addEvidence.run(id, 'case.submit', who.person, now, createHash('sha256').update(`${caseNo}\n${now}\n${text}`).digest());
    sql.addClock.run(id, 'promised', now);
    sql.addOutbox.run('notice', JSON.stringify({ case: caseNo, kind: 'submitted' }), now);
    db.exec('COMMIT');
    return reply.code(303).header('location', `/cases/${caseNo}`).send();
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
});

await app.listen({ host: '127.0.0.1', port: Number(port) });
