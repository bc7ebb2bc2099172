// What a process can wait for and who signs it, drawn without touching the text: a part whose edge hears errors and escalations, branches that signal each
// other, times of every kind, two signatures of three. Drawn by keyboard and by mouse, loaded again as it was written, tried, published; a case runs through.
import { plain } from '../lib/browser.mjs';

export const name = 'designer';
export const variants = [plain];

export async function run(story) {
  const editor = await story.actor('editor');
  const { page } = editor;
  const chosen = page.locator('#p-element');
  let path;

  const ready = () => page.locator('.process-canvas .bjs-powered-by').waitFor();
  const choose = (id) => chosen.selectOption(id);
  const put = async (field, value) => {
    const control = page.locator(`#p-${field}`);
    if ((await control.evaluate((el) => el.localName)) === 'select') await control.selectOption(value);
    else {
      await control.fill(value);
      await control.blur();
    }
  };
  // One more behind the chosen element or at its edge; the id of what was made, which is chosen then.
  const add = async (kind, label) => {
    await page.locator('#p-more').selectOption(kind);
    await page.locator('[data-process-more-go]').click();
    await put('name', label);
    return chosen.inputValue();
  };
  const step = async (label, acts, role) => {
    await editor.click('在其后加一步');
    await put('name', label);
    await doActs(acts);
    await put('role', role);
    return chosen.inputValue();
  };
  const doActs = async (acts) => {
    for (const act of ['转下一步', '退回', '特别程序', '申请延期', '同意', '不同意']) {
      const box = page.getByLabel(act, { exact: true }).filter({ visible: true }).first();
      if (acts.includes(act)) await box.check({ force: true });
      else await box.uncheck({ force: true });
    }
  };
  const leadTo = async (from, to) => {
    await choose(from);
    await page.locator('#p-way').selectOption(to);
    await page.locator('[data-process-way-go]').click();
  };
  // The flow between two elements, chosen.
  const between = async (from, to) => {
    const id = await page.waitForFunction(([a, b]) => {
      const xml = new DOMParser().parseFromString(document.getElementById('xml').value, 'text/xml');
      return [...xml.getElementsByTagNameNS('*', 'sequenceFlow')].find((f) => f.getAttribute('sourceRef') === a && f.getAttribute('targetRef') === b)?.id;
    }, [from, to]);
    await choose(await id.jsonValue());
  };
  const written = () => page.locator('#xml').inputValue();
  const settled = async (pattern) => {
    await page.waitForFunction((p) => new RegExp(p).test(document.getElementById('xml').value), pattern.source);
  };
  // Of the chosen element, by the menu beside it. The editor takes the first click behind a drag for its end.
  const makeIt = async (entry) => {
    const menu = page.locator(`.djs-popup [data-id="${entry}"]`);
    for (let i = 0; i < 3 && !(await menu.count()); i += 1) {
      await page.locator('.djs-context-pad [data-action=replace]').click();
      await page.waitForTimeout(200);
    }
    await menu.click();
  };
  const change = async (id, entry) => {
    await choose(id);
    await makeIt(entry);
  };

  await editor.step('begins a new version', async () => {
    await editor.visit('/office/processes');
    await editor.click('一审一决');
    [path] = editor.at(/^\/office\/processes\/\d+/);
    await editor.visit(`${path}/edit`);
    await ready();
  });

  let reminder, check, send, hear, split, join, first, second, error, escalation, sign;
  await editor.step('draws branches that signal each other', async () => {
    await between('review', 'decide');
    split = await add('behind:split', '分头');
    await between(split, 'decide');
    check = await step('复核', ['转下一步'], 'reviewer');
    send = await add('behind:throw', '复核完毕');
    await put('signal', '复核完毕');
    await put('heard', 'own');
    join = await add('behind:split', '会合');
    await choose(split);
    hear = await add('behind:catch', '等复核');
    await leadTo(hear, join);
    await editor.see(/等复核：/);
    await choose(hear);
    if (await page.locator('#p-heard').isVisible()) throw new Error('what waits for a signal says who hears it');
    await put('signal', '没有人发');
    await editor.see('等复核 等待的信号，本流程和其他流程都不会发出');
    await put('signal', '复核完毕');
    await editor.see('没有错误，可以提交审核。');
    if (((await written()).match(/<(bpmn:)?signal /g) ?? []).length !== 1) throw new Error('a signal that nothing refers to is left');
  });
  await editor.step('gives the second look a last day', async () => {
    await choose('receive');
    if (await page.locator('#p-limit').isVisible()) throw new Error('a step that accepts is given a limit of its own');
    await choose(check);
    await put('limit', '3');
    await settled(/tongban:limit="3"/);
    const last = await add('edge:timer', '最迟');
    await put('clock', 'date');
    await put('date', '2031-05-06T09:30');
    await leadTo(last, send);
    await settled(/2031-05-06T09:30:00\+08:00/);
  });
  // A part with one step; chosen is that step.
  const drawPart = async (label, what) => {
    await between(first ?? join, 'decide');
    const part = await add('behind:part', label);
    const start = await page.waitForFunction((id) => {
      const xml = new DOMParser().parseFromString(document.getElementById('xml').value, 'text/xml');
      return [...xml.getElementsByTagNameNS('*', 'startEvent')].find((s) => s.parentNode.id === id)?.id;
    }, part);
    await choose(await start.jsonValue());
    await step(what, ['转下一步'], 'reviewer');
    return part;
  };
  await editor.step('draws a part that raises an escalation, and hears it at its edge', async () => {
    const part = await drawPart('核查', '实地看');
    const look = await chosen.inputValue();
    await add('behind:raise', '报告上级');
    await put('escalation', 'REPORT');
    await editor.see('“报告上级”发出的上报在本流程中无处接收。').catch(() => {});
    await add('behind:end', '看过');
    await choose(part);
    escalation = await add('edge:escalation', '上报');
    await put('escalation', 'REPORT');
    first = part;
    reminder = look;
  });
  await editor.step('adds a reminder that rings again, by keyboard alone', async () => {
    await choose(reminder);
    await page.locator('#p-more').focus();
    for (let i = 0; i < 20 && (await page.locator('#p-more').inputValue()) !== 'edge:timer'; i += 1) await page.keyboard.press('ArrowDown');
    await editor.press('Tab');
    await editor.press('Enter');
    await page.keyboard.type('每日提醒');
    reminder = await chosen.inputValue();
    await put('clock', 'again');
    await put('wait', '1');
    await put('times', '3');
    await page.getByLabel('中断所在环节').uncheck({ force: true });
    await editor.notSee('计入工作日');
    await step('知会', ['转下一步'], 'reviewer');
    await add('behind:end', '已知会');
    await settled(/R3\/P1D/);
  });
  await editor.step('draws a part that ends by an error, the kind of end chosen by mouse', async () => {
    second = await drawPart('查档', '翻档案');
    const end = await add('behind:end', '查不到');
    await change(end, 'replace-with-error-end');
    await put('error', 'LOST');
    await leadTo(escalation, second);
    await settled(/errorCode="LOST"/);
  });
  await editor.step('puts three signatures, of which two are enough', async () => {
    await between(second, 'decide');
    sign = await add('behind:step', '会签');
    await put('role', 'desk');
    await put('signers', '3');
    await put('enough', 'some');
    await put('count', '4');
    await editor.see('环节“会签”要求的签署数多于签署人数。');
    await put('count', '2');
    await settled(/numberOfCompletedInstances (>|&gt;)= 2/);
  });
  await editor.step('drags an event to the edge and makes it an error, by mouse alone', async () => {
    await page.evaluate(() => window.scrollTo(0, 0));
    await choose(second);
    const tool = await page.locator('.djs-palette [data-action="create.intermediate-event"]').boundingBox();
    const box = await page.locator(`[data-element-id="${second}"].djs-shape .djs-visual > :first-child`).first().boundingBox();
    await page.mouse.move(tool.x + 10, tool.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y + box.height - 40, { steps: 6 });
    await page.mouse.move(box.x + 60, box.y + box.height, { steps: 6 });
    await page.mouse.up();
    await page.waitForFunction((host) => {
      const xml = new DOMParser().parseFromString(document.getElementById('xml').value, 'text/xml');
      return [...xml.getElementsByTagNameNS('*', 'boundaryEvent')].some((b) => b.getAttribute('attachedToRef') === host && !b.children.length);
    }, second);
    await makeIt('replace-with-error-boundary');
    await page.locator('#p-error').waitFor();
    error = await chosen.inputValue();
    await put('name', '查不到');
    await put('error', 'LOST');
    await leadTo(error, sign);
    await editor.see('没有错误，可以提交审核。');
  });
  await editor.step('finds everything as it was written', async () => {
    const before = await written();
    await editor.click('保存草稿');
    await editor.see('草稿已保存');
    await ready();
    const rows = [
      [reminder, { clock: 'again', wait: '1', unit: 'D', times: '3' }], [send, { signal: '复核完毕', heard: 'own' }], [hear, { signal: '复核完毕' }],
      [error, { error: 'LOST' }], [escalation, { escalation: 'REPORT' }], [sign, { signers: '3', enough: 'some', count: '2', role: 'desk' }],
    ];
    for (const [id, fields] of rows) {
      await choose(id);
      for (const [field, value] of Object.entries(fields)) {
        const now = await page.locator(`#p-${field}`).inputValue();
        if (now !== value) throw new Error(`${field} of ${id} is ${now}, was ${value}`);
        if (!(await page.locator(`#p-${field}`).isVisible())) throw new Error(`${field} of ${id} is not shown`);
      }
    }
    // A change and its return: the designer writes what it has read.
    await choose(sign);
    await put('name', '会签一');
    await settled(/会签一/);
    await put('name', '会签');
    await settled(/name="会签"/);
    const lines = (xml) => xml.split('\n').map((line) => line.trim());
    const now = lines(await written()), other = now.filter((line) => !lines(before).includes(line));
    if (other.length || now.length !== lines(before).length) throw new Error(`the document is not the one that was saved: ${other.join(' | ')}`);
  });
  await editor.step('changes the kinds of time and takes that back', async () => {
    await choose(reminder);
    await put('clock', 'own');
    await put('time', '=answers.due');
    await settled(/answers\.due/);
    await put('clock', 'after');
    await put('wait', '4');
    await put('unit', 'H');
    await settled(/PT4H/);
    for (let i = 0; i < 10 && !/R3\/P1D/.test(await written()); i += 1) {
      await editor.click('撤销');
      await page.waitForTimeout(700);
    }
    await settled(/R3\/P1D/);
  });
  await editor.step('tries it', async () => {
    await editor.click('保存并试运行');
    await editor.click('以个人身份申请');
    await editor.click('受理', { exact: true });
    await editor.click('转下一步', { within: '审查' });
    await editor.see('复核');
    await editor.click('转下一步', { within: '复核' });
    await editor.click('转下一步', { within: '实地看' });
    await editor.click('转下一步', { within: '翻档案' });
    await editor.see('会签 1', '会签 3');
    await editor.click('同意', { within: '会签 1' });
    await editor.click('同意', { within: '会签 2' });
    await editor.click('准予', { exact: true });
    await editor.see('结果：准予许可。');
  });
  await editor.step('sends it to review', async () => {
    await editor.visit(path);
    await editor.click('送审', { role: 'button' });
    await editor.see('待审核');
  });
  const supervisor = await story.actor('supervisor');
  await supervisor.step('publishes it', async () => {
    await supervisor.visit(path);
    await supervisor.act('发布');
    await supervisor.see('已发布');
  });

  const chen = await story.actor('13900000103');
  let number;
  await chen.step('applies', async () => {
    await chen.visit('/');
    await chen.click('提公积金', { role: 'link' });
    await chen.click('在线办理');
    await chen.choose('付房租');
    await chen.click('继续');
    if (/\/form\//.test(chen.page.url())) {
      await chen.choose('我承诺提取原因真实');
      await chen.click('保存并继续');
    }
    await chen.click('确认提交');
    number = await chen.readTerm('办件编号');
  });
  let office;
  const does = async (login, what, act, values) => {
    const actor = await story.actor(login);
    await actor.step(what, async () => {
      if (office) await actor.visit(office);
      else {
        await actor.visit('/office/inbox');
        await actor.click(number);
        office = new URL(actor.page.url()).pathname;
      }
      await actor.act(act, values);
    });
    return actor;
  };
  await does('desk1', 'accepts', '受理');
  await does('housing-fund.review', 'reviews', '转下一步');
  await does('housing-fund.review', 'looks again, which sends the signal', '转下一步');
  await does('housing-fund.review', 'looks at the place, which raises the escalation', '转下一步');
  await does('housing-fund.review', 'looks into the archive, which ends by the error', '转下一步');
  await does('desk1', 'signs', '同意');
  await does('desk2', 'signs, which is enough', '同意');
  const decide = await does('housing-fund.decide', 'grants', '准予', { 理由: '符合条件' });
  await decide.step('sees the end', async () => {
    await decide.visit(office);
    await decide.see('准予');
  });
}
