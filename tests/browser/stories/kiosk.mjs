// At a self-service terminal: somebody puts their card on the reader, finds a service, applies, prints; then the terminal forgets.
export const name = 'a visit at the self-service terminal';

// Readers type: digits as fast as keys can come, then Enter.
async function scan(actor, number) {
  await actor.settle(async () => {
    await actor.page.keyboard.type(number);
    await Promise.all([actor.page.waitForNavigation(), actor.page.keyboard.press('Enter')]);
  });
}

async function codeFor(story) {
  const anyone = await story.actor('anonymous');
  await anyone.visit('/demo/outbox');
  await anyone.seeSoon(/\d{6} 是您在自助终端的验证码/);
  const [code] = /(?<!\d)\d{6}(?!\d)/.exec(await anyone.page.locator('main').innerText());
  return code;
}

export async function run(story) {
  const kiosk = await story.actor('kiosk1');
  await kiosk.step('finds a service', async () => {
    await kiosk.visit('/kiosk');
    await kiosk.click('查找服务');
    await kiosk.fill('您要办什么？', '查成绩');
    await kiosk.click('搜索', { role: 'button' });
    await kiosk.click('成绩查询');
    await kiosk.see('在此申请');
    await kiosk.click('在此申请');
  });
  await kiosk.step('puts the card on the reader', async () => {
    kiosk.at(/^\/kiosk\/identify/);
    await scan(kiosk, '780101200306210050');
    kiosk.at(/^\/kiosk\/code/);
  });
  await kiosk.step('types the code from the mobile', async () => {
    await kiosk.fill('手机验证码', await codeFor(story));
    await kiosk.click('继续');
    kiosk.at(/^\/kiosk\/items\/\d+\/apply/);
  });
  await kiosk.step('fills in the form', async () => {
    await kiosk.click('继续');
    if (await kiosk.page.getByLabel('示范省职业能力水平考试').count()) await kiosk.choose('示范省职业能力水平考试');
    await kiosk.choose('我查询的是本人的成绩');
    await kiosk.click('保存并继续');
  });
  await kiosk.step('reads the summary and sends', async () => {
    kiosk.at(/^\/kiosk\/apply\/\d+\/summary/);
    await kiosk.click('确认提交');
  });
  await kiosk.step('has the answer to print', async () => {
    kiosk.at(/^\/kiosk\/cases\/\d+\/receipt/);
    await kiosk.see(/总分158/);
  });
  await kiosk.step('sees what is theirs', async () => {
    await kiosk.visit('/kiosk/me');
    await kiosk.see('成绩查询');
    await kiosk.visit(await kiosk.page.locator('main a[href^="/kiosk/cases/"]').first().getAttribute('href'));
    await kiosk.see('成绩查询');
  });
  if (story.variant.js) {
    await kiosk.step('walks away, and the terminal forgets', async () => {
      await kiosk.page.clock.install();
      await kiosk.visit('/kiosk/me');
      await kiosk.page.clock.runFor(45_000);
      await kiosk.see('您还在吗？');
      await kiosk.page.clock.runFor(20_000);
      await kiosk.see('您要办什么？');
      await kiosk.visit('/kiosk/me');
      await kiosk.see('本次办理已结束');
    });
  } else {
    await kiosk.step('says that they are done', async () => {
      await kiosk.click('办完了');
      await kiosk.visit('/kiosk/me');
      await kiosk.notSee('成绩查询');
    });
  }
}
