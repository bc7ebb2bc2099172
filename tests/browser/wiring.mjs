// Everything the browser tests know about the program that is not seen on a screen: its options, addresses, accounts.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const program = process.env.TONGBAN_BIN ?? join(root, 'build/tongban');
export const readyPath = '/readyz';

// Lists from outside, where they lie beside the checkout; tests that need them ask `hasShared`.
export const shared = process.env.TONGBAN_SHARED ?? join(root, '../shared');
export const hasShared = existsSync(join(shared, 'data/items-guangan.tsv'));

export const database = (folder) => join(folder, 'tongban.db');

// Run one after another before the server starts.
export function prepareCommands(folder) {
  const imports = [
    ['divisions', join(root, 'var/data/divisions.tsv')],
    ['calendar', join(root, 'var/data/calendar.tsv')],
  ];
  if (hasShared) imports.push(['laws', join(shared, 'data/laws.tar.gz')], ['items', join(shared, 'data/items-guangan.tsv')]);
  return imports.map(([kind, file]) => ['import', kind, file, '--db', database(folder)]);
}

export const serveArguments = (folder, port) => ['serve', '--demo', '--db', database(folder), '--port', String(port)];

// Demonstration accounts by role; null is somebody who has not signed in.
export const accounts = {
  anonymous: null,
  person: { login: 'person', password: 'demo-person' },
  desk: { login: 'desk', password: 'demo-desk' },
  reviewer: { login: 'reviewer', password: 'demo-reviewer' },
  decider: { login: 'decider', password: 'demo-decider' },
  editor: { login: 'editor', password: 'demo-editor' },
  supervisor: { login: 'supervisor', password: 'demo-supervisor' },
  operator: { login: 'operator', password: 'demo-operator' },
};

// Signs in with plain form posts, so that it works the same with scripts off. Fails when it is refused.
export async function signIn(page, base, account) {
  await page.goto(`${base}/sign-in`);
  await page.locator('input[name=login]').fill(account.login);
  await page.locator('input[name=password]').fill(account.password);
  await page.locator('main form button[type=submit], main form button:not([type])').first().click();
  if (new URL(page.url()).pathname === '/sign-in') throw new Error(`${account.login} cannot sign in`);
}

// Language and elder mode are choices kept in cookies.
export function variantCookies(base, { lang, elder }) {
  return [
    { name: 'lang', value: lang, url: base },
    { name: 'elder', value: elder ? '1' : '0', url: base },
  ];
}

export const crawl = {
  start: {
    anonymous: ['/', '/search?q=护照', '/verify', '/sign-in', '/register', '/api', '/no-such-page'],
    person: ['/', '/my'],
    officer: ['/', '/inbox'],
  },
  expected: { '/no-such-page': 404 }, // statuses other than 200 that are right
  never: [/\/sign-out/, /[?&](lang|elder)=/], // links that change who or how one is
  perPattern: 2, // pages visited of one route
  perRole: 120, // pages visited for one role: a guard against endless links
};

// Scripts that draw where looking beats reading are counted apart from the 100 KB of a page.
export const islands = /\/islands\//;
