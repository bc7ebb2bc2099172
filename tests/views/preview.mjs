// Renders every view with its sample document, for looking at and for checking without the server.
//   node tests/views/preview.mjs [OUT]      pages into OUT (default /tmp/preview), assets from ui/ beside them
// Samples are tests/views/<module>.<page>.json for src/modules/<module>/views/<page>.html. Each is rendered in
// Chinese, in English and in elder mode. Fails when a view breaks the dialect or a word has no Chinese translation.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const out = resolve(process.argv[2] ?? '/tmp/preview');
const problems = [];
const say = (where, what) => problems.push(`${where}: ${what}`);

// --- views and words ---
const views = new Map();
const keep = (name, file) => {
  if (views.has(name)) say(file, `a second view called ${name}`);
  views.set(name, { file, text: readFileSync(file, 'utf8') });
};
const dirs = readdirSync(join(root, 'src/modules')).map((m) => [m, join(root, 'src/modules', m, 'views')]);
for (const [module, dir] of [['', join(root, 'src/core/view/partials')], ...dirs]) {
  let files = [];
  try { files = readdirSync(dir); } catch { continue; }
  for (const f of files) if (f.endsWith('.html')) keep((module && !f.startsWith('layout') ? `${module}/` : '') + basename(f, '.html'), join(dir, f));
}
const po = new Map();
let msgid = null;
const own = dirs.map(([module]) => join(root, 'src/modules', module, 'po')).filter((f) => existsSync(f))
  .flatMap((folder) => readdirSync(folder).filter((f) => f.endsWith('zh_CN.po')).map((f) => join(folder, f)));
for (const line of [join(root, 'ui/po/zh_CN.po'), ...own].flatMap((f) => readFileSync(f, 'utf8').split('\n'))) {
  const m = /^(msgid|msgstr) "(.*)"$/.exec(line);
  if (m && m[1] === 'msgid') msgid = JSON.parse(`"${m[2]}"`);
  else if (m && msgid !== null) { if (msgid && po.has(msgid) && po.get(msgid) !== JSON.parse(`"${m[2]}"`)) say('zh_CN.po', `twice: ${msgid}`); po.set(msgid, JSON.parse(`"${m[2]}"`)); }
}
const used = new Set();

// --- parser: text, {var}, {section}, {inverted}, {partial}, {parent}, {block}, {word} ---
const trees = new Map();
function parse(name) {
  if (trees.has(name)) return trees.get(name);
  const view = views.get(name);
  if (!view) throw new Error(`no view called ${name}`);
  const { file, text } = view;
  if (/\{\{[{&]/.test(text)) say(file, 'raw tag');
  if (/<(script|style)\b[^>]*>\s*[^<\s]/.test(text)) say(file, 'inline script or style');
  if (/\s(style|on\w+)=/.test(text.replace(/\{\{[^}]*\}\}/g, ''))) say(file, 'style= or on…= attribute');
  if (/=\{\{/.test(text)) say(file, 'tag in an unquoted attribute');
  const top = { kids: [] }, stack = [top];
  const tag = /\{\{([#^/<>$!_]?)\s*((?:%\{[^}]+\}|[^}])*?)\s*\}\}/g;
  let last = 0, m;
  while ((m = tag.exec(text))) {
    const kids = stack.at(-1).kids;
    if (m.index > last) kids.push({ t: 'text', v: text.slice(last, m.index) });
    last = tag.lastIndex;
    const [, sign, key] = m;
    if (sign === '/') {
      const open = stack.pop();
      if (open.key !== key) throw new Error(`${file}: {{/${key}}} closes {{${open.key}}}`);
      continue;
    }
    const node = { t: { '': 'var', '#': 'sec', '^': 'inv', '<': 'parent', '>': 'part', $: 'block', _: 'word', '!': 'note' }[sign], key, kids: [] };
    kids.push(node);
    if ('#^<$'.includes(sign) && sign) stack.push(node);
  }
  stack.at(-1).kids.push({ t: 'text', v: text.slice(last) });
  if (stack.length > 1) throw new Error(`${file}: {{${stack.at(-1).key}}} is not closed`);
  trees.set(name, top.kids);
  return top.kids;
}

// --- renderer ---
const esc = (s) => String(s).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
function find(ctx, key) {
  if (key === '.') return ctx.at(-1);
  const [first, ...rest] = key.split('.');
  for (let i = ctx.length - 1; i >= 0; i--) {
    if (ctx[i] === null || typeof ctx[i] !== 'object' || !(first in ctx[i])) continue;
    return rest.reduce((v, k) => (v !== null && typeof v === 'object' ? v[k] : undefined), ctx[i][first]);
  }
  return undefined;
}
const no = (v) => v === undefined || v === null || v === false || v === '' || (Array.isArray(v) && !v.length);
function word(ctx, id) {
  used.add(id);
  const zh = find(ctx, 'zh');
  const text = zh ? (po.get(id) ?? (say('zh_CN.po', `missing: ${id}`), id)) : id;
  return esc(text).replace(/%\{([^}]+)\}/g, (_, k) => esc(find(ctx, k) ?? ''));
}
function render(nodes, ctx, blocks) {
  return nodes.map((n) => {
    switch (n.t) {
      case 'text': return n.v;
      case 'var': { const v = find(ctx, n.key); if (typeof v === 'object' && v) say(n.key, 'an object where text is due'); return no(v) ? '' : esc(v); }
      case 'word': return word(ctx, n.key);
      case 'inv': return no(find(ctx, n.key)) ? render(n.kids, ctx, blocks) : '';
      case 'sec': {
        const v = find(ctx, n.key);
        if (no(v)) return '';
        if (Array.isArray(v)) return v.map((x) => render(n.kids, [...ctx, x], blocks)).join('');
        return render(n.kids, v === true ? ctx : [...ctx, v], blocks);
      }
      case 'part': return render(parse(n.key), ctx, blocks);
      case 'block': return render(blocks.get(n.key) ?? n.kids, ctx, blocks);
      case 'parent': {
        const mine = new Map(n.kids.filter((k) => k.t === 'block').map((k) => [k.key, k.kids]));
        return render(parse(n.key), ctx, new Map([...mine, ...blocks]));
      }
      default: return '';
    }
  }).join('');
}

mkdirSync(out, { recursive: true });
const samples = readdirSync(here).filter((f) => f.endsWith('.json')).sort();
const toLocal = (html) => html.replaceAll('"/assets/', '"assets/');
let pages = 0;
for (const f of samples) {
  const view = basename(f, '.json').split('.').slice(0, 2).join('/');
  const doc = JSON.parse(readFileSync(join(here, f), 'utf8'));
  for (const [suffix, change] of [['', {}], ['.en', { lang: 'en' }], ['.elder', { elder: true }]]) {
    const p = { ...doc.page, ...change };
    const d = { ...doc, page: p, zh: p.lang !== 'en', en: p.lang === 'en' };
    try {
      writeFileSync(join(out, `${basename(f, '.json')}${suffix}.html`), toLocal(render(parse(view), [d], new Map())));
      pages++;
    } catch (e) { say(f, e.message); }
  }
}
for (const [name] of views) { try { parse(name); } catch (e) { say(name, e.message); } }
const shown = new Set();
for (const { text } of views.values()) for (const m of text.matchAll(/\{\{_\s*((?:%\{[^}]+\}|[^}])*?)\s*\}\}/g)) shown.add(m[1].trim());
for (const id of shown) if (!po.has(id)) say('zh_CN.po', `missing: ${id}`);
// --- keys: a value that a view asks for and no C code names can never be there ---
const named = new Set();
const name = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) name(path);
    else if (/(?<!_test)\.[ch]$/.test(entry.name)) for (const [, literal] of readFileSync(path, 'utf8').matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) named.add(literal);
  }
};
name(join(root, 'src'));
for (const { file, text } of views.values())
  for (const [, section, parameter] of text.matchAll(/\{\{[#^]?\s*([a-z_][\w.]*)\s*\}\}|%\{([a-z_][\w.]*)\}/g))
    for (const key of (section ?? parameter).split('.')) if (!named.has(key)) say(file, `no C code writes ${key}`);

const seen = [...new Set(problems)];
for (const p of seen) console.error(p);
console.log(`${pages} pages from ${samples.length} samples, ${views.size} views, ${shown.size} words, ${seen.length} problems`);
process.exit(seen.length ? 1 : 0);
