// Chromium, and pages that remember everything that went wrong on them.
import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { islands, variantCookies } from '../wiring.mjs';

// Debian builds the same Chromium once more without windows (headless-shell): half the work for each page.
const places = process.env.TONGBAN_CHROMIUM ? [process.env.TONGBAN_CHROMIUM] : ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export function launch() {
  const executablePath = places.find((place) => existsSync(place));
  if (!executablePath) throw new Error(`there is no browser at ${places.join(' or ')}`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-site-isolation-trials',
      '--disable-features=IsolateOrigins,site-per-process,BackForwardCache',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--js-flags=--no-maglev --no-turbofan --single-threaded', // no page lives long enough to earn back what they compile
    ],
  });
}

export const plain = { width: 1280, lang: 'zh-CN', js: true, elder: false };
export const variantName = (v) => `${v.width} ${v.lang} js ${v.js ? 'on' : 'off'}${v.elder ? ' elder' : ''}`;

export const viewport = (width) => ({ width, height: width < 600 ? 844 : 800 });

// A context for one variant; cookies of a signed-in one can be handed on through `state`. A narrow one is a telephone:
// touch, and the viewport that the page asks for; a window of a computer can be made narrow by setViewportSize.
export async function openContext(browser, base, variant, state) {
  const context = await browser.newContext({
    javaScriptEnabled: variant.js,
    viewport: viewport(variant.width),
    isMobile: variant.width < 600,
    hasTouch: variant.width < 600,
    locale: variant.lang,
    timezoneId: 'Asia/Shanghai',
    storageState: state,
  });
  context.setDefaultTimeout(10_000);
  await context.addCookies(variantCookies(base, variant));
  return context;
}

// watch(page) → { problems(), weight() }: console errors, script errors, violations of the security policy, requests that
// failed or went to another host since the last call; and the gzipped size of the last page's HTML, CSS and scripts.
export function watch(page, base) {
  const origin = new URL(base).origin;
  const problems = [];
  const files = new Map(); // address of a stylesheet or script → its weight; they are the same on every page
  let parts = new Map();
  let expectedStatus = null;
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = message.text();
    if (expectedStatus !== null && text.includes(`status of ${expectedStatus}`)) return;
    problems.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.url()} ${reason}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) problems.push(`request to another host: ${request.url()}`);
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) parts = new Map();
  });
  page.on('response', (response) => {
    const request = response.request();
    const type = request.resourceType();
    if (response.status() >= 400 && !request.isNavigationRequest()) problems.push(`${response.status()} for ${request.url()}`);
    if (['document', 'stylesheet', 'script'].includes(type) && !islands.test(request.url())) {
      const redirected = response.status() >= 300 && response.status() < 400;
      if (redirected) return;
      const url = request.url();
      const weigh = () => response.body().then((body) => gzipSync(body).length, () => (files.delete(url), 0));
      if (type === 'document') parts.set(url, weigh());
      else {
        if (!files.has(url)) files.set(url, weigh());
        parts.set(url, files.get(url));
      }
    }
  });
  return {
    expectStatus: (status) => (expectedStatus = status),
    problems: () => problems.splice(0),
    weight: async () => {
      let total = 0;
      for (const weight of parts.values()) total += await weight;
      return total;
    },
  };
}
