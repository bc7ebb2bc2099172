// What every page promises: accessible by WCAG 2.2 AA, valid HTML, light, no sideways scrolling, nothing in the console.
import { createHash } from 'node:crypto';
import axe from 'axe-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
export const MAX_WEIGHT = 100 * 1024;

// Violations as sentences. axe needs scripts: a page seen with scripts off is examined as a twin, the same document without
// its scripts and with what stands in <noscript>, in a window of the same size.
export async function accessibility(page, scriptsOn) {
  const target = scriptsOn ? page : await twinOf(page);
  await target.evaluate(`${axe.source};0`);
  const { violations } = await target.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }),
    TAGS,
  );
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
}

const twins = new WeakMap();

async function twinOf(page) {
  let twin = twins.get(page);
  if (!twin) {
    const context = await page.context().browser().newContext({ viewport: page.viewportSize(), storageState: await page.context().storageState() });
    twin = await context.newPage();
    twins.set(page, twin);
    page.once('close', () => context.close().catch(() => {}));
  }
  const html = (await page.content()).replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, '').replace(/<\/?noscript\b[^>]*>/gi, '');
  await twin.unrouteAll();
  await twin.route(
    (url) => url.href === page.url().replace(/#.*/, ''),
    (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
  );
  await twin.goto(page.url(), { waitUntil: 'load' });
  return twin;
}

// How far the page scrolls sideways, in pixels, and the first element that sticks out.
export async function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const excess = root.scrollWidth - root.clientWidth;
    if (excess <= 0) return null;
    const out = [...document.body.querySelectorAll('*')].find((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    return `${excess} px too wide: ${out ? out.outerHTML.slice(0, 160) : '?'}`;
  });
}

// Two pages with the same fingerprint have the same structure: examining one of them for accessibility is enough.
export async function fingerprint(page) {
  const shape = await page.evaluate(() => {
    const words = [document.documentElement.lang ? 'lang' : 'no lang', document.title ? 'title' : 'no title'];
    const walk = (element, depth) => {
      const attributes = [...element.attributes]
        .map((a) => (['class', 'role', 'type', 'scope', 'autocomplete'].includes(a.name) ? `${a.name}=${a.value}` : `${a.name}${a.value.trim() ? '' : '!'}`))
        .join(' ');
      const said = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      const word = `${depth}${element.localName} ${attributes} ${said ? 't' : ''}`;
      if (words.at(-1) !== word) words.push(word); // rows of a table count once
      for (const child of element.children) walk(child, depth + 1);
    };
    walk(document.body, 0);
    return words.join('\n');
  });
  return createHash('sha256').update(shape).digest('hex');
}

// All checks on the page that is open. `seen` (a Set) spares pages whose structure was examined before at this width.
export async function examine({ page, watcher, variant, checker, seen, html }) {
  const found = watcher.problems();
  const weight = await watcher.weight();
  if (weight > MAX_WEIGHT) found.push(`weight: ${Math.round(weight / 1024)} KB of HTML, CSS and scripts, gzipped`);
  const wide = await overflow(page);
  if (wide) found.push(`sideways: ${wide}`);
  const lang = await page.evaluate(() => document.documentElement.lang);
  if (lang.toLowerCase() !== variant.lang.toLowerCase() && !(variant.lang === 'zh-CN' && /^zh/i.test(lang))) {
    found.push(`language: the page says lang="${lang}", wanted ${variant.lang}`);
  }
  const key = `${variant.width} ${variant.elder} ${await fingerprint(page)}`;
  let examined = false;
  if (!seen?.has(key)) {
    found.push(...(await accessibility(page, variant.js)).map((v) => `axe ${v}`));
    found.push(...watcher.problems().filter((p) => !p.startsWith('console: ')));
    seen?.add(key);
    examined = true;
  }
  if (checker && html) found.push(...(await checker.check(html)).map((m) => `html ${m}`));
  return { found, weight, examined };
}
