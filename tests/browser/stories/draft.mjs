// Leaving midway keeps a draft; sending twice makes one case.
import { photo } from '../lib/pictures.mjs';

export const name = 'a draft is kept, sending twice makes one case';

export async function run(story) {
  const lin = await story.actor('person');
  let draft;
  let before;
  const passports = () => lin.page.getByRole('link', { name: '普通护照签发' }).count();
  await lin.step('has what she had', async () => {
    await lin.visit('/me/cases');
    before = await passports();
  });
  await lin.step('begins and leaves midway', async () => {
    await lin.visit('/search?q=办护照');
    await lin.click('普通护照签发');
    await lin.click('在线办理');
    await lin.choose('首次申请');
    await lin.choose('我本人，已满十六周岁');
    await lin.choose('不是');
    await lin.click('继续');
    [, draft] = lin.at(/^(\/apply\/\d+)/);
    await lin.choose('学习');
    await lin.fill('前往国家或者地区', '留学目的地');
    await lin.click('先保存，以后再填');
  });
  const again = await story.actor('person');
  await again.step('finds the draft on another device and goes on', async () => {
    await again.visit('/me/cases');
    await again.click('普通护照签发');
    again.at(new RegExp(`^${draft}`));
    await again.visit(`${draft}/form/trip`);
    if ((await again.page.locator('[name=destination]').inputValue()) !== '留学目的地') throw new Error('what was filled in is lost');
    await again.click('保存并继续');
    await again.choose('到窗口领取');
    await again.click('保存并继续');
    await again.choose('我承诺以上填写和上传的内容真实');
    await again.click('保存并继续');
    await again.upload('近期免冠照片', photo());
    await again.click('保存并继续');
    await again.page.locator('input[name=slot]:not([disabled])').nth(1).check({ force: true });
    await again.click('预约并继续');
    again.at(/summary$/);
  });
  await lin.step('opens the summary on the first device as well', async () => {
    await lin.visit(`${draft}/summary`);
    await lin.see('确认提交');
  });
  let number;
  await again.step('sends', async () => {
    await again.click('确认提交');
    number = await again.readTerm('办件编号');
  });
  await lin.step('sends the same once more and sees the same case', async () => {
    await lin.click('确认提交');
    await lin.see(number);
    await lin.visit('/me/cases');
    const n = (await passports()) - before;
    if (n !== 1) throw new Error(`there are ${n} new cases`);
  });
}
