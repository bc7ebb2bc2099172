// A signed-in person withdraws from the housing fund: at most eight actions, in less than a minute.
export const name = 'housing fund within a minute';

export async function run(story) {
  const chen = await story.actor('13900000103');
  let began;
  await chen.step('asks for it', async () => {
    await chen.visit('/');
    began = Date.now();
    chen.actions = 0;
    await chen.click('提公积金', { role: 'link' });
    await chen.see('住房公积金提取');
    await chen.click('在线办理');
  });
  await chen.step('says why, and finds the form filled in', async () => {
    await chen.choose('付房租');
    await chen.click('继续');
  });
  await chen.step('declares, reads the summary and sends', async () => {
    if (/\/form\//.test(chen.page.url())) {
      await chen.choose('我承诺提取原因真实');
      await chen.click('保存并继续');
    }
    chen.at(/^\/apply\/\d+\/summary/);
    await chen.click('确认提交');
    chen.at(/^\/cases\/\d+\/receipt/);
    const seconds = (Date.now() - began) / 1000;
    console.log(`housing fund: ${chen.actions} actions, ${seconds.toFixed(1)} s`);
    if (chen.actions > 8) throw new Error(`${chen.actions} actions`);
    if (seconds >= 60) throw new Error(`${seconds} s`);
    await chen.see('办件编号');
  });
}
