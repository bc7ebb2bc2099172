// Every page, for every role, in every combination of width, language, scripts and elder mode.
//   SCREENSHOTS=folder keeps a picture of each; AXE=every has axe examine every document, alike or not; TONGBAN_URL uses a running server; arguments are names of roles.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as wiring from './wiring.mjs';
import { launch, openContext, plain } from './lib/browser.mjs';
import { Count } from './lib/count.mjs';
import { crawl, summary } from './lib/crawler.mjs';
import { startHtmlChecker } from './lib/html_checker.mjs';
import { seed } from './lib/seed.mjs';
import { startServer } from './lib/server.mjs';

const wanted = process.argv.slice(2);
const count = new Count();
const open = [];

async function signedIn(browser, server, account) {
  const { base } = server;
  const context = await openContext(browser, base, plain);
  await wiring.signIn(await context.newPage(), server, account);
  const state = await context.storageState();
  await context.close();
  // How one wants to see pages is set for each variant; who one is stays.
  return { ...state, cookies: state.cookies.filter((c) => !wiring.variantCookies(base, plain).some((v) => v.name === c.name)) };
}

// The program says which addresses are pages: each was seen.
function everyPage(report) {
  const seen = new Set(report.pages.map((p) => p.path.split('?')[0]));
  const routes = execFileSync(wiring.program, ['routes'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const [, path] of routes.matchAll(/^GET +page +(\S+)/gm)) {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    const reached = [...seen].some((s) => pattern.test(s));
    if (!reached && !wiring.hasShared && wiring.crawl.ofLists.includes(path)) {
      count.skip(`every page: ${path}`, 'it needs lists from outside, which are not there');
      continue;
    }
    count.check(`every page: ${path}`, reached ? [] : 'the crawl does not get there');
  }
}

try {
  const server = await startServer({ real: wiring.hasShared, divisions: true });
  open.push(() => server.stop());
  const seeded = process.env.TONGBAN_URL ? { start: {} } : await seed(server);
  const checker = await startHtmlChecker();
  open.push(() => checker.stop());
  const browser = await launch();
  open.push(() => browser.close());
  const roles = [];
  for (const [name, account] of Object.entries(wiring.accounts)) {
    if (wanted.length && !wanted.includes(name)) continue;
    const state = account ? await signedIn(browser, server, account) : undefined;
    roles.push({ name, start: [...(wiring.crawl.start[name] ?? wiring.crawl.start.officer), ...(seeded.start[name] ?? [])], never: wiring.crawl.neverFor[name] ?? (wiring.crawl.start[name] ? [] : wiring.crawl.neverForOfficers), state: async () => state });
  }
  if (seeded.half && (!wanted.length || wanted.includes('half'))) {
    const { path, never } = wiring.crawl.half;
    roles.push({ name: 'half', start: [path], never, state: async () => ({ cookies: await seeded.half(), origins: [] }) });
  }
  const { never, perPattern, perRole, expected } = wiring.crawl;
  const report = await crawl({ browser, base: server.base, roles, renew: seeded.renew, never, perPattern, perRole, expected, checker, count });
  for (const line of summary(report)) console.log(line);
  if (!wanted.length && !process.env.TONGBAN_URL) everyPage(report);
  const folder = new URL('../../build/test/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('crawl.json', folder), JSON.stringify(report, null, 1));
} catch (error) {
  count.fail('crawl', error.stack);
} finally {
  for (const close of open.reverse()) {
    try {
      await close();
    } catch (error) {
      count.fail('crawl', error.message);
    }
  }
}
count.close();
