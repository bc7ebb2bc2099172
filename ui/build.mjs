// Builds the assets the server hands out under /assets/ into $OUT (default ui/dist).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import * as sass from 'sass';
import { minify } from 'terser';
import { art, guilloche, icons, logo, scenes, skyline, themes } from './icons/icons.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.env.OUT ?? join(here, 'dist'));
mkdirSync(out, { recursive: true });

function put(name, text) {
  writeFileSync(join(out, name), text);
  const raw = Buffer.byteLength(text);
  console.log(`${name.padEnd(12)} ${String(raw).padStart(7)} bytes  ${String(gzipSync(text, { level: 9 }).length).padStart(6)} gzipped`);
}

const css = sass.compile(join(here, 'scss/app.scss'), { style: 'compressed', loadPaths: [join(here, 'node_modules')], quietDeps: true });
// What govuk-frontend repeats for browsers and papers that we treat alike.
const unused = /govuk-[\w-]+(--(xl|l|m|s|inline|small)\b|__conditional|__divider|__heading|__prefix|__suffix|__wrapper)|govuk-(label-wrapper|input-wrapper|input--extra|file-upload-|frontend)/;
const lean = css.css
  .replace(/^\uFEFF/, '')
  .replace(/var\(--govuk-[\w-]+, ?(#[0-9a-f]+)\)/g, '$1')
  .replace(/:root\{--govuk[^{}]*\}/g, '')
  .replace(/@media print\{[^{}]+\{font-family:sans-serif\}\}/g, '')
  .replace(/@supports not \(caret-color: auto\)\{[^{}]+\{[^{}]*\}\}/g, '')
  .replace(/font-family:var\(--tb-font\);-webkit-font-smoothing:antialiased;-moz-osx-font-smoothing:grayscale;?/g, 'font-family:inherit;')
  .replace(/[^{}]+\{font-family:inherit;\}/g, (rule) => (/button|input|select|textarea|upload/.test(rule) ? rule : ''))
  .replace(/([^{}@]+)\{([^{}]*)\}/g, (rule, selectors, body) => {
    const kept = selectors.split(/,(?![^(]*\))/).filter((s) => !unused.test(s));
    return kept.length ? `${kept.join(',')}{${body}}` : '';
  })
  .replace(/@media[^{}]+\{\}/g, '');
put('app.css', lean);

async function script(name, ...files) {
  const text = files.map((f) => readFileSync(join(here, f), 'utf8')).join('\n;');
  const done = await minify(text, { format: { comments: /^!/ } });
  put(name, done.code);
}
// The editor of decision models, its makers' mark included, for its own page alone.
const dmn = join(here, 'node_modules/dmn-js/dist');
const dmnStyles = ['diagram-js', 'dmn-js-shared', 'dmn-js-drd', 'dmn-js-decision-table', 'dmn-js-decision-table-controls', 'dmn-js-literal-expression', 'dmn-js-boxed-expression', 'dmn-js-boxed-expression-controls', 'dmn-font/css/dmn'];
const own = sass.compile(join(here, 'scss/decision.scss'), { style: 'compressed' }).css;
const theirs = dmnStyles.map((n) => readFileSync(join(dmn, `assets/${n}.css`), 'utf8')).join('\n')
  .replace(/@font-face\s*\{[^}]*\}/g, '')
  .replace(/\/\*[\s\S]*?\*\//g, '');
put('decision.css', sass.compileString(`@font-face{font-family:dmn;src:url(/assets/dmn.woff2) format('woff2')}${theirs}`, { style: 'compressed', syntax: 'css' }).css.replace(/^\uFEFF/, '') + own.replace(/^\uFEFF/, ''));
writeFileSync(join(out, 'dmn.woff2'), readFileSync(join(dmn, 'assets/dmn-font/font/dmn.woff2')));
// Its code editor would add a <style> element, which the policy of this site refuses; style sheets made by script are not markup.
const adoptStyles = {
  name: 'adopt-styles',
  setup(build) {
    build.onLoad({ filter: /style-mod\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8'), asks = '!root.head && root.adoptedStyleSheets';
      if (!text.includes(asks)) throw new Error('style-mod has changed: see how it adds its styles now');
      return { contents: text.replace(asks, 'root.adoptedStyleSheets') };
    });
  },
};
const bundled = await esbuild({
  stdin: { contents: "import DmnJS from 'dmn-js/lib/Modeler'; window.DmnJS = DmnJS;", resolveDir: here },
  bundle: true, minify: true, write: false, format: 'iife', target: 'es2020', legalComments: 'none', logLevel: 'error',
  plugins: [adoptStyles],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: `/*! dmn-js\n${readFileSync(join(dmn, '../LICENSE'), 'utf8').trim()} */` },
});
put('dmn.js', bundled.outputFiles[0].text);

put('forms.css', sass.compile(join(here, 'scss/builder.scss'), { style: 'compressed' }).css.replace(/^\uFEFF/, ''));
await script('forms.js', 'js/forms.js');
// The designer of processes, from the same makers: its mark stays, its page alone loads it.
const bpmn = join(here, 'node_modules/bpmn-js/dist');
const bpmnStyles = ['diagram-js', 'bpmn-js', 'bpmn-font/css/bpmn'].map((n) => readFileSync(join(bpmn, `assets/${n}.css`), 'utf8')).join('\n')
  .replace(/@font-face\s*\{[^}]*\}/g, '')
  .replace(/\/\*[\s\S]*?\*\//g, '');
put('process.css', sass.compileString(`@font-face{font-family:bpmn;src:url(/assets/bpmn.woff2) format('woff2')}${bpmnStyles}`, { style: 'compressed', syntax: 'css' }).css.replace(/^\uFEFF/, '') +
  sass.compile(join(here, 'scss/process.scss'), { style: 'compressed' }).css.replace(/^\uFEFF/, ''));
writeFileSync(join(out, 'bpmn.woff2'), readFileSync(join(bpmn, 'assets/bpmn-font/font/bpmn.woff2')));
const designer = await esbuild({
  stdin: { contents: "import BpmnJS from 'bpmn-js/lib/Modeler'; window.BpmnJS = BpmnJS;", resolveDir: here },
  bundle: true, minify: true, write: false, format: 'iife', target: 'es2020', legalComments: 'none', logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: `/*! bpmn-js\n${readFileSync(join(bpmn, '../LICENSE'), 'utf8').trim()} */` },
});
put('bpmn.js', designer.outputFiles[0].text);

await script('process.js', 'js/process_zh.js', 'js/process_model.js', 'js/process.js');
await script('decision.js', 'js/decision_zh.js', 'js/decision.js');
await script('app.js', 'js/app.js');
await script('hall.js', 'js/hall.js');
await script('scan.js', 'node_modules/jsqr/dist/jsQR.js', 'js/scan.js');

const symbol = (id, body, box = '0 0 24 24') => `<symbol id="${id}" viewBox="${box}">${body}</symbol>`;
const parts = Object.entries(icons).map(([id, body]) => symbol(id, body));
for (const [group, codes] of Object.entries(themes))
  for (const [code, icon] of Object.entries(codes)) parts.push(symbol(`${group}-${code}`, icons[icon]));
parts.push(symbol('logo', logo, '0 0 40 40'));
for (const id of ['bell', 'calendar', 'chart', 'done', 'form', 'history', 'inbox', 'licence', 'list', 'search', 'send', 'shield', 'star', 'users']) parts.push(symbol(`art-${id}`, art(id), '0 0 160 100'));
for (const [id, body] of Object.entries(scenes)) parts.push(symbol(`scene-${id}`, body, '0 0 160 100'));
put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${parts.join('')}</svg>\n`);
put('skyline.svg', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 190">${skyline}</svg>\n`);
put('guilloche.svg', guilloche('#1d4f91', 0.1));
put('guilloche-light.svg', guilloche('#fff', 0.16));
put('favicon.svg', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">${logo}</svg>\n`);
