// A story is what people do, told in the words on their screens: fill by label, click by name, expect text.
//
//   export const name = '…';
//   export async function run(story) {
//     const zhang = await story.actor('person');          // signed in; story.actor('anonymous') is not
//     await zhang.step('finds the service', async () => {
//       await zhang.visit('/');
//       await zhang.fill('搜索', '办护照');
//       await zhang.click('搜索');
//       await zhang.see('普通护照签发');
//     });
//   }
//
// At the end of each step the page is examined (accessibility, HTML, weight, width, console); pages of one structure once.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { accounts, signIn } from '../wiring.mjs';
import { openContext, variantName, watch } from './browser.mjs';
import { examine } from './page_checks.mjs';

export class Story {
  constructor({ name, browser, server, variant, checker, seen, count }) {
    Object.assign(this, { name, browser, server, variant, checker, seen, count });
    this.actors = [];
  }

  get title() {
    return `${this.name} [${variantName(this.variant)}]`;
  }

  // A person with a browser of their own. `role` is a key of wiring.accounts or an account of the demonstration.
  async actor(role) {
    const account = role in accounts ? accounts[role] : role;
    const context = await openContext(this.browser, this.server.base, this.variant);
    const actor = new Actor(this, context, await context.newPage(), role);
    this.actors.push(actor);
    if (account) await signIn(actor.page, this.server, account);
    return actor;
  }

  async close() {
    for (const actor of this.actors) await actor.context.close();
  }
}

class Actor {
  constructor(story, context, page, who) {
    Object.assign(this, { story, context, page, who });
    this.watcher = watch(page, story.server.base);
    this.actions = 0;
    page.on('dialog', (dialog) => dialog.accept());
  }

  // One step of the story: counted once; a failure shows where it happened and ends the story.
  async step(title, work) {
    const name = `${this.story.title}: ${this.who} ${title}`;
    const began = Date.now();
    try {
      await work();
      const problems = await this.examine();
      await this.picture(title);
      this.story.count.check(name, problems);
    } catch (error) {
      await this.picture(`${title} FAILED`);
      const text = await this.page.locator('body').innerText().catch(() => '');
      this.story.count.fail(name, [
        error.message.split('\n').slice(0, 6).join(' '),
        `at ${this.page.url()}`,
        ...this.watcher.problems(),
        `the page says: ${text.replace(/\s+/g, ' ').slice(0, 600)}`,
      ]);
      throw new StoryEnded(name);
    }
    return Date.now() - began;
  }

  async examine() {
    const { story, page, watcher } = this;
    if (!page.url().startsWith(story.server.base)) return watcher.problems();
    const response = this.lastDocument;
    const html = response ? await response.text().catch(() => null) : null;
    this.lastDocument = null;
    const { found } = await examine({ page, watcher, variant: story.variant, checker: story.checker, seen: story.seen, html });
    return found;
  }

  async picture(title) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    const file = `${this.story.title} ${this.who} ${title}`.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 120);
    await this.page.screenshot({ path: join(folder, `${file}.png`), fullPage: true });
  }

  // Whatever leads to another page is followed until that page is there.
  async settle(action) {
    const remember = (response) => {
      const request = response.request();
      const type = response.headers()['content-type'] ?? '';
      if (request.isNavigationRequest() && request.frame() === this.page.mainFrame() && type.includes('text/html')) {
        this.lastDocument = response;
      }
    };
    this.page.on('response', remember);
    try {
      await action();
      await this.page.waitForLoadState('load');
    } finally {
      this.page.off('response', remember);
    }
  }

  async visit(path, status = 200) {
    await this.settle(async () => {
      this.watcher.expectStatus(status === 200 ? null : status);
      const response = await this.page.goto(new URL(path, this.story.server.base).href);
      if (response.status() !== status) throw new Error(`${path} answers ${response.status()}, wanted ${status}`);
    });
  }

  // The control with this label: exactly these words first, then a label that begins with them.
  async control(label, within) {
    const scope = within ? this.page.getByRole('group', { name: within }) : this.page;
    for (const found of [scope.getByLabel(label, { exact: true }), scope.getByLabel(label)]) {
      const visible = found.filter({ visible: true });
      if (await visible.count()) return visible.first();
    }
    await scope.getByLabel(label).first().waitFor();
    return scope.getByLabel(label).first();
  }

  async fill(label, value, within) {
    this.actions += 1;
    await (await this.control(label, within)).fill(value);
  }

  async choose(label, within) {
    this.actions += 1;
    const scope = within ? this.page.getByRole('group', { name: within }) : this.page;
    const exact = scope.getByLabel(label, { exact: true });
    await ((await exact.count()) ? exact : scope.getByLabel(label)).first().check({ force: true });
  }

  async select(label, option) {
    this.actions += 1;
    await (await this.control(label)).selectOption({ label: option });
  }

  // file: a path, or { name, mimeType, buffer }
  async upload(label, file) {
    this.actions += 1;
    const fields = this.page.locator('input[type=file]');
    const exact = fields.and(this.page.getByLabel(label, { exact: true }));
    await ((await exact.count()) ? exact : fields.and(this.page.getByLabel(label))).first().setInputFiles(file);
  }

  // A button or a link by its words; `within` narrows to a row, section or article that has these words.
  async click(name, { role, within, exact = false } = {}) {
    this.actions += 1;
    const scope = within
      ? this.page.locator('tr, li, section, article, fieldset, dl > div, form').filter({ hasText: within }).last()
      : this.page;
    const roles = role ? [role] : ['button', 'link', 'tab', 'menuitem'];
    const candidates = [];
    for (const strict of exact ? [true] : [true, false]) {
      for (const one of roles) candidates.push(scope.getByRole(one, { name, exact: strict }).filter({ visible: true }));
    }
    candidates.push(scope.locator('summary').filter({ hasText: name }));
    let target = null;
    for (const candidate of candidates) {
      if (await candidate.count()) {
        target = candidate.first();
        break;
      }
    }
    await this.settle(() => (target ?? candidates[0]).click());
  }

  // One of the acts that stand folded beside a case or a licence, with what its form asks for by label; several values fill
  // the fields of that label from the first on. `chosen` are choices by their words.
  async act(label, values = {}, chosen = []) {
    const { page } = this;
    const fold = page.locator('details.act').filter({ has: page.locator('summary').getByText(label, { exact: true }) }).first();
    await fold.waitFor();
    if (!(await fold.evaluate((d) => d.open))) await fold.locator('summary').click();
    for (const [field, given] of Object.entries(values)) {
      for (const [n, value] of [given].flat().entries()) {
        const control = fold.getByLabel(field).nth(n);
        if ((await control.evaluate((e) => e.localName)) === 'select') await control.selectOption({ label: value });
        else await control.fill(value);
        this.actions += 1;
      }
    }
    for (const choice of chosen) await fold.getByLabel(choice).first().check({ force: true });
    this.actions += 1 + chosen.length;
    await this.settle(() => fold.getByRole('button', { name: label, exact: true }).click());
  }

  // The acts that are offered, by the words on them.
  async acts() {
    return this.page.locator('details.act > summary').allInnerTexts();
  }

  async press(keys) {
    this.actions += 1;
    await this.settle(() => this.page.keyboard.press(keys));
  }

  async see(...texts) {
    for (const text of texts) await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  async notSee(...texts) {
    for (const text of texts) {
      if (await this.page.getByText(text).filter({ visible: true }).count()) throw new Error(`the page shows ${text}`);
    }
  }

  // Waits for something the server does by itself (an issued licence, a message): loads the page anew until it is there.
  async seeSoon(text, milliseconds = 15_000) {
    const end = Date.now() + milliseconds;
    while (!(await this.page.getByText(text).filter({ visible: true }).count())) {
      if (Date.now() > end) throw new Error(`${text} did not appear within ${milliseconds} ms`);
      await this.page.waitForTimeout(300);
      await this.settle(() => this.page.reload());
    }
  }

  at(pattern) {
    const { pathname, search } = new URL(this.page.url());
    const match = (pathname + search).match(pattern);
    if (!match) throw new Error(`the address is ${pathname + search}, wanted ${pattern}`);
    return match;
  }

  // The text of the first match of a selector, or a value by its term in a description list.
  async read(selector) {
    return (await this.page.locator(selector).first().innerText()).trim();
  }

  async readTerm(term) {
    const row = this.page.locator('dl > div, dl').filter({ has: this.page.locator('dt', { hasText: term }) }).last();
    return (await row.locator('dd').first().innerText()).trim();
  }

  // Fetches a file the way the browser would (with its cookies): { status, type, body }.
  async download(path) {
    const response = await this.context.request.get(new URL(path, this.story.server.base).href);
    return { status: response.status(), type: response.headers()['content-type'] ?? '', body: await response.body() };
  }

  async hrefOf(name) {
    return this.page.getByRole('link', { name }).first().getAttribute('href');
  }
}

export class StoryEnded extends Error {}
