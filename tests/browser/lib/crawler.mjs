// Walks every same-origin link for each role, one or two pages of each route; then every route in every variant.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openContext, plain, variantName, watch } from './browser.mjs';
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

const narrow = { ...plain, width: 390, js: false };

export function allVariants() {
  const variants = [];
  for (const lang of ['zh-CN', 'en']) {
    for (const width of [1280, 390]) {
      for (const js of [true, false]) {
        for (const elder of [false, true]) variants.push({ lang, width, js, elder });
      }
    }
  }
  return variants;
}

// crawl({ browser, base, roles: [{ name, start, state(variant) }], never, perPattern, perRole, expected, checker, count })
// → { pages, times, weights }. Every page of every role in every variant is one check of `count`.
export async function crawl(options) {
  const { browser, base, roles, count, workers = 2 } = options;
  const report = { base, pages: [], examined: 0 };
  const seen = new Set();
  const checkedHtml = new Set();
  const lists = new Map();
  for (const role of roles) lists.set(role.name, await discover({ ...options, role, seen, checkedHtml, report }));

  // One address of each route goes through every variant, with the first role that reaches it; the other roles, whose
  // page of that route differs in its frame, see it narrow without scripts as well.
  const owners = new Map();
  const jobs = [];
  for (const role of roles) {
    const first = new Map();
    for (const address of lists.get(role.name)) if (!first.has(patternOf(address))) first.set(patternOf(address), address);
    for (const pattern of first.keys()) if (!owners.has(pattern)) owners.set(pattern, role);
    for (const variant of allVariants().filter((v) => variantName(v) !== variantName(plain))) {
      const everybody = variantName(variant) === variantName(narrow);
      const addresses = [...first].filter(([pattern]) => everybody || owners.get(pattern) === role).map(([, address]) => address);
      if (addresses.length) jobs.push({ variant, role, addresses });
    }
  }
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const context = await openContext(browser, base, job.variant, await job.role.state?.(job.variant));
      const page = await context.newPage();
      const watcher = watch(page, base);
      for (const address of job.addresses) {
        await visit({ ...options, ...job, address, page, watcher, seen, checkedHtml, report });
      }
      await context.close();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  for (const [name, list] of lists) if (!list.length) count.fail(`crawl ${name}`, 'no page was found');
  return report;
}

// The plain variant follows links; the others visit what it found.
async function discover(options) {
  const { browser, base, role, perPattern, perRole, start = [] } = options;
  const never = [...options.never, ...(role.never ?? [])];
  const context = await openContext(browser, base, plain, await role.state?.(plain));
  const page = await context.newPage();
  const watcher = watch(page, base);
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
    const isPage = await visit({ ...options, variant: plain, address, page, watcher });
    if (!isPage) continue;
    addresses.push(address);
    for (const href of await page.$$eval('a[href]', (links) => links.map((a) => a.href))) {
      if (/^https?:/.test(href)) offer(href, address);
    }
  }
  await context.close();
  return addresses;
}

// One page in one variant. True when it is a page (files are only asked for, not shown).
async function visit({ base, role, variant, address, page, watcher, checker, seen, checkedHtml, report, count, expected = {} }) {
  const { pathname, search } = new URL(address);
  const name = `${role.name} ${decodeURI(pathname + search)} [${variantName(variant)}]`;
  const wanted = expected[pathname] ?? 200;
  watcher.problems();
  watcher.expectStatus(wanted === 200 ? null : wanted);
  const began = performance.now();
  let response;
  try {
    response = await page.goto(address, { waitUntil: 'load' });
  } catch (error) {
    if (/Download is starting|ERR_ABORTED/.test(error.message)) {
      const file = await page.context().request.get(address);
      count.check(name, file.ok() ? [] : `the file answers ${file.status()}`);
    } else {
      count.fail(name, error.message.split('\n')[0]);
    }
    return false;
  }
  const milliseconds = performance.now() - began;
  const type = response.headers()['content-type'] ?? '';
  if (response.status() !== wanted) {
    count.fail(name, `answers ${response.status()}, wanted ${wanted}`);
    return false;
  }
  if (!type.includes('text/html')) {
    count.pass(name);
    return false;
  }
  try {
    // Width and scripts do not change what the server sends: valid once is valid in both.
    const htmlKey = `${role.name} ${variant.lang} ${variant.elder} ${address}`;
    const html = checkedHtml.has(htmlKey) ? null : await response.text();
    checkedHtml.add(htmlKey);
    const { found, weight, examined } = await examine({ page, watcher, variant, checker, seen, html });
    report.examined += examined ? 1 : 0;
    report.pages.push({ role: role.name, variant: variantName(variant), path: pathname + search, milliseconds, weight });
    count.check(name, found);
    await picture(page, name);
  } catch (error) {
    count.fail(name, error.message.split('\n')[0]);
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
  const times = report.pages.map((p) => p.milliseconds).sort((a, b) => a - b);
  const at = (q) => (times.length ? times[Math.min(times.length - 1, Math.floor(times.length * q))].toFixed(0) : '-');
  const heavy = report.pages.reduce((a, b) => (b.weight > (a?.weight ?? -1) ? b : a), null);
  const slow = [...report.pages].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 5);
  return [
    `${report.pages.length} pages, ${report.examined} structures examined by axe; load p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`,
    heavy ? `heaviest: ${heavy.path}, ${(heavy.weight / 1024).toFixed(1)} KB gzipped of ${MAX_WEIGHT / 1024}` : 'no page',
    ...slow.map((p) => `slow: ${p.milliseconds.toFixed(0)} ms ${p.role} ${p.path} [${p.variant}]`),
  ];
}
