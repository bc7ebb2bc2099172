// A person opens a restaurant: from the words people say to the package of results, with officers of each department.
import { photo } from '../lib/pictures.mjs';

export const name = 'a restaurant, from search to the package of results';

const members = [
  ['个体工商户设立登记', 'market'],
  ['食品（含保健食品）经营许可核发', 'market'],
  ['公众聚集场所投入使用、营业前消防安全检查', 'fire-rescue'],
  ['城镇污水排入排水管网许可', 'housing'],
];

export async function run(story) {
  const lin = await story.actor('13900000101');
  await lin.step('finds it in plain words', async () => {
    await lin.visit('/');
    await lin.fill('搜索服务', '开饭店');
    await lin.click('搜索', { role: 'button' });
    await lin.click('我要开餐馆');
    await lin.see('一次申请', '怎么走', '24个工作日', '11个工作日');
  });
  await lin.step('answers the questions', async () => {
    await lin.click('在线办理');
    await lin.choose('个人经营');
    await lin.choose('租来的房屋');
    await lin.choose('排进市政管网');
    await lin.choose('不立，只挂店招');
    await lin.click('继续');
  });
  await lin.step('fills in one form', async () => {
    await lin.fill('名称', '示范区小河面馆');
    await lin.fill('经营场所', '示范区和风街道8号');
    await lin.fill('经营范围', '餐饮服务');
    await lin.fill('从业人数', '4');
    await lin.fill('经营面积', '80');
    await lin.click('保存并继续');
    await lin.fill('制作哪些食品', '面食、热菜');
    await lin.fill('食品安全管理人员', '林晓禾');
    await lin.click('保存并继续');
    await lin.choose('告知承诺');
    await lin.fill('所在楼层', '1');
    await lin.fill('安全出口', '2');
    await lin.click('保存并继续');
    await lin.fill('每日污水量', '3');
    await lin.fill('预处理设施', '隔油池');
    await lin.click('保存并继续');
    await lin.choose('到窗口领取');
    await lin.click('保存并继续');
    await lin.choose('我承诺以上填写');
    await lin.click('保存并继续');
  });
  await lin.step('hands in each document once', async () => {
    await lin.see('居民身份证', '营业执照');
    for (const label of ['租赁合同', '场所平面布局图', '食品安全规章制度', '主要设备设施清单', '消防安全制度', '内部排水管网']) await lin.upload(label, photo());
    await lin.click('保存并继续');
  });
  let at;
  await lin.step('sends one application', async () => {
    await lin.see('您一次申请的事项');
    await lin.click('确认提交');
    [at] = lin.at(/^\/me\/bundles\/\d+/);
    await lin.see('等待前一事项', '办件编号');
  });
  for (const [item, department] of members) {
    let number;
    await lin.step(`sees ${item} begin`, async () => {
      for (let i = 0; i < 30; i += 1) {
        await lin.visit(at);
        number = await lin.page.evaluate((title) => {
          const li = [...document.querySelectorAll('.member')].find((m) => m.textContent.includes(title));
          return li?.querySelector('p .num')?.textContent.trim() ?? '';
        }, item);
        if (number) break;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      if (!number) throw new Error(`${item} did not begin`);
    });
    const desk = await story.actor('desk');
    await desk.step(`accepts ${item}`, async () => {
      await desk.visit('/office/inbox');
      await desk.click(number);
      await desk.see('属于一件事');
      await desk.act('受理');
    });
    const office = new URL(desk.page.url()).pathname;
    const review = await story.actor(`${department}.review`);
    await review.step(`reviews ${item}`, async () => {
      await review.visit(office);
      await review.act('转下一步');
    });
    const decide = await story.actor(`${department}.decide`);
    await decide.step(`grants ${item}`, async () => {
      await decide.visit(office);
      await decide.act('准予', { 理由: '符合条件' });
    });
  }
  await lin.step('has everything as one package', async () => {
    for (let i = 0; i < 20; i += 1) {
      await lin.visit(at);
      if (!(await lin.page.getByText('证照正在签发').count())) break;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await lin.see('已有结果 4 / 4', '食品经营许可证');
    await lin.download(`${at}/package.zip`);
  });
  const exit = await story.actor('desk');
  await exit.step('hands everything over at once', async () => {
    await exit.visit(at.replace('/me/', '/office/'));
    await exit.fill('领取人姓名', '林晓禾');
    await exit.fill('查验的身份证号码', '78010119940318002X');
    await exit.click('已一次交付全部结果');
    await exit.see('统一出件回执', '食品经营许可证');
  });
}
