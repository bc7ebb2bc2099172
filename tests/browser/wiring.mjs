// Everything the browser tests know about the program that is not seen on a screen: its options, addresses, accounts.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const program = process.env.TONGBAN_BIN ?? join(root, 'build/tongban');
export const readyPath = '/readyz';

// Lists from outside, where they lie beside the checkout; tests that need them ask `hasShared`.
export const shared = process.env.TONGBAN_SHARED ?? join(root, '../shared');
export const hasShared = existsSync(join(shared, 'data/items-guangan.tsv'));

// Under tools/pg_cluster every server of ours has a database of its own there; undefined: SQLite.
const cluster = process.env.TONGBAN_TEST_DB;
let made = 0;
export function newDatabase() {
  if (!cluster) return undefined;
  const name = `story_${++made}`;
  execFileSync('/usr/lib/postgresql/15/bin/createdb', ['-h', /host=([^&]+)/.exec(cluster)[1], '-U', 'tongban', name]);
  return cluster.replace('/tongban?', `/${name}?`);
}
const on = (database) => (database ? ['--db', database] : []);

// Run one after another before the server starts, where a test wants the lists from outside; without them the program
// brings its own catalogue. divisions: where services are begun, which belong to a division of the place that the list speaks of.
export function prepareCommands(folder, { real, divisions, database }) {
  if (!real) return [];
  return [
    ...(divisions ? [['import', 'divisions', join(root, 'tests/browser/divisions.tsv'), '--var', folder, ...on(database)]] : []),
    ['import', 'laws', join(shared, 'data/laws.tar.gz'), '--var', folder, ...on(database)],
    ['import', 'items', join(shared, 'data/items-guangan.tsv'), '--division', '511602', '--var', folder, ...on(database)],
  ];
}

export const serveArguments = (folder, port, database) => ['serve', '--demo', '--var', folder, ...on(database), '--port', String(port)];

// Roles that are crawled and that stories speak of, by demonstration account (data/demo); null has not signed in.
export const accounts = {
  anonymous: null,
  person: '13900000101',
  declared: '13900000112', // only declared who they are
  desk: 'desk1',
  reviewer: 'public-security.review',
  decider: 'public-security.decide',
  editor: 'editor',
  supervisor: 'supervisor',
  data_steward: 'tobacco.data',
  data_manager: 'data1',
  system: 'sysadmin',
  security: 'secadmin',
  auditor: 'auditor',
  kiosk: 'kiosk1', // a self-service terminal
};

// The server makes one password for all at its first start and writes it into its folder.
export function passwordOf(folder) {
  const text = readFileSync(join(folder ?? process.env.TONGBAN_VAR ?? join(root, 'var'), 'demo-accounts.txt'), 'utf8');
  const found = /Password: (\S+)/.exec(text);
  if (!found) throw new Error('demo-accounts.txt has no password');
  return found[1];
}

// People sign in by mobile, officers by name, each at their own door.
export const doorOf = (account) => (/^1\d{10}$/.test(account) ? '/sign-in' : '/office/sign-in');

// Signs in as people do, so that it works the same with scripts off. Fails when it is refused.
export async function signIn(page, server, account) {
  const door = doorOf(account);
  await page.goto(server.base + door);
  await page.locator('main input[name=account]').fill(account);
  await page.locator('main input[name=password]').fill(passwordOf(server.folder));
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForLoadState('load');
  if (new URL(page.url()).pathname === door) throw new Error(`${account} cannot sign in`);
}

// Language and elder mode are choices kept in cookies.
export function variantCookies(base, { lang, elder }) {
  return [
    { name: 'tb_lang', value: lang, url: base },
    { name: 'tb_elder', value: elder ? '1' : '0', url: base },
  ];
}

export const crawl = {
  start: {
    anonymous: ['/', '/search?q=护照', '/verify', '/track', '/sign-in', '/register', '/register/confirm', '/office/sign-in', '/no-such-page'],
    person: ['/', '/me', '/me/mobile'],
    declared: ['/', '/me'],
    officer: ['/office', '/'],
    kiosk: ['/kiosk', '/kiosk/identify', '/kiosk/code', '/kiosk/me', '/kiosk/services?q=护照'],
  },
  // Pages of what only the lists from outside bring.
  ofLists: ['/laws/{id}'],
  // Who has given the password and not yet the second factor sees that one page.
  half: { path: '/office/sign-in/code', never: [/^\/(?!office\/sign-in\/code)/] },
  expected: { '/no-such-page': 404 }, // statuses other than 200 that are right
  never: [/\/sign-out/, /\/api\//, /[?&](lang|elder)=/], // links that change who or how one is
  neverForOfficers: [/^\/me($|\/)/], // what only people have
  neverFor: { kiosk: [/^\/(?!kiosk)/] }, // it stays among its own
  perPattern: 2, // pages visited of one route
  perRole: 300, // pages visited for one role: a guard against endless links
};

// Scripts that draw where looking beats reading are counted apart from the 100 KB of a page.
export const islands = /\/(scan|dmn|bpmn)\.js/;
