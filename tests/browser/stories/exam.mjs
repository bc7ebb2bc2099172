// An on-the-spot item: a rule answers at once.
export const name = 'exam results at once';

export async function run(story) {
  const xu = await story.actor('13900000106');
  await xu.step('asks for the result', async () => {
    await xu.visit('/');
    await xu.fill('搜索服务', '查成绩');
    await xu.click('搜索', { role: 'button' });
    await xu.click('成绩查询');
    await xu.click('在线办理');
    if (/\/items\//.test(xu.page.url())) await xu.click('继续');
  });
  await xu.step('is answered on the receipt', async () => {
    if (await xu.page.getByLabel('示范省职业能力水平考试').count()) await xu.choose('示范省职业能力水平考试');
    await xu.choose('我查询的是本人的成绩');
    await xu.click('保存并继续');
    await xu.click('确认提交');
    xu.at(/^\/cases\/\d+\/receipt/);
    await xu.see(/总分158/);
  });
  await xu.step('finds the case completed', async () => {
    await xu.click('查看办理进度');
    await xu.see('准予', '系统按规则办结');
  });
}
