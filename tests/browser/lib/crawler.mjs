// Walks every same-origin link for each role, one or two pages of each route; then every route in every variant: width,
// language, scripts, elder mode. Every page in every variant is looked at for width, language, weight and what the console
// says; axe examines every structure (frame or main part) in each width and mode where it occurs first (with AXE=every: every document); the HTML
// checker reads every document.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openContext, plain, variantName, viewport, watch } from './browser.mjs';
import { examine, MAX_WEIGHT } from './page_checks.mjs';

// /cases/123?page=2 → /cases/{}?page: numbers, long codes and encoded words are what varies within a route.
export function patternOf(url) {
  const { pathname, searchParams } = new URL(url);
  const path = pathname
    .split('/')
    .map((part) => (/\d/.test(part) && !/^v\d+$/.test(part) ? '{}' : /%/.test(part) || part.length > 32 ? '{}' : part))
    .join('/');
  const keys = [...new Set(searchParams.keys())].sort().join('&');
  return keys ? `${path}?${keys}` : path;
}

const WIDTHS = [1280, 390];
const telephone = { ...plain, width: 390, js: false };

// Language, scripts, elder mode: what a page is loaded for. A page that has loaded is looked at in both widths.
function allLooks() {
  const looks = [];
  for (const lang of ['zh-CN', 'en']) {
    for (const js of [true, false]) {
      for (const elder of [false, true]) looks.push({ lang, js, elder });
    }
  }
  return looks;
}

const isLook = (look, { lang, js, elder }) => look.lang === lang && look.js === js && look.elder === elder;

// crawl({ browser, base, roles: [{ name, start, state(look) }], renew, never, perPattern, perRole, expected, checker, count })
// → { pages, examined }. renew(address) → where a page is now that is there for minutes only. Every page of every role in every variant is one check of `count`.
export async function crawl(options) {
  const { browser, base, roles, count, renew = async (address) => address, workers = 2 } = options;
  const report = { base, pages: [], examined: 0 };
  const shared = { ...options, renew, seen: new Set(), checkedHtml: new Set(), report };
  const inTurn = async (list, work) => {
    const left = [...list];
    await Promise.all(Array.from({ length: workers }, async () => {
      while (left.length) await work(left.shift());
    }));
  };

  // The role that reaches a route first owns it: one address of the route goes through every variant with that role; the
  // other roles, whose page of that route differs in its frame and in what may be done there, see it plain in both widths.
  const owners = new Map();
  const lists = new Map();
  await inTurn(roles, async (role) => lists.set(role, await discover({ ...shared, role, owners })));
  const jobs = [];
  for (const role of roles) {
    const first = new Map();
    for (const address of lists.get(role)) if (!first.has(patternOf(address))) first.set(patternOf(address), address);
    const owned = [...first].filter(([pattern]) => owners.get(pattern) === role).map(([, address]) => address);
    jobs.push({ role, look: telephone, widths: [telephone.width], addresses: owned });
    for (const look of allLooks().filter((l) => !isLook(l, plain))) {
      const widths = isLook(look, telephone) ? WIDTHS.filter((w) => w !== telephone.width) : WIDTHS;
      jobs.push({ role, look, widths, addresses: owned });
    }
  }
  await inTurn(jobs.filter((job) => job.addresses.length), async (job) => {
    const { context, page, watcher } = await open({ ...shared, ...job });
    for (const address of job.addresses) await visit({ ...shared, ...job, address: await renew(address), page, watcher });
    await context.close();
  });
  for (const [role, list] of lists) if (!list.length) count.fail(`crawl ${role.name}`, 'no page was found');
  return report;
}

async function open({ browser, base, role, look, widths }) {
  const context = await openContext(browser, base, { ...look, width: widths[0] }, await role.state?.(look));
  const page = await context.newPage();
  return { context, page, watcher: watch(page, base) };
}

// The plain look follows links; the others visit what it found.
async function discover(options) {
  const { base, role, owners, renew, perPattern, perRole, start = [] } = options;
  const never = [...options.never, ...(role.never ?? [])];
  const { context, page, watcher } = await open({ ...options, look: plain, widths: WIDTHS });
  const taken = new Map();
  const queue = [];
  const known = new Set();
  const offer = (href, from) => {
    const url = new URL(href, from);
    url.hash = '';
    if (url.origin !== new URL(base).origin || known.has(url.href) || never.some((n) => n.test(url.pathname + url.search))) return;
    known.add(url.href);
    const pattern = patternOf(url.href);
    const n = taken.get(pattern) ?? 0;
    if (n >= perPattern) return;
    taken.set(pattern, n + 1);
    queue.push(url.href);
  };
  for (const path of [...start, ...role.start]) offer(path, base);
  const addresses = [];
  while (queue.length && addresses.length < perRole) {
    const address = queue.shift();
    const pattern = patternOf(address);
    const mine = !owners.has(pattern);
    if (mine) owners.set(pattern, role);
    const isPage = await visit({ ...options, look: plain, widths: WIDTHS, address: await renew(address), page, watcher });
    if (!isPage) {
      if (mine) owners.delete(pattern);
      continue;
    }
    addresses.push(address);
    for (const href of await page.$$eval('a[href]', (links) => links.map((a) => a.href))) {
      if (/^https?:/.test(href)) offer(href, address);
    }
  }
  await context.close();
  return addresses;
}

const everyDocument = process.env.AXE === 'every';

// One page in one look: loaded once, examined in each of the widths, the one that the window has first. True when it is a
// page (files are only asked for, not shown).
async function visit({ base, role, look, widths, address, page, watcher, checker, seen, checkedHtml, report, count, expected = {} }) {
  const { pathname, search } = new URL(address);
  const current = page.viewportSize().width;
  const order = widths.includes(current) ? [current, ...widths.filter((w) => w !== current)] : widths;
  const resize = async (width) => {
    if (page.viewportSize().width !== width) await page.setViewportSize(viewport(width));
  };
  const nameOf = (width) => `${role.name} ${decodeURI(pathname + search)} [${variantName({ ...look, width })}]`;
  const name = nameOf(order[0]);
  const wanted = expected[pathname] ?? 200;
  await resize(order[0]);
  watcher.problems();
  watcher.expectStatus(wanted === 200 ? null : wanted);
  const began = performance.now();
  let response;
  try {
    response = await page.goto(address, { waitUntil: 'load', timeout: 30_000 });
  } catch (error) {
    if (/Download is starting|ERR_ABORTED/.test(error.message)) {
      const file = await page.context().request.get(address);
      count.check(name, file.ok() ? [] : `the file answers ${file.status()}`);
    } else {
      count.fail(name, error.message.split('\n')[0]);
    }
    return false;
  }
  let milliseconds = performance.now() - began;
  const type = response.headers()['content-type'] ?? '';
  if (response.status() !== wanted) {
    count.fail(name, `answers ${response.status()}, wanted ${wanted}`);
    return false;
  }
  if (!type.includes('text/html')) {
    count.pass(name);
    return false;
  }
  for (const width of order) {
    try {
      await resize(width);
      // Width and scripts do not change what the server sends: valid once is valid in both.
      const htmlKey = `${role.name} ${look.lang} ${look.elder} ${address}`;
      const html = checkedHtml.has(htmlKey) ? null : await response.text();
      checkedHtml.add(htmlKey);
      const { found, weight, examined } = await examine({ page, watcher, variant: { ...look, width }, checker, seen: everyDocument && html ? new Set() : seen, html });
      report.examined += examined ? 1 : 0;
      report.pages.push({ role: role.name, variant: variantName({ ...look, width }), path: pathname + search, milliseconds, weight });
      milliseconds = null; // of the load, which was one
      count.check(nameOf(width), found);
      await picture(page, nameOf(width));
    } catch (error) {
      count.fail(nameOf(width), error.message.split('\n')[0]);
    }
  }
  return true;
}

async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const file = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 140);
  await page.screenshot({ path: join(folder, `${file}.png`), fullPage: true });
}

export function summary(report) {
  const loads = report.pages.filter((p) => p.milliseconds !== null);
  const times = loads.map((p) => p.milliseconds).sort((a, b) => a - b);
  const at = (q) => (times.length ? times[Math.min(times.length - 1, Math.floor(times.length * q))].toFixed(0) : '-');
  const heavy = report.pages.reduce((a, b) => (b.weight > (a?.weight ?? -1) ? b : a), null);
  const slow = loads.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 5);
  return [
    `${report.pages.length} pages in ${loads.length} loads, ${report.examined} examined by axe; load p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`,
    heavy ? `heaviest: ${heavy.path}, ${(heavy.weight / 1024).toFixed(1)} KB gzipped of ${MAX_WEIGHT / 1024}` : 'no page',
    ...slow.map((p) => `slow: ${p.milliseconds.toFixed(0)} ms ${p.role} ${p.path} [${p.variant}]`),
  ];
}
