// Every view with its sample documents, without the program: rendered by tests/views/preview.mjs (Chinese, English, elder
// mode), served from a folder under the policy of the program. What it adds to the crawl are the states that nobody walks
// into: errors, empty lists, altered licences. Each document is valid HTML, and in both widths tried for sideways scrolling,
// weight and what the console says; axe examines the Chinese one wide and narrow with scripts, the English and the elder
// one narrow without. Every combination of width, language, scripts and elder mode is the crawl's (crawl.mjs).
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, openContext, plain, variantName, viewport, watch } from './lib/browser.mjs';
import { Count } from './lib/count.mjs';
import { startHtmlChecker } from './lib/html_checker.mjs';
import { examine } from './lib/page_checks.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const pages = join(root, 'build/test/preview');
const assets = join(root, 'build/ui');
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.png': 'image/png' };

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
  const name = path.replace(/^\/(assets\/)?/, '');
  const file = [join(pages, name), join(assets, name)].find((f) => !name.includes('..') && name && existsSync(f));
  // Behind a sample stands no program: what it sends is taken without an answer.
  response.writeHead(file ? 200 : path === '/favicon.ico' || request.method === 'POST' ? 204 : 404, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
  });
  if (file) createReadStream(file).pipe(response);
  else response.end();
});

const count = new Count();
const open = [];
try {
  await rm(pages, { recursive: true, force: true });
  await mkdir(pages, { recursive: true });
  await new Promise((resolve) =>
    execFile(process.execPath, [join(root, 'tests/views/preview.mjs'), pages], (error, stdout, stderr) => {
      count.check('views and words', error ? (stderr || error.message).split('\n').slice(0, 20) : []);
      console.log(stdout.trim());
      resolve();
    }),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const base = `http://127.0.0.1:${server.address().port}`;
  const checker = await startHtmlChecker();
  open.push(() => checker.stop());
  const browser = await launch();
  open.push(() => browser.close());
  const files = readdirSync(pages).filter((f) => f.endsWith('.html')).sort();
  const seen = new Set();
  for (const { ending, look, wide } of [
    { ending: '', look: plain, wide: true },
    { ending: '.en', look: { ...plain, lang: 'en', js: false }, wide: false },
    { ending: '.elder', look: { ...plain, elder: true, js: false }, wide: false },
  ]) {
    const mine = files.filter((f) => (/\.(en|elder)\.html$/.exec(f) ? f.endsWith(`${ending || '.plain'}.html`) : !ending));
    const context = await openContext(browser, base, look);
    const page = await context.newPage();
    const watcher = watch(page, base);
    for (const file of mine) {
      await page.goto(`${base}/${file}`, { waitUntil: 'load' });
      // The next page is loaded in the width that this one ends with.
      const first = page.viewportSize().width;
      for (const width of [first, first === 1280 ? 390 : 1280]) {
        const variant = { ...look, width };
        if (width !== first) await page.setViewportSize(viewport(width));
        const html = width === first ? readFileSync(join(pages, file), 'utf8') : null;
        const { found } = await examine({ page, watcher, variant, checker, seen, html, axe: wide || width === 390 });
        count.check(`${file} [${variantName(variant)}]`, found);
        if (process.env.SCREENSHOTS) {
          await mkdir(process.env.SCREENSHOTS, { recursive: true });
          await page.screenshot({ path: join(process.env.SCREENSHOTS, `${file}.${variant.width}.png`), fullPage: true });
        }
      }
    }
    await context.close();
  }
} catch (error) {
  count.fail('views', error.stack);
} finally {
  for (const close of open.reverse()) await close();
}
count.close();
