// Rows for the crawl to look at: cases in every hand, a licence, ratings, life events, papers, numbers, drafts of what is edited. Made through the API as an app
// would. seed(server) → { start: { role: [addresses] }, half, renew }: pages that no link leads to, by who sees them; half() → the cookies of an officer who has given the
// password and not yet the second factor; renew(address) → the address under which a page that lasts for minutes is there now.
import { createHmac } from 'node:crypto';
import { doorOf, passwordOf } from '../wiring.mjs';
import { photo } from './pictures.mjs';

class Account {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
  }

  async ask(path, form) {
    const headers = { accept: 'application/json', cookie: [...this.cookies].map((c) => c.join('=')).join('; ') };
    if (form) headers['x-csrf-token'] = this.token ?? '';
    const body = form && (form instanceof FormData ? form : new URLSearchParams(form));
    const response = await fetch(this.base + path, { method: form ? 'POST' : 'GET', headers, body, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answers ${response.status} ${text.slice(0, 400)}`);
    return text ? JSON.parse(text) : {};
  }

  async post(path, form = {}) {
    this.token = (await this.ask('/api/session')).csrf;
    return this.ask(path, form);
  }

  // With a file under one name, a photo where none is given: what the fields say.
  async upload(path, fields, name, file = photo()) {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    form.append(name, new Blob([file.buffer], { type: file.mimeType }), file.name);
    return this.post(path, form);
  }
}

export async function signedIn(server, login) {
  const account = new Account(server.base);
  await account.post(doorOf(login), { account: login, password: passwordOf(server.folder) });
  return account;
}

const numberIn = (text, pattern = /(\d{6,})/) => pattern.exec(text)[1];

// What a person might answer: what stands there, the first choice, something short.
const answers = (fields) =>
  fields
    .filter((f) => f.name && !f.readonly)
    .map((f) => {
      if (f.options?.length) return [f.name, f.value || f.options[0].value];
      if (f.type === 'checkbox') return [f.name, '1'];
      return [f.name, f.value || (/numeric|decimal/.test(f.inputmode ?? '') ? '3' : '示范')];
    });

const CARD = { id_number: '78010119940318002X', name: '林晓禾', purpose: 'apply' };

// receive(go) → the number of a case: somebody comes to the desk for a passport.
function receiving({ desk, who, item }) {
  let once = Date.now();
  return async (go) => {
    const form = {
      once: String((once += 1)), person: who, item, go, kind: 'first', who: 'self', official: 'no', purpose: 'travel', delivery: 'pickup', declaration: '1',
      'm-photo': 'has', birth_place: '示范省', pinyin: 'LIN XIAOHE', mobile: '13900000101',
    };
    return numberIn((await desk.post('/office/desk/receive', form)).location);
  };
}

async function seedCases({ desk, person, item, who, receive, officer }) {
  const reviewer = await officer('public-security.review');
  const decider = await officer('public-security.decide');
  const grant = async () => {
    const id = await receive('accept');
    await reviewer.post(`/office/cases/${id}/pass`);
    await decider.post(`/office/cases/${id}/grant`, { note_grant: '准予签发' });
    return id;
  };
  const granted = await grant();
  const unrated = await grant();
  const waiting = await receive('receive'); // waits for the desk
  await receive('accept'); // waits for the reviewer
  await reviewer.post(`/office/cases/${await receive('accept')}/pass`); // waits for the decider
  const back = await receive('receive'); // waits for a correction
  await desk.post(`/office/cases/${back}/correct`, { target_1: 'field:birth_place', reason_1: '请写到县' });
  await person.post(`/items/${item}/apply`, { kind: 'first', who: 'self', official: 'no' });
  const page = await person.ask(`/cases/${granted}/rate`);
  const bad = page.fields.find((f) => f.name === 'bad' || f.id === 'bad')?.options[0]?.value;
  await person.post(`/cases/${granted}/rate`, { level: '5', ...(bad ? { bad } : {}), text: '等得太久' });
  return {
    person: [`/cases/${granted}/receipt`, `/cases/${unrated}/rate`, `/cases/${back}/correction`, '/me/acting', '/me/appointments'],
    desk: [`/office/desk/receive?person=${who}&item=${item}`, `/office/cases/${waiting}/receipt`, `/office/exit/${unrated}`, '/office/find', '/office/appointments'],
  };
}

// The pages of a life event that was begun, filled in up to its documents.
async function beginBundle(account, path, situation) {
  let { location } = await account.post(path, situation);
  const first = location;
  while (/\/form\//.test(location)) {
    const { fields } = await account.ask(location);
    ({ location } = await account.post(location, [...answers(fields), ['go', 'next']]));
  }
  return { first, materials: location, summary: location.replace(/materials$/, 'summary') };
}

// Sent at the desk with everything on paper.
async function sendBundle(desk, pages) {
  const { materials } = await desk.ask(pages.materials);
  await desk.post(pages.materials, [...materials.map((m) => ['paper', m.material]), ['go', 'next']]);
  const { once } = await desk.ask(pages.summary);
  return (await desk.post(pages.summary.replace(/summary$/, 'submit'), { once })).id;
}

// One that was sent at the desk, and a draft in either place.
async function seedBundles({ desk, person, who, officer }) {
  const situation = { form: 'single', premises: 'own', drain: 'no', sign: 'no' };
  const begin = (account, path, more = {}) => beginBundle(account, path, { ...situation, ...more });
  const id = await sendBundle(desk, await begin(desk, '/office/desk/bundles/restaurant', { person: who }));
  const { members } = await person.ask(`/me/bundles/${id}`);
  await desk.post(`/office/cases/${members[0].case}/correct`, { target_1: 'field:scope', reason_1: '请写清经营范围' });
  const own = await begin(person, '/bundles/restaurant/apply');
  const zhou = await officer('desk1');
  const other = await zhou.post('/office/desk', { id_number: '780101198607090013', name: '周建平', purpose: 'apply' });
  const second = await begin(zhou, '/office/desk/bundles/restaurant', { person: numberIn(other.location, /person=(\d+)/) });
  return {
    person: [`/me/bundles/${id}`, `/me/bundles/${id}/corrections`, own.first, own.materials, own.summary],
    desk: [`/office/desk/bundles/restaurant?person=${who}`, second.first, second.materials, second.summary, `/office/bundles/${id}`],
  };
}

// From the first page of a form to the appointment, which nobody has chosen yet.
async function fillToBooking(account, begun) {
  let { location } = begun;
  while (!/\/booking/.test(location)) {
    const page = await account.ask(location);
    if (/\/materials$/.test(location)) {
      const missing = page.materials.find((m) => m.required && !m.files.length);
      ({ location } = missing ? await account.upload(location, { go: 'next' }, missing.id) : await account.post(location, { go: 'next' }));
    } else {
      ({ location } = await account.post(location, [...answers(page.fields), ['go', 'next']]));
    }
  }
  return location;
}

const freeTime = async (account, path) => (await account.ask(path)).days.flatMap((d) => d.slots).find((slot) => slot.free).id;

// A passport asked for with its appointment, which can still be moved; and a life event of this place that needs one.
async function seedBookings({ person, item, officer }) {
  const asked = { kind: 'first', who: 'self', official: 'no' };
  const path = await fillToBooking(person, await person.post(`/items/${item}/apply`, asked));
  const { location } = await person.post(path, { slot: await freeTime(person, path) });
  const { once } = await person.ask(location);
  const sent = await person.post(location.replace(/summary$/, 'submit'), { once });
  const id = numberIn(sent.location);
  const editor = await officer('editor');
  const made = await editor.post('/office/bundle-versions/new', { name: '示范出行', en: 'Sample journey', code: 'sample-journey', applicant: 'person' });
  const save = async (form, more = '') => editor.post(made.location + more, { revision: (await editor.ask(made.location)).revision, ...form });
  await save({ add: 'BI-0001' }, '/members');
  const version = await editor.ask(made.location);
  const settled = version.members.flatMap((m) => m.settle).map((s) => [s.at, s.options.find((o) => /^value:/.test(o.value)).value]);
  const taken = version.members.map((m) => [`${m.at}.on`, '1']);
  await save({ name: version.name, en: 'Sample journey', on: '1', ...Object.fromEntries([...taken, ...settled]) });
  await save({}, '/send');
  const supervisor = await officer('supervisor');
  await supervisor.post(`${made.location}/review`, { go: 'publish' });
  const begun = await person.post('/bundles/sample-journey/apply');
  return { person: [`/cases/${id}/booking`, `/me/bundles/${begun.id}/booking/${version.members[0].id}`] };
}

async function seedHall({ desk, person, item, officer }) {
  const { slots } = await person.ask(`/items/${item}/appointment`);
  await person.post(`/items/${item}/appointment`, { slot: slots[0].value });
  await desk.post('/office/queue/take', { group: 'A' });
  const { location } = await desk.post('/office/queue/take', { group: 'A' });
  await desk.post('/office/queue/call', { window: '1', group: 'A' });
  const { units } = await desk.ask('/office/handover');
  const list = await desk.post('/office/handover', { unit: units[0].id });
  const terminal = await officer('kiosk1');
  const ticket = await terminal.post('/kiosk/ticket', { group: 'A' });
  const windows = await officer('sysadmin');
  await windows.post('/office/windows', { window: '1', takes: 'A' });
  return {
    desk: [location, list.location, '/office/appointments'],
    system: ['/office/windows', '/office/windows/groups/A'],
    person: [`/items/${item}/appointment`, '/me/appointments'],
    kiosk: [ticket.location],
    anonymous: ['/screen'],
  };
}

// A form, a decision and a process under way, beside those in force.
async function seedModels({ officer }) {
  const editor = await officer('editor');
  const form = await editor.post('/office/forms/new', { name: '示范登记表' });
  const page = (await editor.ask(form.location)).pages[0];
  await editor.post(`/office/forms/${form.id}/add`, { into: page.into, label: '品名', kind: 'text' });
  await editor.post('/office/decisions/new', { name: '示范判定', code: 'sample', purpose: 'answer', subject: 'person' });
  const begun = await editor.post('/office/processes/new', { template: 'one', name: '示范流程', code: 'sample', from: '2030-01-01' });
  const { items } = await editor.ask(`/search/suggest?q=${encodeURIComponent('残疾人两项补贴')}`);
  return { editor: [form.location, begun.location], anonymous: [`/items/${numberIn(items[0].href, /(\d+)/)}/check`] };
}

// Both steps that follow acceptance ask for the form of `code`: the applicant and the reviewer at the same time.
const model = (process, code) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="urn:tongban:process" id="d" targetNamespace="t">
<process id="${process}" name="示范流程" isExecutable="true">
<startEvent id="start"/><sequenceFlow id="a" sourceRef="start" targetRef="receive"/>
<userTask id="receive" name="窗口受理" t:candidateGroups="desk" t:acts="accept correct reject"/><sequenceFlow id="b" sourceRef="receive" targetRef="f"/>
<parallelGateway id="f"/><sequenceFlow id="c" sourceRef="f" targetRef="more"/><sequenceFlow id="e" sourceRef="f" targetRef="visit"/>
<userTask id="more" name="补充登记" t:candidateGroups="applicant" t:acts="pass" t:form="${code}" t:en="Addition"/><sequenceFlow id="h" sourceRef="more" targetRef="j"/>
<userTask id="visit" name="现场核查" t:candidateGroups="reviewer" t:acts="pass send_back" t:form="${code}"/><sequenceFlow id="i" sourceRef="visit" targetRef="j"/>
<parallelGateway id="j"/><sequenceFlow id="k" sourceRef="j" targetRef="decide"/>
<userTask id="decide" name="决定" t:candidateGroups="decider" t:acts="grant refuse send_back" t:whole="true"/><sequenceFlow id="l" sourceRef="decide" targetRef="g"/>
<exclusiveGateway id="g" default="no-way"/><sequenceFlow id="no-way" sourceRef="g" targetRef="no"/>
<sequenceFlow id="yes-way" sourceRef="g" targetRef="yes"><conditionExpression xsi:type="tFormalExpression">outcome = "grant"</conditionExpression></sequenceFlow>
<endEvent id="yes" t:result="granted"/><endEvent id="no" t:result="refused"/></process></definitions>`;

// A case whose steps are under way with forms of their own. Behind everything else: it changes the process of passports.
async function seedSteps({ person, receive, officer }) {
  const editor = await officer('editor');
  const supervisor = await officer('supervisor');
  const form = await editor.post('/office/forms/new', { name: '示范补充登记', en: 'Sample addition', code: 'sample-addition' });
  const page = (await editor.ask(form.location)).pages[0];
  await editor.post(`/office/forms/${form.id}/add`, { into: page.into, label: '面积', en: 'Area', kind: 'text' });
  await editor.post(`/office/forms/${form.id}/review`, { from: '2026-01-01' });
  await supervisor.post(`/office/forms/${form.id}/publish`);
  const { processes } = await editor.ask('/office/processes');
  const { id: process } = processes.find((p) => p.code === 'one-review');
  const file = { name: 'steps.bpmn', mimeType: 'application/xml', buffer: Buffer.from(model('one-review', 'sample-addition')) };
  await editor.upload(`/office/processes/${process}`, { from: '2026-01-01', go: 'save' }, 'file', file);
  await editor.post(`/office/processes/${process}`, { go: 'review' });
  await supervisor.post(`/office/processes/${process}/publish`);
  const id = await receive('accept');
  const reviewer = await officer('public-security.review');
  const { acts } = await person.ask(`/cases/${id}`);
  const { step_form: asked } = await reviewer.ask(`/office/cases/${id}`);
  return { person: [acts.find((a) => /\/steps\//.test(a.href)).href], reviewer: [asked.href] };
}

// A life event whose results were handed over.
async function seedHandover({ desk, person, who, officer }) {
  const reviewer = await officer('public-security.review');
  const decider = await officer('public-security.decide');
  const asked = { person: who, kind: 'first', who: 'self', official: 'no' };
  const id = await sendBundle(desk, await beginBundle(desk, '/office/desk/bundles/sample-journey', asked));
  for (const { case: number } of (await person.ask(`/me/bundles/${id}`)).members) {
    await desk.post(`/office/cases/${number}/accept`);
    await reviewer.post(`/office/cases/${number}/pass`);
    await decider.post(`/office/cases/${number}/grant`, { note_grant: '准予签发' });
  }
  await desk.post(`/office/bundles/${id}/hand-over`, { how: 'person', name: CARD.name, number: CARD.id_number });
  return { desk: [`/office/bundles/${id}/receipt?n=1`] };
}

// Drafts that somebody else is to look at: of a service, of a decision, of an entry of the catalogue of data.
async function seedDrafts({ officer }) {
  const editor = await officer('editor');
  const { fields } = await editor.ask('/office/catalogue/new');
  const { value: division } = fields.find((f) => f.name === 'division');
  const department = fields.find((f) => f.name === 'department').options[1].value;
  const service = await editor.post('/office/catalogue/new', { name: '示范新事项', code: 'SAMPLE-1', type: '20', audience: 'person', division, department });
  const { models } = await editor.ask('/office/decisions');
  const { href } = models.find((m) => m.code === 'disability-allowances');
  const rule = await editor.ask(href);
  const written = [...rule.fields, ...rule.model_fields].filter((f) => f.name !== 'file').map((f) => [f.name, f.value ?? '']);
  const review = await editor.post(href, [...written, ['revision', rule.revision], ['go', 'review']]);
  const steward = await officer('tobacco.data');
  const entry = await steward.post('/office/exchange/new', {
    code: '301001/000777', name: '示范数据', class: 'department', format: 'database', sharing: 'conditional', reason: '按办件共享', open: 'no', cycle: 'daily', level: '3',
    items: 'number|许可证号|C(20)|conditional',
  });
  return { editor: [`${service.location}/basics`, `${service.location}/review`, review.location], data_steward: [`${entry.location}/edit`] };
}

// Somebody at a self-service terminal, whom it remembers for as long as the crawl may look.
async function seedVisit({ server, item, officer }) {
  const admin = await officer('sysadmin');
  await admin.post('/office/settings', { name: 'desk.idle_seconds', value: '3600' });
  const terminal = await officer('kiosk1');
  await terminal.post('/kiosk/identify', { number: CARD.id_number });
  const outbox = await (await fetch(`${server.base}/demo/outbox`)).text();
  await terminal.post('/kiosk/code', { code: /(\d{6}) 是您在自助终端的验证码/.exec(outbox)[1] });
  const { location } = await terminal.post(`/kiosk/items/${item}/apply`, { kind: 'first', who: 'self', official: 'no' });
  const draft = location.replace(/\/form\/.*/, '');
  const { cases } = await terminal.ask('/kiosk/me');
  return { kiosk: ['/kiosk/me', location, draft, `${draft}/materials`, `${draft}/booking`, `${draft}/summary`, `${cases[0].href}/receipt`] };
}

// Pages that ask for a code that was just sent: it is valid for ten minutes, so that a page is begun anew behind eight.
function codesOf({ server, person }) {
  let mobile = 13_900_000_777;
  const begin = {
    '/register/confirm': () => new Account(server.base).post('/register', { mobile: String((mobile += 1)) }),
    '/me/mobile': () => person.post('/me/profile', { mobile: String((mobile += 1)), address: '示范区' }),
  };
  const sent = new Map();
  return async (address) => {
    const { pathname, origin } = new URL(address, server.base);
    if (!begin[pathname]) return address;
    if (!(Date.now() - sent.get(pathname)?.at < 8 * 60_000)) sent.set(pathname, { at: Date.now(), address: origin + (await begin[pathname]()).location });
    return sent.get(pathname).address;
  };
}

// RFC 6238, of a secret as the page shows it.
function totp(secret) {
  const bits = [...secret.replaceAll(' ', '')].map((ch) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(ch).toString(2).padStart(5, '0')).join('');
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const OWN = { account: 'sample.factor', password: 'an-own-lantern-8' };

async function seedFactor({ server, officer }) {
  const admin = await officer('secadmin');
  const given = 'a-given-lantern-7';
  await admin.post('/office/officers/new', { name: '虚构', account: OWN.account, roles: 'desk', password: given, department: '', area: '' });
  const account = new Account(server.base);
  await account.post('/office/sign-in', { ...OWN, password: given });
  await account.post('/office/password', { old_password: given, password: OWN.password });
  await account.post('/office/second-factor/begin');
  const { secret } = await account.ask('/office/second-factor');
  await account.post('/office/second-factor', { code: totp(secret) });
}

// Cookies of an officer who has given the password and not the second factor: such a sign-in lasts ten minutes.
async function halfSignedIn(server) {
  const account = new Account(server.base);
  await account.post('/office/sign-in', OWN);
  const where = { domain: new URL(server.base).hostname, path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' };
  return [...account.cookies].map(([name, value]) => ({ name, value, ...where }));
}

async function seedOversight({ officer }) {
  const supervisor = await officer('supervisor');
  const { findings } = await supervisor.ask('/office/supervision/findings');
  const { acts } = await supervisor.ask(findings[0].href);
  const until = acts[0].fields.find((f) => f.id === 'until').value; // the usual day
  const order = await supervisor.post(`${findings[0].href}/order`, { words: '请说明超期的原因并尽快办结', until });
  const steward = await officer('tobacco.data');
  await steward.post('/office/exchange/systems', { code: 'sample-licensing', name: '示范许可系统' });
  return { supervisor: [order.location], data_steward: ['/office/exchange/systems', '/office/workers'] };
}

export async function seed(server) {
  const officer = (login) => signedIn(server, login);
  const desk = await officer('desk1');
  const person = await signedIn(server, '13900000101');
  const { items } = await person.ask(`/search/suggest?q=${encodeURIComponent('办护照')}`);
  const item = numberIn(items[0].href, /(\d+)/);
  const found = await desk.post('/office/desk', CARD);
  const world = { server, desk, person, item, who: numberIn(found.location, /person=(\d+)/), officer };
  world.receive = receiving(world);
  const leaving = await signedIn(server, '13900000112');
  const start = { anonymous: ['/places', '/verify/none', '/demo/outbox'] };
  for (const part of [seedBookings, seedCases, seedBundles, seedHandover, seedHall, seedModels, seedOversight, seedDrafts, seedVisit, seedSteps]) {
    for (const [role, addresses] of Object.entries(await part(world))) (start[role] ??= []).push(...addresses);
  }
  await seedFactor(world);
  await leaving.post('/me/erase', { password: passwordOf(server.folder) });
  return { start, half: () => halfSignedIn(server), renew: codesOf(world) };
}
