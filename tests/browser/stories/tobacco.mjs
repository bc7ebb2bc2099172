// A shopkeeper acts for the shop: a tobacco retail licence.
import { photo } from '../lib/pictures.mjs';

export const name = 'tobacco licence for a firm';

export async function run(story) {
  const zhou = await story.actor('13900000102');
  let guide;
  await zhou.step('finds the service as a shopkeeper would say it', async () => {
    await zhou.visit('/');
    await zhou.fill('搜索服务', '开小卖部卖烟');
    await zhou.click('搜索', { role: 'button' });
    await zhou.click('烟草专卖零售许可证核发');
    [guide] = zhou.at(/^\/items\/\d+/);
  });
  await zhou.step('is told that it is for organisations', async () => {
    await zhou.click('在线办理');
    await zhou.see('这个事项由单位申请，请选择您代表的单位。');
  });
  await zhou.step('acts for the shop', async () => {
    await zhou.click('选择为谁办理');
    await zhou.click('示范区晨光便利店');
    await zhou.see('示范区晨光便利店');
  });
  await zhou.step('answers the questions', async () => {
    await zhou.visit(guide);
    await zhou.click('在线办理');
    await zhou.choose('有，租用');
    await zhou.choose('不在');
    await zhou.click('继续');
    zhou.at(/^\/apply\/\d+/);
  });
  await zhou.step('gives what the registers do not know', async () => {
    await zhou.choose('便利店、食杂店');
    await zhou.fill('营业面积', '45');
    await zhou.fill('用于零售的资金', '20000');
    await zhou.click('保存并继续');
    await zhou.choose('只要电子版');
    await zhou.click('保存并继续');
    await zhou.choose('我承诺填写的内容真实');
    await zhou.click('保存并继续');
  });
  await zhou.step('uploads the lease, the photo follows later', async () => {
    await zhou.see('营业执照', '免提交');
    await zhou.upload('租赁合同', photo());
    await zhou.choose('这份以后补交');
    await zhou.click('保存并继续');
  });
  let number;
  await zhou.step('sends', async () => {
    await zhou.see('92780101QD0000031M');
    await zhou.click('确认提交');
    zhou.at(/^\/cases\/\d+\/receipt/);
    number = await zhou.readTerm('办件编号');
    await zhou.see('示范区晨光便利店');
  });

  const desk = await story.actor('desk');
  await desk.step('accepts', async () => {
    await desk.visit('/office/inbox');
    await desk.click(number);
    await desk.act('受理');
    await desk.see('已受理');
  });
  const elsewhere = await story.actor('public-security.review');
  const office = new URL(desk.page.url()).pathname;
  await elsewhere.step('of another department does not find it', async () => {
    await elsewhere.visit('/office/inbox');
    await elsewhere.notSee(number);
    await elsewhere.visit(office, 404);
  });
  const reviewer = await story.actor('tobacco.review');
  await reviewer.step('passes', async () => {
    await reviewer.visit('/office/inbox');
    await reviewer.click(number);
    await reviewer.act('转下一步');
    await reviewer.see('已转下一步');
  });
  const decider = await story.actor('tobacco.decide');
  await decider.step('grants', async () => {
    await decider.visit('/office/inbox');
    await decider.click(number);
    await decider.act('准予', { 理由: '符合烟草制品零售点合理布局的要求' });
    await decider.see('已准予');
  });
  await zhou.step('finds the licence of the shop', async () => {
    await zhou.visit('/me/licences');
    await zhou.seeSoon('烟草专卖零售许可证');
  });
}
