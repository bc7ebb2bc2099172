// A person has the account closed and is erased: asked with the password, confirmed by two officers.
import { passwordOf } from '../wiring.mjs';

export const name = 'an account is closed and its person erased';

export async function run(story) {
  const su = await story.actor('declared');
  await su.step('asks for it, not without the password', async () => {
    await su.visit('/me/profile');
    await su.click('注销账号并删除个人信息');
    await su.see('没有。两名工作人员确认后，全部删除。');
    su.watcher.expectStatus(422);
    await su.fill('现在的密码', 'not-the-password');
    await su.click('注销账号并删除个人信息', { role: 'button' });
    await su.see('密码不正确。');
  });
  await su.step('asks for it with the password', async () => {
    await su.fill('现在的密码', passwordOf(story.server.folder));
    await su.click('注销账号并删除个人信息', { role: 'button' });
    await su.see('您已提出申请。', '撤回申请');
  });
  const first = await story.actor('security');
  let request;
  await first.step('confirms as the first officer', async () => {
    await first.visit('/office/erasures');
    await first.click(/^(\d{4}年)?\d+月\d+日/);
    request = new URL(first.page.url()).pathname;
    await first.see('苏雨桐', '待第一人确认');
    await first.act('确认删除');
    await first.see('已确认，还需另一名工作人员确认。', '待第二人确认');
    if ((await first.acts()).includes('确认删除')) throw new Error('one officer could confirm twice');
  });
  await su.step('still has the account', async () => {
    await su.visit('/me');
    await su.see('苏雨桐');
  });
  const second = await story.actor('auditor');
  await second.step('confirms as the second, and the person is gone', async () => {
    await second.visit(request);
    await second.act('确认删除');
    await second.see('已办理，账号已注销。', '已删除的人员');
    await second.notSee('苏雨桐');
  });
  await su.step('cannot sign in any more', async () => {
    await su.visit('/sign-in');
    su.watcher.expectStatus(422);
    await su.page.locator('main input[name=account]').fill('13900000112');
    await su.page.locator('main input[name=password]').fill(passwordOf(story.server.folder));
    await su.click('登录', { role: 'button' });
    su.at(/^\/sign-in/);
  });
}
