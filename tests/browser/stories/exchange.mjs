// Data travels and people see it: an entry is published, a permit asked for and granted, a form filled in by it, a call
// objected to with consequences, an alarm opened.
export const name = 'data is asked for under a permit, the person objects, and it has consequences';

const ENTRY = '学历信息';
const SHOP = 'BI-0006';
const CITIZEN = '13900000111'; // 郑海川: the demonstration has calls about him by the office of natural resources

export async function run(story) {
  const steward = await story.actor('education.data');
  let entry;
  await steward.step('ends what was granted before, so that the story begins anew', async () => {
    await steward.visit('/office/exchange/permits?f=granted');
    await steward.click(ENTRY, { within: '示范区市场监督管理局' });
    await steward.act('终止授权', { 事由: '改由本部门重新授权（演示）' });
    await steward.see('已终止');
  });
  await steward.step('drafts the next version of the entry', async () => {
    await steward.visit(`/office/exchange?q=${encodeURIComponent('学历')}`);
    await steward.click(ENTRY);
    entry = new URL(steward.page.url()).pathname;
    await steward.click('编辑');
    await steward.fill('摘要', '各级各类学历的核验，含高中和专科。');
    await steward.click('保存草稿');
    await steward.act('提交审核');
  });
  const manager = await story.actor('data_manager');
  await manager.step('publishes it as the second person', async () => {
    await manager.visit(entry);
    await manager.act('发布');
    await manager.see('各级各类学历的核验，含高中和专科。');
  });

  const citizen = await story.actor(CITIZEN);
  let draft;
  await citizen.step('begins to register a shop, and nobody knows his schooling', async () => {
    await citizen.visit(`/search?q=${encodeURIComponent('个体工商户设立登记')}`);
    await citizen.click('个体工商户设立登记');
    await citizen.click('在线办理');
    for (const option of ['个人经营', '要', '自己的房屋', '不需要']) await citizen.choose(option);
    await citizen.click('继续');
    [, draft] = citizen.at(/^(\/apply\/\d+)/);
    await citizen.visit(`${draft}/form/applicant`);
    if (await citizen.page.locator('[name=education]').inputValue()) throw new Error('it was filled in without a permit');
  });

  const asks = await story.actor('market.data');
  let permit;
  await asks.step('asks for it, for the form of that service', async () => {
    await asks.visit(entry);
    await asks.click('申请使用');
    await asks.select('业务系统', '本部门事项在本平台的表单');
    await asks.fill('法律依据', '《促进个体工商户发展条例》：登记机关履行职责（演示）');
    await asks.choose('查询：返回数据');
    await asks.choose('学历层次');
    await asks.fill('适用事项', SHOP);
    await asks.click('提交申请');
    permit = new URL(asks.page.url()).pathname;
    await asks.see('本部门审核中');
  });
  const office = await story.actor('market.decide');
  await office.step('agrees for the own office', async () => {
    await office.visit(permit);
    await office.act('本部门审核', {}, ['同意']);
  });
  await steward.step('grants it as the provider', async () => {
    await steward.visit(permit);
    await steward.act('提供方审核', {}, ['同意']);
  });
  await citizen.step('finds his schooling filled in, with its source', async () => {
    await citizen.visit(`${draft}/form/applicant`);
    if ((await citizen.page.locator('[name=education]').inputValue()) !== '专科') throw new Error('it was not filled in');
    await citizen.see(ENTRY);
  });
  await citizen.step('sees that call, and objects to another one', async () => {
    await citizen.visit('/me/exchange');
    await citizen.see(ENTRY, '您本人的申请');
    await citizen.click('提出异议', { within: '办件审查系统（演示）' });
    await citizen.see('异议已登记');
  });

  const provider = await story.actor('public-security.data');
  let objection;
  await provider.step('finds that the call should not have been made', async () => {
    await provider.visit('/office/exchange/objections');
    await provider.page.locator('main table a').last().click();
    await provider.page.waitForLoadState('load');
    objection = new URL(provider.page.url()).pathname;
    await provider.act('答复本人', {
      给异议人的答复: '该次调用没有必要，已要求对方整改（演示）',
      告知使用部门的理由: '非工作时间批量调用，超出办件需要（演示）',
    }, ['不应调用']);
    await provider.see('不应调用');
  });
  await provider.step('suspends the permit from there', async () => {
    await provider.act('暂停授权', { 暂停的理由: '核查调用是否均有必要（演示）' });
    await provider.see('已暂停');
    if ((await provider.acts()).includes('决定授权去留')) throw new Error('who suspended it could decide alone');
  });
  const consumer = await story.actor('natural-resources.data');
  await consumer.step('is told why, and says what was done', async () => {
    await consumer.visit('/office/exchange/objections?f=ours');
    await consumer.visit(objection);
    await consumer.see('非工作时间批量调用');
    await consumer.notSee('该次调用没有必要');
    await consumer.act('填报整改情况', { 本部门的整改情况: '已收回该经办人的查询权限（演示）' });
  });
  await manager.step('ends the permit as the second person', async () => {
    await manager.visit(objection);
    await manager.act('决定授权去留', { 事由: '用途不当，终止（演示）' }, ['终止授权']);
    await manager.see('已终止', '已收回该经办人的查询权限');
  });
  await citizen.step('reads what came of it', async () => {
    await citizen.visit('/me/exchange');
    await citizen.see('该次调用没有必要', '不应调用', /该类调用的授权已于/);
  });

  const supervisor = await story.actor('supervisor');
  await supervisor.step('opens an alarm and the calls that raised it', async () => {
    await supervisor.visit('/office/exchange/alarms');
    for (let i = 0; i < 40 && !(await supervisor.page.locator('main table a').count()); i += 1) {
      await supervisor.page.waitForTimeout(3000);
      await supervisor.visit('/office/exchange/alarms');
    }
    await supervisor.click('非工作时间查询');
    await supervisor.see('触发预警的调用', 'SH-02');
    await supervisor.notSee('780101197510030116'); // numbers are masked
    await supervisor.act('认领');
  });
  await supervisor.step('looks at one of them', async () => {
    await supervisor.page.locator('section table a').first().click();
    await supervisor.page.waitForLoadState('load');
    await supervisor.see('调用编号', '不动产登记');
  });
}
