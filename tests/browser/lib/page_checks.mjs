// What every page promises: accessible by WCAG 2.2 AA, valid HTML, light, no sideways scrolling, no term without what it
// says, nothing in the console.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8').replace(
  /[^\x00-\x7f]/g,
  (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`, // half the room in a browser
);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
export const MAX_WEIGHT = 100 * 1024;

// axe lives in a world of its own beside the page's scripts. Its source is large and travels to a page once: from then on every
// document that the page loads has it at hand, and what it is made of is compiled once.
const WORLD = 'axe';
const laidOut = `globalThis.layOutAxe = function () { ${axeSource} };0`;
const sessions = new WeakMap();

async function sessionOf(page) {
  if (!sessions.has(page)) {
    const session = await page.context().newCDPSession(page);
    await session.send('Page.enable');
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: laidOut, worldName: WORLD });
    sessions.set(page, session);
  }
  return sessions.get(page);
}

// Violations as sentences, of the whole page or of its <main> alone. axe needs timers: on a page seen with scripts off they
// are switched on when the page has loaded, which runs none of its own, and off again afterwards.
export async function accessibility(page, scriptsOn, part = 'page') {
  const session = await sessionOf(page);
  const scripts = (allowed) => session.send('Emulation.setScriptExecutionDisabled', { value: !allowed });
  if (!scriptsOn) {
    await scripts(false); // what this session did not disable it cannot allow
    await scripts(true);
  }
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: WORLD });
    const value = async (expression) => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      return result.value;
    };
    if (!(await value('Boolean(globalThis.layOutAxe)'))) await value(laidOut);
    const options = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] };
    const violations = await value(`(async () => {
      if (!globalThis.axe) layOutAxe();
      const { violations } = await axe.run(${JSON.stringify(part === 'main' ? 'main' : 'html')}, ${JSON.stringify(options)});
      return violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)) }));
    })()`);
    return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.join(' | ')}`);
  } finally {
    if (!scriptsOn) await scripts(false);
  }
}

// What stands on the page now:
//   wide    how far it scrolls sideways, in pixels, and the first element that sticks out; null when it does not
//   lang    the language it says it is in
//   unsaid  terms of description lists (dt) that nothing is said of
//   shapes  its structure in two parts, the frame around <main> and <main> itself. Two pages that have a part in common need
//           one examination of it by axe. What is not shown (by width or for want of scripts) makes another structure; which
//           entry of a menu is the current one, and the language of a text, do not: the HTML checker sees to the values of lang.
async function look(page) {
  const seen = await page.evaluate(() => {
    const root = document.documentElement;
    const tooWide = () => {
      const excess = root.scrollWidth - root.clientWidth;
      if (excess <= 0) return null;
      const out = [...document.body.querySelectorAll('*')].find((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
      return `${excess} px too wide: ${out ? out.outerHTML.slice(0, 160) : '?'}`;
    };
    const start = [root.lang ? 'lang' : 'no lang', document.title ? 'title' : 'no title', document.body.className];
    const shapeOf = (top, frame) => {
      const words = [...start];
      const walk = (element, depth) => {
        const attributes = [...element.attributes]
          .filter((a) => a.name !== 'lang' && !(frame && a.name === 'aria-current'))
          .map((a) => (['class', 'role', 'type', 'scope', 'autocomplete'].includes(a.name) ? `${a.name}=${a.value}` : `${a.name}${a.value.trim() ? '' : '!'}`))
          .join(' ');
        const said = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        const word = `${depth}${element.localName} ${attributes} ${said ? 't' : ''}${element.checkVisibility({ visibilityProperty: true }) ? '' : ' unseen'}`;
        if (words.at(-1) !== word) words.push(word); // rows of a table count once
        if (frame && element.localName === 'main') return;
        for (const child of element.children) walk(child, depth + 1);
      };
      walk(top, 0);
      return words.join('\n');
    };
    const main = document.querySelector('main');
    const said = (dd) => dd.textContent.trim() || dd.querySelector('img, svg, input, button, [role=img]');
    const unsaid = [...document.querySelectorAll('dd')].filter((dd) => !said(dd)).map((dd) => dd.previousElementSibling?.textContent.trim() ?? '');
    return { wide: tooWide(), lang: root.lang, unsaid, shapes: [shapeOf(document.body, true), main ? shapeOf(main, false) : 'no main'] };
  });
  return { ...seen, shapes: seen.shapes.map((shape) => createHash('sha256').update(shape).digest('base64')) };
}

// All checks on the page that is open. `seen` (a Set) spares parts whose structure was examined before at this width: axe
// reads the <main> alone within a frame it knows, and nothing where it knows both. axe: false leaves out axe, no html the HTML
// checker.
export async function examine({ page, watcher, variant, checker, seen = new Set(), html, axe = true }) {
  const found = watcher.problems();
  const weight = await watcher.weight();
  if (weight > MAX_WEIGHT) found.push(`weight: ${Math.round(weight / 1024)} KB of HTML, CSS and scripts, gzipped`);
  const { wide, lang, unsaid, shapes } = await look(page);
  if (wide) found.push(`sideways: ${wide}`);
  if (unsaid.length) found.push(`nothing is said of: ${unsaid.slice(0, 3).join(', ')}`);
  if (lang.toLowerCase() !== variant.lang.toLowerCase() && !(variant.lang === 'zh-CN' && /^zh/i.test(lang))) {
    found.push(`language: the page says lang="${lang}", wanted ${variant.lang}`);
  }
  const [frame, main] = shapes.map((shape) => `${variant.width} ${variant.elder} ${shape}`);
  const examined = axe && !(seen.has(frame) && seen.has(main));
  if (examined) {
    found.push(...(await accessibility(page, variant.js, seen.has(frame) ? 'main' : 'page')).map((v) => `axe ${v}`));
    found.push(...watcher.problems().filter((p) => !p.startsWith('console: ')));
    for (const key of [frame, main]) seen.add(key);
  }
  if (checker && html) found.push(...(await checker.check(html)).map((m) => `html ${m}`));
  return { found, weight, examined };
}
