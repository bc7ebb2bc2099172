// The main job: from search to a licence anyone can verify.
import { photo } from '../lib/pictures.mjs';

export const name = 'from search to a licence anyone can verify';

const NEWCOMER = { name: '余清和', number: '780101198505200162', mobile: '13900000115', password: 'cha-xun-ban-shi-2026' };

export async function run(story) {
  const yu = await story.actor('anonymous');
  let guide;

  await yu.step('finds the passport in plain words', async () => {
    await yu.visit('/');
    await yu.fill('搜索服务', '办护照');
    await yu.click('搜索', { role: 'button' });
    await yu.see('普通护照签发');
  });

  await yu.step('reads the guide', async () => {
    await yu.click('普通护照签发');
    [guide] = yu.at(/^\/items\/\d+/);
    await yu.see('谁能办', '申请材料', '近期免冠照片', '办理条件', '设定依据');
  });

  await yu.step('is led to sign in, and asks for a code to register', async () => {
    await yu.click('在线办理');
    yu.at(/^\/sign-in\?next=/);
    await yu.click('注册', { role: 'link' });
    await yu.fill('手机号码', NEWCOMER.mobile);
    await yu.click('获取验证码');
    await yu.see(/139\*{4}0115|13900000115/);
  });

  await yu.step('registers with the code from the message', async () => {
    const form = yu.page.url();
    await yu.visit('/demo/outbox');
    const text = await yu.page.locator('li.message .pre', { hasText: '验证码' }).first().innerText();
    const [code] = /\d{6}/.exec(text);
    await yu.visit(form);
    await yu.fill('短信验证码', code);
    await yu.fill('姓名', NEWCOMER.name);
    await yu.fill('公民身份号码', NEWCOMER.number);
    await yu.fill('密码', NEWCOMER.password);
    await yu.choose('我已阅读并同意隐私说明');
    await yu.click('注册', { role: 'button' });
    await yu.see(NEWCOMER.name);
  });

  await yu.step('answers the questions of the situation', async () => {
    await yu.visit(guide);
    await yu.click('在线办理');
    await yu.choose('首次申请');
    await yu.choose('我本人，已满十六周岁');
    await yu.choose('不是');
    await yu.click('继续');
    yu.at(/^\/apply\/\d+/);
  });

  await yu.step('gets a form with what is known already', async () => {
    await yu.click('返回', { role: 'link' });
    const value = (field) => yu.page.locator(`[name=${field}]`).inputValue();
    if ((await value('name')) !== NEWCOMER.name || (await value('birth')) !== '1985-05-20') throw new Error('what is known is not filled in');
    await yu.see('人口基础信息');
    await yu.fill('姓名拼音', 'YU QINGHE');
    await yu.click('保存并继续');
    await yu.choose('旅行');
    await yu.click('保存并继续');
    await yu.choose('到窗口领取');
    await yu.click('保存并继续');
    await yu.choose('我承诺以上填写和上传的内容真实');
    await yu.click('保存并继续');
  });

  await yu.step('uploads the only document that remains', async () => {
    yu.at(/^\/apply\/\d+\/materials/);
    await yu.see('免提交', '居民户口簿');
    await yu.upload('近期免冠照片', photo());
    await yu.click('保存并继续');
  });

  await yu.step('books an appointment', async () => {
    yu.at(/^\/apply\/\d+\/booking/);
    await yu.page.locator('input[name=slot]:not([disabled])').first().check({ force: true });
    await yu.click('预约并继续');
  });

  let number;
  await yu.step('reads the summary and sends', async () => {
    yu.at(/^\/apply\/\d+\/summary/);
    await yu.see('旅行', 'YU QINGHE');
    await yu.click('确认提交');
    yu.at(/^\/cases\/\d+\/receipt/);
    number = await yu.readTerm('办件编号');
    await yu.see(number);
  });

  let of;
  await yu.step('follows the case', async () => {
    await yu.click('查看办理进度');
    [of] = yu.at(/^\/cases\/\d+/);
    await yu.see(number);
  });

  const open = async (officer) => {
    await officer.visit('/office/inbox');
    await officer.click(number);
  };
  const offers = async (officer, ...labels) => {
    const there = await officer.acts();
    for (const label of labels) if (!there.includes(label)) throw new Error(`${label} is not offered, only ${there}`);
  };
  const offersNot = async (officer, ...labels) => {
    const there = await officer.acts();
    for (const label of labels) if (there.includes(label)) throw new Error(`${label} is offered`);
  };

  const desk = await story.actor('desk');
  await desk.step('asks once for all that is to be corrected', async () => {
    await open(desk);
    await offersNot(desk, '准予', '不予许可');
    await desk.act('一次性告知补正', {
      需要补正的内容: ['近期免冠照片', '前往国家或者地区'],
      哪里不对: ['照片背景不是白色', '已定行程的请写明前往国家'],
    });
    await desk.see('已一次性告知申请人需要补正的全部内容。', '需要补正');
  });
  await yu.step('sees everything that is asked, and is not let through with half of it', async () => {
    await yu.visit('/me/messages');
    await yu.see(/补正/);
    await yu.visit(of);
    await yu.click('去补正');
    await yu.see('需要补正的内容已一次列全。', '照片背景不是白色', '已定行程的请写明前往国家');
    await yu.fill('前往国家或者地区', '示范国');
    yu.watcher.expectStatus(422);
    await yu.click('提交补正');
    await yu.see(/请.*近期免冠照片/);
    if ((await (await yu.control('前往国家或者地区')).inputValue()) !== '示范国') throw new Error('what was entered is lost');
  });
  await yu.step('supplies the correction', async () => {
    await yu.upload(/上传/, photo());
    await yu.click('提交补正');
    await yu.see('补正内容已提交，谢谢。');
  });
  await desk.step('cannot ask a second time, and accepts the application', async () => {
    await open(desk);
    await desk.see('示范国');
    await offersNot(desk, '一次性告知补正');
    await desk.act('受理');
    await desk.see('已受理');
  });

  const reviewer = await story.actor('reviewer');
  await reviewer.step('begins a special procedure, the clock rests', async () => {
    await open(reviewer);
    await reviewer.act('启动特别程序', { 特别程序种类: '专家评审', 预计需要的工作日: '5', 理由: '照片需要比对' });
    await reviewer.see('特别程序已启动，计时暂停。', '特别程序，暂停计时');
    await offersNot(reviewer, '转下一步');
  });
  await yu.step('sees that it rests and why', async () => {
    await yu.visit(of);
    await yu.see(/特别程序，其间暂停计时/, '照片需要比对');
  });
  await reviewer.step('ends it, the clock runs', async () => {
    await reviewer.act('结束特别程序', { 备注: '比对一致' });
    await reviewer.see('特别程序已结束，继续计时。', '继续计时');
  });
  await reviewer.step('asks for an extension and cannot approve it', async () => {
    await reviewer.act('申请延期', { 理由: '需要向原居住地核实' });
    await reviewer.see('已申请延期，由决定人答复。');
    await offersNot(reviewer, '答复延期');
  });

  const decider = await story.actor('decider');
  await decider.step('approves the extension', async () => {
    await open(decider);
    await decider.see('需要向原居住地核实');
    await decider.act('答复延期', { 备注: '情况属实，同意' });
    await decider.see('延期已批准。', '+10');
  });
  await yu.step('sees the new date', async () => {
    await yu.visit(of);
    await yu.see('同意延期');
  });
  await reviewer.step('reviews and passes it on', async () => {
    await open(reviewer);
    await reviewer.act('转下一步');
    await reviewer.see('已转下一步');
  });
  await decider.step('sends it back with a reason', async () => {
    await open(decider);
    await offers(decider, '准予', '不予许可');
    await decider.act('退回', { 理由: '请补充核实意见' });
    await decider.see('已退回。');
  });
  await reviewer.step('reads the reason and passes it on again', async () => {
    await open(reviewer);
    await reviewer.see('请补充核实意见');
    await reviewer.act('转下一步', { 备注: '原居住地公安机关回函，无不准出境情形' });
    await reviewer.see('已转下一步');
  });

  await decider.step('grants', async () => {
    await open(decider);
    await decider.act('准予', { 理由: '申请材料齐全，符合法定条件，准予签发' });
    await decider.see('已准予');
  });

  let licence, code, verifyPath;
  await yu.step('has the licence', async () => {
    await yu.visit('/me/licences');
    await yu.seeSoon('普通护照');
    await yu.click('普通护照');
    await yu.seeSoon(/^核验$/); // it is signed a moment after the decision
    licence = new URL(yu.page.url()).pathname;
    code = (await yu.readTerm('电子证照标识')).trim();
    await yu.see('YU QINGHE');
  });

  await yu.step('downloads the PDF', async () => {
    const pdf = await yu.download(`${licence}/pdf`);
    if (pdf.status !== 200 || !pdf.type.includes('pdf') || !pdf.body.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
      throw new Error(`the PDF answers ${pdf.status} ${pdf.type}`);
    }
    verifyPath = await yu.page.locator('main').getByRole('link', { name: '核验', exact: true }).getAttribute('href');
  });

  const stranger = await story.actor('anonymous');
  await stranger.step('scans the code and sees that it is genuine', async () => {
    await stranger.visit(verifyPath);
    await stranger.see('真实有效');
    await stranger.notSee(NEWCOMER.number);
  });

  const byNumber = async (verdict) => {
    await stranger.visit('/verify');
    await stranger.fill('证照编号', code);
    await stranger.fill('持证人姓名', NEWCOMER.name);
    await stranger.click('核验', { role: 'button', exact: true });
    await stranger.see(verdict);
  };
  await stranger.step('types number and name', () => byNumber('真实有效'));

  await decider.step('suspends the licence', async () => {
    await decider.visit('/office/licences');
    await decider.click(/E78\d{6}/);
    await decider.act('暂扣', { 事实和法律依据: '核查签发信息', 决定文书号: '示公出（2026）1号' });
    await decider.see('证照已暂扣');
  });
  await stranger.step('sees at once that it is suspended', () => byNumber('真实，但已暂扣'));

  await decider.step('releases it', async () => {
    await decider.act('解除暂扣', { 事实和法律依据: '核查完毕', 决定文书号: '示公出（2026）2号' });
    await decider.see('暂扣已解除');
  });
  await stranger.step('sees at once that it is valid again', () => byNumber('真实有效'));

  await yu.step('rates the case badly', async () => {
    await yu.visit(`${of}/rate`);
    await yu.choose('非常不满意');
    await yu.page.locator('input[name=bad]').first().check({ force: true });
    await yu.click('提交评价');
    await yu.see('您反映的问题会有人处理');
  });
  await reviewer.step('has a rectification with a clock', async () => {
    await reviewer.visit('/office/ratings');
    await reviewer.see(number, '非常不满意');
    await reviewer.click(number);
    await reviewer.see(/应在(\d{4}年)?\d+月\d+日前答复/);
  });
  await stranger.step('sees the sum of ratings', async () => {
    await stranger.visit('/ratings');
    await stranger.see('非常不满意');
  });

  await reviewer.step('answers the rating', async () => {
    await reviewer.act('登记核实情况', { 核实情况: '等候时间确实偏长' });
    await reviewer.act('登记整改措施', { 整改措施: '增开一个窗口' });
    await reviewer.act('答复并办结', { 给评价人的答复: '已增开窗口，感谢您的意见' }, ['已回访，评价人认可']);
  });
  await yu.step('reads the answer', async () => {
    await yu.visit('/me/messages');
    await yu.see(/已增开窗口/);
  });

  await decider.step('revokes the licence', async () => {
    await decider.act('撤销（许可违法）', { 事实和法律依据: '申请材料不实', 决定文书号: '示公出（2026）3号' });
    await decider.see('证照已撤销。');
    if ((await decider.acts()).length) throw new Error('a revoked licence can still be changed');
  });
  await stranger.step('sees at once that it is revoked, by number and by code', async () => {
    await byNumber('真实，但已撤销');
    await stranger.visit(verifyPath);
    await stranger.see('真实，但已撤销');
  });

  await yu.step('has been told of every step', async () => {
    await yu.visit('/me/messages');
    await yu.see(number, /已准予/, /暂扣/, /撤销/);
  });
  await yu.step('sees the whole way on the timeline', async () => {
    await yu.visit(of);
    await yu.see('已签发证照，目前不在有效状态，详见下方证照。');
    await yu.see('提交申请', '要求补正', '补正材料', '受理', '启动特别程序', '特别程序结束', '同意延期', '准予');
  });
}

