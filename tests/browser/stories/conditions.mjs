// Questions that depend on numbers and on several answers, and several files at least: built with the keyboard alone, then
// tried by a person. With scripts what an answer shows or hides follows while it is given; without, when the page is sent.
import { photo } from '../lib/pictures.mjs';

export const name = 'questions that depend on numbers';

export async function run(story) {
  const live = story.variant.js !== false;
  const editor = await story.actor('editor');
  const { page } = editor;
  const at = (selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
  const tabTo = async (selector) => {
    for (let i = 0; i < 400; i++) {
      if (await at(selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not get to ${selector}`);
  };
  const type = async (selector, text) => {
    await tabTo(selector);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  };
  const pick = async (selector, value) => {
    await tabTo(selector);
    await page.keyboard.press('Home');
    for (let i = 0; i < 40 && (await page.locator(selector).inputValue()) !== value; i++) await page.keyboard.press('ArrowDown');
    if ((await page.locator(selector).inputValue()) !== value) throw new Error(`${selector} has no ${value}`);
  };
  // `then`: what the page has that follows.
  const press = async (selector, then) => {
    await tabTo(selector);
    await editor.settle(async () => {
      await page.keyboard.press('Enter');
      await page.locator(then).first().waitFor();
    });
  };
  const add = async (label, kind) => {
    const form = 'form:has(input[value="page:page-1"])';
    await type(`${form} [name=label]`, label);
    await pick(`${form} [name=kind]`, kind);
    await press(`${form} button`, `main a:has-text("${label}"), h1:has-text("${label}")`);
  };
  const open = async (label) => {
    const href = await page.locator('.build-row a', { hasText: label }).first().getAttribute('href');
    await press(`.build-row a[href="${href}"]`, `h1:has-text("${label}")`);
  };
  const save = '.button-row button[type=submit]';

  await editor.step('begins a form with the keyboard', async () => {
    await editor.visit('/office/forms/new');
    await type('[name=name]', '转移安置登记');
    await press('main form button[type=submit]', '.build-page');
    await editor.see('草稿已建立');
  });
  await editor.step('adds the questions', async () => {
    await add('受灾人数', 'integer');
    await add('灾害类型', 'choice');
    await type('[name=choices]', '洪涝');
    await page.keyboard.press('Enter');
    await page.keyboard.type('地质灾害');
    await press(save, '.build-page');
    await add('现场照片', 'file');
    await add('转移方案', 'text');
  });
  await editor.step('asks for two photos at least', async () => {
    await open('现场照片');
    await type('[name=files_least]', '2');
    await type('[name=count]', '3');
    await press(save, '.build-page');
  });
  await editor.step('asks for the plan where many are hit, or by the kind of disaster', async () => {
    await open('转移方案');
    const people = await page.locator('select[name^="when."]').first().evaluate((e) => e.name.split('.')[1]);
    await tabTo('input[name=when][value$="=option_2"]');
    await page.keyboard.press('Space');
    await pick(`[name="when.${people}.how"]`, 'between');
    await type(`[name="when.${people}.a"]`, '50');
    await type(`[name="when.${people}.b"]`, '9');
    await tabTo('#when_how-all');
    await page.keyboard.press('ArrowDown');
    editor.watcher.expectStatus(422);
    await press(save, '.govuk-error-summary');
    await editor.see('最大值小于最小值');
    editor.watcher.expectStatus(null);
    // The summary of what is wrong has the focus; its link leads to the number.
    await press('.govuk-error-summary a', '.govuk-error-summary');
    await type(`[name="when.${people}.a"]`, '5');
    await press(save, '.build-page');
    await editor.see(/受灾人数 = 5–9 或 灾害类型 = 地质灾害/);
  });
  await editor.step('lets the kind of disaster and a tick count as one, and takes it back', async () => {
    await add('夜间', 'tick');
    await open('转移方案');
    const tick = await page.locator('input[name=when][value$="=true"]').inputValue();
    await tabTo(`input[name=when][value="${tick}"]`);
    await page.keyboard.press('Space');
    await tabTo('#when_how-any');
    await page.keyboard.press('ArrowUp');
    const kind = (await page.locator('input[name=when][value$="=option_2"]').inputValue()).split('=')[0];
    await tabTo(`input[name=when_group][value="${kind}"]`);
    await page.keyboard.press('Space');
    await tabTo(`input[name=when_group][value="${tick.split('=')[0]}"]`);
    await page.keyboard.press('Space');
    await press(save, '.build-page');
    await editor.see(/受灾人数 = 5–9 且 \(灾害类型 = 地质灾害 或 夜间 = 已勾选\)/);
    await open('转移方案');
    if (await page.locator('input[name=when_group]:checked').count() !== 2) throw new Error('the group is not shown again');
    await tabTo(`input[name=when][value="${tick}"]`);
    await page.keyboard.press('Space');
    await tabTo('#when_how-all');
    await page.keyboard.press('ArrowDown');
    await press(save, '.build-page');
    await editor.see(/受灾人数 = 5–9 或 灾害类型 = 地质灾害/);
  });
  await editor.step('tries it: nothing decides yet', async () => {
    await editor.click('试填', { role: 'link' });
    if (await page.getByLabel('转移方案').count()) throw new Error('the plan is asked for before anything decides');
  });

  const people = page.getByLabel('受灾人数'), plan = page.locator('form.phone').getByLabel('转移方案');
  const check = async () => {
    await editor.settle(() => page.locator('form.phone > button[name=go]').last().click());
  };
  if (live) {
    await editor.step('sees the question come, go and come back with what was typed', async () => {
      await people.pressSequentially('7');
      await plan.waitFor();
      if (!(await people.evaluate((e) => e === document.activeElement))) throw new Error('the focus went away');
      await plan.fill('到镇中学');
      await people.fill('3');
      await plan.waitFor({ state: 'detached' });
      await page.getByLabel('地质灾害').check({ force: true });
      await plan.waitFor();
      if ((await plan.inputValue()) !== '到镇中学') throw new Error('what was typed is lost');
      await page.getByLabel('洪涝').check({ force: true });
      await plan.waitFor({ state: 'detached' });
      await people.fill('9');
      await plan.waitFor();
    });
  } else {
    await editor.step('is asked when the page is sent', async () => {
      await people.fill('9');
      await page.getByLabel('洪涝').check({ force: true });
      await check();
      await editor.see('办事人会看到这些提示', /转移方案/);
      await plan.fill('到镇中学');
    });
  }
  await editor.step('is told that one photo is too few', async () => {
    await page.locator('form.phone input[type=file]').setInputFiles([photo()]);
    await check();
    await editor.see(/至少需要 2 个文件/);
  });
  await editor.step('gives two, and that would be accepted', async () => {
    await page.locator('form.phone input[type=file]').setInputFiles([photo(), { ...photo(), name: 'second.jpg' }]);
    await check();
    await editor.see('这样填写可以提交');
  });
}
