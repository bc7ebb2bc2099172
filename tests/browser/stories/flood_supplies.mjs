// Forms without code: from nothing to a form, a flow through two departments and a service that people use (防汛物资需求填报).
// Counts clicks and keys and asserts that a person would have needed less than ten minutes; `./dev film` films it.
import { PersonTime } from '../lib/person_time.mjs';
import { photo } from '../lib/pictures.mjs';

export const name = 'a form without code, through two departments';

const GOAL_SECONDS = 600;
const NAME = '防汛物资需求填报', FLOW = '防汛物资调拨';

export async function run(story) {
  const wide = story.variant.width > 600;
  const time = new PersonTime(story.film);
  const editor = await story.actor('editor');
  const on = (selector) => editor.page.locator(selector);

  // The line below a page or a group: words, kind, and whether it must be answered.
  const add = async (into, label, kind, must = true) => {
    const form = on(`form:has(input[name=into][value="${into}"])`);
    await time.type(editor, form.locator('input[name=label]'), label);
    if (kind) await time.pick(editor, form.locator('select[name=kind]'), kind);
    if (!must) await time.tick(editor, form.locator('input[name=required]'), false);
    await time.press(editor, form.locator('button[type=submit]'));
    await editor.page.locator('main a', { hasText: label }).or(editor.page.locator('main h1', { hasText: label })).first().waitFor();
  };
  const choices = async (words) => {
    await time.type(editor, '选项', words.join('\n'));
    await time.click(editor, '保存草稿', { role: 'button' });
  };

  await editor.step('begins a form', async () => {
    await editor.visit('/office');
    await time.click(editor, '表单', { role: 'link', exact: true });
    await time.click(editor, '新建表单');
    await time.type(editor, '表单名称', NAME);
    await time.type(editor, '英文名称', 'Flood supplies');
    await time.click(editor, '建立草稿', { role: 'button' });
    await editor.see('草稿已建立');
  });
  await editor.step('adds the questions', async () => {
    await add('page:page-1', '填报层级', '单选');
    await choices(['县', '乡镇']);
    await add('page:page-1', '所在区划', '行政区划');
    await add('page:page-1', '具体地点');
    await add('page:page-1', '联系人');
    await add('page:page-1', '联系手机', '手机号码');
    await add('page:page-1', '需求物资', '可重复的组');
  });
  await editor.step('adds what stands in each row of the group', async () => {
    await add('group:field_6', '物资种类', '单选');
    await choices(['沙袋', '水泵', '编织袋']);
    await add('group:field_6', '数量', '整数');
    await add('group:field_6', '现场照片', '文件（照片或者 PDF）', false);
    await editor.see('可重复的组');
  });
  await editor.step('moves a question with the keyboard', async () => {
    await on('button[value="up:field_4"]').focus();
    await editor.press('Enter');
    await editor.page.locator('.build-list > .build-row:nth-child(3)', { hasText: '联系人' }).waitFor();
  });
  await editor.step('tries it and reads what a person would be told', async () => {
    await time.click(editor, '试填', { role: 'link' });
    await time.press(editor, on('form.phone > button[name=go]').last());
    await editor.see('办事人会看到这些提示', /填报层级/);
    await editor.page.goBack();
    if (!(await on('form[action$="/review"]').count())) await editor.page.goBack();
  });
  await editor.step('sends it to review and cannot publish it', async () => {
    await time.click(editor, '送审', { role: 'button' });
    await editor.see('已提交审核');
    if ((await editor.acts()).includes('发布')) throw new Error('the author is offered to publish');
  });

  await editor.step('makes the flow through two departments from a template', async () => {
    await time.click(editor, '办理流程', { role: 'link', exact: true });
    await time.click(editor, '新建流程');
    await time.type(editor, '流程名称', FLOW);
    await time.tick(editor, editor.page.getByLabel(/^两部门并联办理/));
    await time.pick(editor, on('#department'), '示范区水务局');
    await time.click(editor, '建立草稿', { role: 'button' });
    await time.press(editor, on('button[name=go][value=review]'));
    await editor.see('待审核');
  });

  let item;
  await editor.step('makes a service of both', async () => {
    await time.click(editor, '事项目录', { role: 'link', exact: true });
    await time.click(editor, '新增事项');
    await time.type(editor, '事项名称', NAME);
    await time.type(editor, '编码', 'FX-2026-01');
    await time.pick(editor, '事项类型', '公共服务');
    await time.tick(editor, editor.page.getByLabel('个人', { exact: true }).first());
    await time.pick(editor, '部门', '示范区应急管理局');
    await time.press(editor, on('main form button[type=submit]').last());
    [, item] = editor.at(/^\/office\/catalogue\/(\d+)/);
    await time.pick(editor, on('#own_form'), `${NAME} (尚未发布)`);
    await time.pick(editor, on('#own_process'), `${FLOW} (尚未发布)`);
    await time.press(editor, on('button[value=review]'));
    await editor.see('已提交审核');
  });

  const second = await story.actor('supervisor');
  await second.step('does not get the service published before its form', async () => {
    await second.visit(`/office/catalogue/${item}/review`);
    second.watcher.expectStatus(409);
    await second.act('发布');
    await second.see(/还没有生效的版本/);
    second.watcher.expectStatus(null);
  });
  await second.step('publishes form, flow and service', async () => {
    await second.visit('/office');
    for (const [list, word] of [['表单', NAME], ['办理流程', FLOW]]) {
      await time.click(second, list, { role: 'link', exact: true });
      await time.click(second, word, { role: 'link' });
      await time.press(second, second.page.locator('details.act-main button[type=submit]'));
      await second.see('已发布');
    }
    await time.click(second, '事项目录', { role: 'link', exact: true });
    await time.click(second, '待审核', { role: 'link' });
    await time.click(second, NAME, { role: 'link' });
    await time.press(second, second.page.locator('details.act-main button[type=submit]'));
    await second.see('已发布');
  });
  if (wide) {
    story.count.check(`${story.title}: ready in under ten minutes`, time.seconds < GOAL_SECONDS ? [] : [`a person would need ${time.seconds.toFixed(0)} s`]);
    console.log(`flood supplies: ${time.acts} acts, ${time.clicks} clicks, ${time.keys} keys; hands ${time.hands.toFixed(0)} s, program ${time.program.toFixed(1)} s, together ${time.seconds.toFixed(0)} s`);
  }

  const person = await story.actor('person');
  let number;
  await person.step('applies by it', async () => {
    await person.visit(`/items/${item}`);
    await time.click(person, '在线办理');
    if (/\/items\//.test(person.page.url())) await time.click(person, '继续', { role: 'button' });
    await time.tick(person, person.page.getByLabel('县', { exact: true }));
    await time.type(person, '所在区划', '780101');
    await time.type(person, '联系人', '张晓岚');
    await time.type(person, '具体地点', '和风街道沿江段');
    await time.type(person, '联系手机', '13900000101');
    await time.tick(person, person.page.getByLabel('沙袋', { exact: true }).first());
    await time.type(person, person.page.locator('[name="field_6.0.field_2"]'), '2000');
    await time.click(person, '再加一条', { role: 'button' });
    await time.tick(person, person.page.getByLabel('水泵', { exact: true }).nth(1));
    await time.type(person, person.page.locator('[name="field_6.1.field_2"]'), '1.5');
    await time.file(person, person.page.locator('input[type=file]').nth(1), photo());
    await person.click('保存并继续', { role: 'button' });
    await person.see('请填写整数。');
    // The file that came with a wrong page is kept.
    await person.see(/移除/);
    await time.type(person, person.page.locator('[name="field_6.1.field_2"]'), '6');
    await time.click(person, '保存并继续', { role: 'button' });
    await person.see('核对并提交');
    const confirm = person.page.getByLabel(/我确认|确认/).first();
    if (await confirm.count()) await time.tick(person, confirm);
    await time.click(person, '确认提交', { role: 'button' });
    number = await person.readTerm('办件编号');
  });

  const open = async (actor) => {
    await actor.visit('/office/inbox');
    await time.click(actor, number);
  };
  const desk = await story.actor('desk');
  await desk.step('accepts', async () => {
    await open(desk);
    await desk.see('2000', '和风街道沿江段');
    await desk.act('受理');
  });
  const water = await story.actor('water.review');
  await water.step('of the second department sees the rows and the photo, and gives its opinion', async () => {
    await open(water);
    await water.see('2000', '水泵', /现场照片/);
    await water.act('同意');
  });
  const reviewer = await story.actor('emergency.review');
  await reviewer.step('of the first department passes it on', async () => {
    await open(reviewer);
    await reviewer.act('转下一步');
  });
  const decider = await story.actor('emergency.decide');
  await decider.step('grants', async () => {
    await open(decider);
    await decider.act('准予', { 理由: '需求属实，同意调拨' });
    await decider.see('已准予');
  });
  await person.step('reads the answer', async () => {
    await person.visit('/me/cases');
    await person.see(NAME);
  });
}
