// A process from nothing to force and back: begun from a template, changed in the designer, tried, reviewed, published, compared, rolled back.
export const name = 'processes';

export async function run(story) {
  const editor = await story.actor('editor');
  let path;
  await editor.step('begins a process of two departments', async () => {
    await editor.visit('/office/processes');
    await editor.click('新建流程');
    await editor.fill('流程名称', '防汛物资需求审核');
    await editor.fill('英文名称', 'Flood supplies');
    await editor.fill('编码', 'flood-story');
    await editor.choose('两部门并联办理');
    await editor.page.locator('#department').selectOption('finance');
    await editor.click('建立草稿');
    path = editor.at(/^\/office\/processes\/\d+/)[0];
    await editor.see('没有错误，可以提交审核。');
  });
  if (story.variant.js) {
    await editor.step('adds a step and is told what it lacks', async () => {
      const { page } = editor;
      await page.locator('.process-canvas .bjs-powered-by').waitFor();
      await page.locator('#p-element').selectOption('review');
      await editor.click('在其后加一步');
      await page.locator('#p-name').fill('复核');
      await page.locator('#p-name').blur();
      for (const act of ['转下一步', '退回', '特别程序', '申请延期']) await page.getByLabel(act, { exact: true }).uncheck({ force: true });
      await editor.see('还需要补充');
      await page.getByRole('button', { name: /复核/ }).click();
      await page.getByLabel('转下一步', { exact: true }).check({ force: true });
      await editor.see('没有错误，可以提交审核。');
    });
    await editor.step('takes it back and does it again', async () => {
      const { page } = editor;
      await editor.click('撤销');
      await editor.see('还需要补充');
      await editor.click('重做');
      await editor.see('没有错误，可以提交审核。');
      await page.locator('#p-element').selectOption('decided-granted');
      await page.locator('#p-when').selectOption('act:grant');
      await page.locator('#p-element').selectOption('decide');
      if ((await page.locator('#p-role').inputValue()) !== 'decider') throw new Error('the decision has lost its role');
    });
  }
  await editor.step('tries it with simulated people', async () => {
    await editor.click('保存并试运行');
    await editor.see('试运行', '尚未开始计时');
    await editor.click('以个人身份申请');
    await editor.click('前进到下一个期限');
    await editor.see('逾期未答复，视为受理', '正在计时');
    await editor.click('转下一步', { exact: true });
    if (story.variant.js) await editor.click('转下一步', { exact: true });
    await editor.click('同意', { exact: true });
    await editor.click('准予', { exact: true });
    await editor.see('结果：准予许可。');
    await editor.click('撤销上一步');
    await editor.notSee('结果：准予许可。');
  });
  await editor.step('sends it to review and cannot publish it', async () => {
    await editor.visit(path);
    await editor.click('送审', { role: 'button' });
    await editor.see('待审核', '须由另一人审核发布');
  });

  const supervisor = await story.actor('supervisor');
  await supervisor.step('publishes it', async () => {
    await supervisor.visit(path);
    await supervisor.act('发布');
    await supervisor.see('已发布');
  });
  await editor.step('writes a second version', async () => {
    await editor.visit(path);
    await editor.click('开始新版本');
    if (story.variant.js) {
      await editor.page.locator('.process-canvas .bjs-powered-by').waitFor();
      await editor.page.locator('#p-element').selectOption('review');
      await editor.page.locator('#p-name').fill('初审');
      await editor.page.locator('#p-name').blur();
    } else {
      await editor.click('流程模型的文本');
      const area = editor.page.locator('#xml');
      await area.fill((await area.inputValue()).replace('name="审查"', 'name="初审"'));
    }
    await editor.click('保存草稿');
    await editor.see('草稿已保存');
    await editor.click('改动对比');
    await editor.see('有改动', '初审');
  });
  await editor.step('sends the second version to review', async () => {
    await editor.visit(path);
    await editor.click('送审', { role: 'button' });
  });
  await supervisor.step('publishes it and goes back to the first', async () => {
    await supervisor.visit(path);
    await supervisor.act('发布');
    await supervisor.visit(`${path}?version=1`);
    await supervisor.act('恢复使用此版本');
    await supervisor.see('旧版本自今日起重新生效。');
    await supervisor.visit(`${path}/compare?from=1&to=3`);
    await supervisor.see('两个版本没有差别。');
  });
  if (story.variant.js) {
    await editor.step('chooses the version that a call takes, and what it maps stays', async () => {
      const { page } = editor;
      await editor.visit('/office/processes');
      await editor.click('核查后决定');
      await editor.visit(`${editor.at(/^\/office\/processes\/\d+/)[0]}/edit`);
      await page.locator('.process-canvas .bjs-powered-by').waitFor();
      await page.locator('#p-element').selectOption('inspection');
      if ((await page.locator('#p-called').inputValue()) !== 'site-inspection') throw new Error('the called process is not shown');
      await page.locator('#p-version').fill('1');
      await page.locator('#p-version').blur();
      await page.waitForFunction(() => /calledElementVersion="1"/.test(document.getElementById('xml').value));
      const xml = await page.locator('#xml').inputValue();
      for (const part of [/calledElementBinding="version"/, /<tongban:out source="outcome" target="inspected"\s*\/>/]) if (!part.test(xml)) throw new Error(`the document lacks ${part}`);
      await editor.see('没有错误，可以提交审核。');
      // The table of what it is given, by the keyboard alone.
      const given = page.locator('[data-facts=call] [data-process-map=in]'), cells = given.locator('input');
      await page.locator('[data-facts=call] [data-process-map=in] + button').focus();
      await editor.press('Enter');
      await page.keyboard.type('= opinions');
      await editor.press('Tab');
      await page.keyboard.type('nothing_there');
      await editor.press('Tab');
      await editor.see(/被调用的流程没有用到：nothing_there/);
      await cells.nth(1).fill('outcome');
      await cells.nth(1).blur();
      await page.waitForFunction(() => /<tongban:in sourceExpression="opinions" target="outcome"\s*\/>/.test(document.getElementById('xml').value));
      await editor.see('没有错误，可以提交审核。');
      await given.locator('button').focus();
      await editor.press('Enter');
      await page.waitForFunction(() => !/<tongban:in /.test(document.getElementById('xml').value));
      if (!(await page.locator('[data-facts=call] [data-process-map=in] + button').evaluate((b) => b === document.activeElement))) throw new Error('the keyboard is lost with the row');
      await page.locator('#p-version').fill('77');
      await page.locator('#p-version').blur();
      await editor.see(/没有该编号的已发布版本/);
      await page.locator('#p-version').fill('');
      await page.locator('#p-version').blur();
      await page.waitForFunction(() => !/calledElementBinding/.test(document.getElementById('xml').value));
      await editor.see('没有错误，可以提交审核。');
    });
  } else {
    await editor.step('says without scripts what a call gives back', async () => {
      await editor.visit('/office/processes');
      await editor.click('核查后决定');
      const [own] = editor.at(/^\/office\/processes\/\d+/);
      await editor.visit(`${own}/edit`);
      await editor.see('调用的传入与返回', '现场核查');
      await editor.page.locator('[name="map.inspection.out.1.from"]').fill('= outcome = "agree"');
      await editor.page.locator('[name="map.inspection.out.1.to"]').fill('in_order');
      await editor.click('保存草稿');
      await editor.see('草稿已保存', '没有错误，可以提交审核。');
      if ((await editor.page.locator('[name="map.inspection.out.1.to"]').inputValue()) !== 'in_order') throw new Error('the row is not there');
    });
  }
}
