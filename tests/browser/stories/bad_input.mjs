// Wrong input: what is wrong is listed with links, and nothing that was entered is lost.
import { disguised, oversized, photo } from '../lib/pictures.mjs';

export const name = 'wrong input loses nothing';

export async function run(story) {
  const lin = await story.actor('person');
  const errors = async (...texts) => {
    const list = lin.page.locator('.govuk-error-summary');
    await list.waitFor();
    for (const text of texts) await list.getByText(text).first().waitFor();
    const href = await list.locator('a').first().getAttribute('href');
    if (!/^#./.test(href) || !(await lin.page.locator(`[id="${decodeURIComponent(href.slice(1))}"]`).count())) throw new Error(`the link ${href} leads nowhere`);
    if (!(await lin.page.title()).startsWith('出错')) throw new Error(`the title is ${await lin.page.title()}`);
  };
  let draft;
  await lin.step('answers nothing and is asked again', async () => {
    await lin.visit('/search?q=办护照');
    await lin.click('普通护照签发');
    await lin.click('在线办理');
    await lin.choose('首次申请');
    lin.watcher.expectStatus(422);
    await lin.click('继续');
    await errors();
    if (!(await lin.page.getByLabel('首次申请').isChecked())) throw new Error('the answer that was given is lost');
  });
  await lin.step('answers the rest', async () => {
    await lin.choose('我本人，已满十六周岁');
    await lin.choose('不是');
    await lin.click('继续');
    [, draft] = lin.at(/^(\/apply\/\d+)/);
  });
  await lin.step('leaves out what is needed', async () => {
    await lin.fill('前往国家或者地区', '很远的地方');
    await lin.click('保存并继续');
    await errors();
    if ((await lin.page.locator('[name=destination]').inputValue()) !== '很远的地方') throw new Error('what was entered is lost');
  });
  await lin.step('sends a script that calls itself a picture', async () => {
    await lin.visit(`${draft}/materials`);
    lin.watcher.expectStatus(422);
    await lin.upload('近期免冠照片', disguised());
    await lin.click('保存并继续');
    await errors('不支持这种文件');
  });
  await lin.step('sends a picture that is too large', async () => {
    await lin.upload('近期免冠照片', oversized(3));
    await lin.click('保存并继续');
    await errors(/过大|超过/);
  });
  await lin.step('sends the right one', async () => {
    await lin.upload('近期免冠照片', photo());
    await lin.click('上传并留在本页');
    await lin.see('photo.png');
  });
  await lin.step('sees in the summary what is still missing', async () => {
    await lin.visit(`${draft}/summary`);
    await lin.see('photo.png', '填写');
    await lin.notSee('确认提交');
  });
  await lin.step('asks for a page that is not there', async () => {
    await lin.visit('/items/1', 404);
    await lin.see('没有找到这个事项');
  });
}
