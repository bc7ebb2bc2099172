// Rules that answer: what may fit, what was decided and why, and how a rule is changed.
export const name = 'decisions by rule';

export async function run(story) {
  const he = await story.actor('13900000105');
  await he.step('reads which benefits fit', async () => {
    await he.visit('/me');
    await he.see('您可能符合的政策', '困难残疾人生活补贴');
    await he.click('困难残疾人生活补贴');
    await he.see('您可能符合', '《残疾人保障法》第四十八条');
    await he.click('看看我是否符合');
  });
  await he.step('asks what if, and sees the rule', async () => {
    await he.page.getByLabel('残疾人证状态').selectOption('没有');
    await he.click('核对', { role: 'button' });
    await he.see('可能不符合条件', '没有查到有效的残疾人证', '您自己的回答');
  });

  const chen = await story.actor('13900000103');
  await chen.step('reads why a rule refused, and how to appeal', async () => {
    await chen.visit('/me/cases');
    await chen.click('城乡居民基本养老保险参保登记');
    await chen.see('由规则不予办理', '职工基本养老保险', '《社会保险法》第十条', '六十日内申请行政复议', '六个月内提起行政诉讼');
  });

  const editor = await story.actor('editor');
  await editor.step('changes a rule in the table editor', async () => {
    await editor.visit('/office/decisions');
    await editor.click('城乡居民养老保险参保核查');
    if (!story.variant.js) return;
    await editor.click('打开决策表编辑器');
    await editor.page.locator('.dmn-canvas .bjs-powered-by').first().waitFor();
    const cell = editor.page.locator('.dmn-canvas td.output-cell .content-editable').first();
    await cell.click();
    await editor.page.keyboard.press('Control+A');
    await editor.page.keyboard.type('"person"');
    await editor.page.getByLabel('英文名称').click();
    await editor.page.waitForFunction(() => !document.getElementById('xml').value.includes('"refuse"'));
  });
  await editor.step('is told which test case the change breaks', async () => {
    if (story.variant.js) {
      await editor.click('保存草稿');
      await editor.see('还不能发布', '测试用例“单位正在缴费”没有通过');
    }
  });

  const supervisor = await story.actor('supervisor');
  await supervisor.step('finds who is entitled, for a purpose', async () => {
    await supervisor.visit('/office/entitled');
    await supervisor.page.getByLabel('政策').selectOption({ label: '惠民政策清单（个人）' });
    await supervisor.click('查找', { role: 'button' });
    await supervisor.see('何秋云', '重度残疾人护理补贴');
  });
}
