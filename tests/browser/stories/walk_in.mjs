// The desk receives a walk-in for another department in less than a minute of clicks.
export const name = 'a walk-in at the desk within a minute';

export async function run(story) {
  const desk = await story.actor('desk');
  let began;
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
    await desk.page.getByLabel('首次申请').check({ force: true });
    await desk.page.getByLabel('我本人，已满十六周岁').check({ force: true });
    await desk.page.getByLabel('不是', { exact: true }).check({ force: true });
    await desk.choose('旅行');
    await desk.choose('到窗口领取');
    await desk.choose('我承诺以上填写和上传的内容真实');
    await desk.choose('已收纸质件');
    await desk.click('受理并打印通知书');
    await desk.see('受理通知书');
    const seconds = (Date.now() - began) / 1000;
    console.log(`walk-in: ${desk.actions} actions, ${seconds.toFixed(1)} s`);
    if (seconds >= 60) throw new Error(`${seconds} s`);
  });
  const reviewer = await story.actor('reviewer');
  await reviewer.step('has it at once', async () => {
    await reviewer.visit('/office/inbox');
    await reviewer.see('普通护照签发');
  });
}
