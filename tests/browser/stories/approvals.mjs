// What officers do with a task beside doing it, on real pages: 转办, 委托, 催办, 撤回, 加签, 会签, 挂起 and 恢复, 退回; what the record of the case says of each; and
// running cases that go on under a new version of their process.
import { plain } from '../lib/browser.mjs';
import { signedIn } from '../lib/seed.mjs';

export const name = 'approvals';
export const variants = [plain]; // the narrow pages are those of main_job and of the samples

const flow = (review, sign) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="urn:tongban:process" id="d" targetNamespace="t">
<process id="one-review" name="审查会签" t:en="Review and signatures" isExecutable="true">
<startEvent id="start" name="收到申请"/>
<userTask id="receive" name="受理" t:candidateGroups="desk" t:acts="accept correct reject"/>
<userTask id="${review[0]}" name="${review[1]}" t:candidateGroups="reviewer" t:acts="pass send_back special_procedure extension"/>
${sign}
<userTask id="decide" name="决定" t:candidateGroups="decider" t:whole="true" t:acts="grant refuse send_back"/>
<exclusiveGateway id="decided" name="准予？" default="decided-refused"/>
<endEvent id="granted" name="准予" t:result="granted"/><endEvent id="refused" name="不予许可" t:result="refused"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="receive"/><sequenceFlow id="f2" sourceRef="receive" targetRef="${review[0]}"/>
<sequenceFlow id="f3" sourceRef="${review[0]}" targetRef="sign"/><sequenceFlow id="f4" sourceRef="sign" targetRef="decide"/>
<sequenceFlow id="f5" sourceRef="decide" targetRef="decided"/><sequenceFlow id="decided-refused" sourceRef="decided" targetRef="refused"/>
<sequenceFlow id="f6" sourceRef="decided" targetRef="granted"><conditionExpression xsi:type="tFormalExpression">outcome = "grant"</conditionExpression></sequenceFlow>
</process></definitions>`;
const two = `<userTask id="sign" name="会签" t:candidateGroups="reviewer" t:acts="agree disagree send_back"><multiInstanceLoopCharacteristics>
<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>
<completionCondition xsi:type="tFormalExpression">numberOfCompletedInstances &gt;= 2</completionCondition></multiInstanceLoopCharacteristics></userTask>`;
const one = '<userTask id="sign" name="复核" t:candidateGroups="reviewer" t:acts="agree disagree send_back"/>';

const dayFromNow = (n) => new Date(Date.now() + 8 * 3600e3 + n * 86400e3).toISOString().slice(0, 10);

export async function run(story) {
  const api = (login) => signedIn(story.server, login);
  const writer = await api('editor');
  const checker = await api('supervisor');
  const desk = await api('desk1');
  const { processes } = await writer.ask('/office/processes');
  const { href } = processes.find((p) => p.code === 'one-review');
  const publish = async (xml) => {
    await writer.post(href, { go: 'save', xml, from: dayFromNow(0) });
    await writer.post(href, { go: 'review' });
    await checker.post(`${href}/publish`);
  };
  await publish(flow(['review', '审查'], two));

  const { items } = await desk.ask(`/search/suggest?q=${encodeURIComponent('办护照')}`);
  const found = await desk.post('/office/desk', { id_number: '78010119940318002X', name: '林晓禾', purpose: 'apply' });
  const card = { person: /person=(\d+)/.exec(found.location)[1], item: /(\d{6,})/.exec(items[0].href)[1] };
  let once = Date.now();
  const receive = async () => {
    const { location } = await desk.post('/office/desk/receive', {
      ...card, once: String((once += 1)), go: 'accept', kind: 'first', who: 'self', official: 'no', purpose: 'travel', delivery: 'pickup', declaration: '1',
      'm-photo': 'has', birth_place: '示范省', pinyin: 'LIN XIAOHE', mobile: '13900000101',
    });
    return `/office/cases/${/(\d{6,})/.exec(location)[1]}`;
  };
  const of = await receive();

  // One of the operations behind 更多操作, with what its page asks for.
  const operate = async (officer, label, values, chosen = []) => {
    await officer.click('更多操作');
    await officer.click(label, { role: 'link', exact: true });
    for (const [field, value] of Object.entries(values)) {
      const control = await officer.control(field);
      if ((await control.evaluate((e) => e.localName)) === 'select') await control.selectOption({ label: value });
      else await control.fill(value);
    }
    for (const choice of chosen) await officer.choose(choice);
    await officer.click(label, { role: 'button', exact: true });
  };
  const operations = async (officer) => officer.page.locator('.bullets a[href*="/tasks/"]').allTextContents();
  const lacks = async (officer, ...labels) => {
    const there = [...(await operations(officer)), ...(await officer.acts())];
    for (const label of labels) if (there.includes(label)) throw new Error(`${label} is offered`);
  };
  // The last entry of that title in the record says all of this.
  const recorded = async (officer, title, ...told) => {
    const entry = officer.page.locator('.timeline > li').filter({ has: officer.page.getByText(title, { exact: true }) }).last();
    const text = (await entry.innerText()).replace(/\s+/g, ' ');
    for (const words of told) if (!text.includes(words)) throw new Error(`the record says of ${title}: ${text}, without ${words}`);
  };

  const shi = await story.actor('reviewer');
  const su = await story.actor('public-security.review2');
  const pan = await story.actor('public-security.review3');
  const mao = await story.actor('decider');

  await shi.step('takes it up and hands it over', async () => {
    await shi.visit(of);
    await operate(shi, '签收', {});
    await shi.see('已签收。');
    await operate(shi, '转办给同事', { 同事: '苏棠 · public-security.review2', 事由: '今日外出核查' });
    await shi.see('已转办。');
    await recorded(shi, '转办', '交给', '苏棠', '今日外出核查');
    await lacks(shi, '转下一步', '转办给同事');
  });
  await su.step('delegates it for some days', async () => {
    await su.visit(of);
    await operate(su, '委托办理', { 同事: '潘宁 · public-security.review3', 开始日期: dayFromNow(0), 截止日期: dayFromNow(3), 事由: '参加培训' });
    await su.see('已委托。');
    await recorded(su, '委托办理', '交给', '潘宁', '开始日期', '截止日期', '参加培训');
  });
  await mao.step('urges', async () => {
    await mao.visit(of);
    await operate(mao, '催办', { 事由: '申请人急需出行' });
    await mao.see('已催办。', /催办次数/);
    await recorded(mao, '催办', '申请人急需出行');
  });
  await pan.step('acts for who delegated, takes it back, and asks one more to sign first', async () => {
    await pan.visit(of);
    await pan.act('转下一步');
    await operate(pan, '撤回', { 事由: '漏看一页材料' });
    await pan.see('已撤回，任务回到您手中。');
    await recorded(pan, '撤回', '漏看一页材料');
    await operate(pan, '加签', { 同事: '史桥 · public-security.review', 事由: '请一并核对照片' }, ['在我之前']);
    await pan.see('已加签。');
    await recorded(pan, '加签', '交给', '史桥', '在承办人之前', '请一并核对照片');
    await lacks(pan, '转下一步');
  });
  await shi.step('signs first', async () => {
    await shi.visit(of);
    await shi.act('转下一步', { 备注: '照片相符' });
  });
  await su.step('passes it on to those who sign', async () => {
    await su.visit(of);
    await su.act('转下一步');
    await su.see('已转下一步。');
  });
  await pan.step('cannot take back what another passed on, and agrees', async () => {
    await pan.visit(of);
    await lacks(pan, '撤回');
    await pan.act('同意');
    await pan.see('已表示同意。');
  });
  await shi.step('agrees as the second of three: enough', async () => {
    await shi.visit(of);
    await shi.act('同意');
    await shi.see('已表示同意。');
    await shi.see('决定');
  });
  await mao.step('holds it up, and nothing can be done', async () => {
    await mao.visit(of);
    await operate(mao, '挂起', { 事由: '等候协查回函' });
    await mao.see('办件已挂起。', '恢复之前不办理任何操作，时限照常计算。');
    await recorded(mao, '挂起', '等候协查回函');
    await lacks(mao, '准予', '退回', '挂起');
  });
  await mao.step('lets it go on and sends it back past the signatures', async () => {
    await operate(mao, '恢复', {});
    await mao.see('办件已恢复。');
    await mao.act('退回', { 退回到哪一步: '审查', 理由: '补充回函内容' }, ['改好后直接送回我这一环节']);
    await mao.see('已退回。');
    await recorded(mao, '退回此前环节', '退回到', '审查', '不再重办，办完直接返回', '补充回函内容');
  });
  await shi.step('does it again, and it comes straight back', async () => {
    await shi.visit(of);
    await shi.act('转下一步');
  });
  await mao.step('grants', async () => {
    await mao.visit(of);
    await mao.act('准予', { 理由: '符合法定条件，准予签发' });
    await mao.see('已准予');
  });

  // A new version: the review has another name, and one signs where two of three did.
  const [reviewed, signed] = [await receive(), await receive()];
  const numbers = [];
  const review = await api('public-security.review');
  for (const one of [reviewed, signed]) numbers.push((await review.ask(one)).case_no);
  await review.post(`${signed}/pass`);
  await publish(flow(['first-review', '初审'], one));
  const ye = await story.actor('supervisor');
  const rowOf = async (number, ...told) => {
    const text = await ye.page.locator('table.list tr').filter({ hasText: number }).innerText();
    for (const words of told) if (!text.includes(words)) throw new Error(`of ${number} it says ${text}, without ${words}`);
  };
  await ye.step('looks which running cases can go on under the new version', async () => {
    await ye.visit(href);
    await ye.click('迁移在办件');
    await ye.select('转到版本', '第3版');
    await ye.click('先查看');
    await rowOf(numbers[0], '保持不变：', '办件正处于', '审查');
    await rowOf(numbers[1], '保持不变：', '会签', '计数方式不同');
  });
  await ye.step('says what the review is now, and moves what can be moved', async () => {
    await ye.select('审查（review）', '初审 (first-review)');
    await ye.click('先查看');
    await rowOf(numbers[0], '可以迁移');
    await ye.click('迁移', { role: 'button', exact: true });
    await rowOf(numbers[0], '已迁移');
    await rowOf(numbers[1], '保持不变：');
    await ye.see(/已迁移办件：/);
  });
  await shi.step('goes on with it there', async () => {
    await shi.visit(reviewed);
    await shi.see('初审');
    await recorded(shi, '办件转到流程的另一版本');
    await shi.act('转下一步');
    await shi.see('复核');
  });
}
