// Everything the browser tests know about the program that is not seen on a screen: its options, addresses, accounts.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const program = process.env.TONGBAN_BIN ?? join(root, 'build/tongban');
export const readyPath = '/readyz';

// Lists from outside, where they lie beside the checkout; tests that need them ask `hasShared`.
export const shared = process.env.TONGBAN_SHARED ?? join(root, '../shared');
export const hasShared = existsSync(join(shared, 'data/items-guangan.tsv'));

// Run one after another before the server starts.
export function prepareCommands(folder) {
  const imports = [
    ['divisions', join(root, 'var/data/divisions.tsv')],
    ['calendar', join(root, 'var/data/calendar.tsv')],
  ];
  if (hasShared) {
    imports.push(['laws', join(shared, 'data/laws.tar.gz')]);
    imports.push(['items', join(shared, 'data/items-guangan.tsv'), '--division', '511602']);
  }
  return imports.map((words) => ['import', ...words, '--var', folder]);
}

export const serveArguments = (folder, port) => ['serve', '--demo', '--var', folder, '--port', String(port)];

// Roles that are crawled and that stories speak of, by demonstration account (data/demo); null has not signed in.
export const accounts = {
  anonymous: null,
  person: '13900000101',
  declared: '13900000112', // only declared who they are
  desk: 'desk1',
  reviewer: 'tobacco.review',
  decider: 'tobacco.decide',
  editor: 'editor',
  supervisor: 'supervisor',
  system: 'sysadmin',
  security: 'secadmin',
  auditor: 'auditor',
};

// The server makes the passwords at its first start and writes them into its folder: a line has the account, then the
// password, then words for people.
export function passwordOf(folder, account) {
  const words = readFileSync(join(folder ?? process.env.TONGBAN_VAR ?? join(root, 'var'), 'demo-accounts.txt'), 'utf8').split(/\n/);
  for (const line of words) {
    const fields = line.trim().split(/\s+/);
    const at = fields.indexOf(account);
    if (at >= 0 && fields[at + 1]) return fields[at + 1];
  }
  throw new Error(`demo-accounts.txt has no account ${account}`);
}

// Signs in as people do, so that it works the same with scripts off. Fails when it is refused.
export async function signIn(page, server, account) {
  await page.goto(`${server.base}/sign-in`);
  await page.locator('main input[name=account]').fill(account);
  await page.locator('main input[name=password]').fill(passwordOf(server.folder, account));
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForLoadState('load');
  if (new URL(page.url()).pathname === '/sign-in') throw new Error(`${account} cannot sign in`);
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
    anonymous: ['/', '/search?q=护照', '/verify', '/sign-in', '/register', '/no-such-page'],
    person: ['/', '/me'],
    declared: ['/', '/me'],
    officer: ['/office', '/'],
  },
  expected: { '/no-such-page': 404 }, // statuses other than 200 that are right
  never: [/\/sign-out/, /[?&](lang|elder)=/], // links that change who or how one is
  perPattern: 2, // pages visited of one route
  perRole: 120, // pages visited for one role: a guard against endless links
};

// Scripts that draw where looking beats reading are counted apart from the 100 KB of a page.
export const islands = /\/scan\.js/;
