// The desk receives a walk-in for another department in less than a minute of clicks.
export const name = 'a walk-in at the desk within a minute';

export async function run(story) {
  const desk = await story.actor('desk');
  let began;
  let number;
  await desk.step('finds the person and the service', async () => {
    await desk.visit('/office/desk');
    began = Date.now();
    desk.actions = 0;
    await desk.fill('公民身份号码', '780101198607090013');
    await desk.fill('办事人提供的姓名', '周建平');
    await desk.click('查找', { within: '公民身份号码' });
    await desk.see('周建平');
    await desk.fill(/事项|服务/, '护照');
    await desk.click('查找', { within: /^\s*事项/ });
    await desk.click('普通护照签发');
  });
  await desk.step('checks and accepts', async () => {
    if (story.variant.js !== false) {
      // What an answer asks comes while it is given, and goes again.
      const lost = desk.page.getByLabel('遗失或者被盗的经过'), address = desk.page.locator('[name=delivery_address]');
      if (await lost.count() || await address.count()) throw new Error('asked before anything decides');
      await desk.page.getByLabel('补发（遗失或者被盗）').check({ force: true });
      await lost.waitFor();
      await desk.choose('邮寄（按收件地址寄送）');
      await address.waitFor();
    }
    await desk.page.getByLabel('首次申请').check({ force: true });
    await desk.page.getByLabel('我本人，已满十六周岁').check({ force: true });
    await desk.page.getByLabel('不是', { exact: true }).check({ force: true });
    await desk.choose('旅行');
    await desk.choose('到窗口领取');
    if (story.variant.js !== false) await desk.page.locator('[name=delivery_address]').waitFor({ state: 'detached' });
    await desk.choose('我承诺以上填写和上传的内容真实');
    await desk.choose('已收纸质件');
    await desk.click('受理并打印通知书');
    await desk.see('受理通知书');
    [number] = /[A-Z0-9-]{12,}/.exec(await desk.page.locator('main').innerText());
    const seconds = (Date.now() - began) / 1000;
    console.log(`walk-in: ${desk.actions} actions, ${seconds.toFixed(1)} s`);
    if (seconds >= 60) throw new Error(`${seconds} s`);
  });
  const reviewer = await story.actor('reviewer');
  await reviewer.step('has it at once', async () => {
    await reviewer.visit('/office/inbox');
    await reviewer.click(number);
    await reviewer.see('周建平');
    await reviewer.act('转下一步', { 备注: '属于法定不准出境人员' });
    await reviewer.see('已转下一步');
  });
  const decider = await story.actor('decider');
  await decider.step('cannot refuse without reasons', async () => {
    await decider.visit('/office/inbox');
    await decider.click(number);
    await decider.page.locator('textarea').evaluateAll((all) => all.forEach((t) => t.removeAttribute('required')));
    decider.watcher.expectStatus(422);
    await decider.act('不予许可');
    await decider.see('请写明理由。');
  });
  await decider.step('refuses', async () => {
    await decider.act('不予许可', { 理由: '属于法律规定不予签发护照的情形' });
    await decider.see('已决定不予许可，已告知申请人理由和救济途径。');
  });
  const zhou = await story.actor('13900000102');
  await zhou.step('reads the reasons and how to appeal', async () => {
    await zhou.visit('/me/cases');
    await zhou.click('普通护照签发');
    await zhou.see('不予许可', '属于法律规定不予签发护照的情形', /行政复议/, /行政诉讼/);
  });
}
