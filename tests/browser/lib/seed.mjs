// Rows for the crawl to look at: cases in every hand, a licence, ratings, life events, papers, numbers, drafts of what is edited. Made through the API as an app
// would. seed(server) → { role: [addresses] }: pages that no link leads to, by who sees them.
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

  // With a file: what the fields say, and a photo under one name.
  async upload(path, fields, name) {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    const { name: file, mimeType, buffer } = photo();
    form.append(name, new Blob([buffer], { type: mimeType }), file);
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

async function seedCases({ desk, person, item, who, officer }) {
  const reviewer = await officer('public-security.review');
  const decider = await officer('public-security.decide');
  let once = Date.now();
  const receive = async (go) => {
    const form = {
      once: String((once += 1)), person: who, item, go, kind: 'first', who: 'self', official: 'no', purpose: 'travel', delivery: 'pickup', declaration: '1',
      'm-photo': 'has', birth_place: '示范省', pinyin: 'LIN XIAOHE', mobile: '13900000101',
    };
    return numberIn((await desk.post('/office/desk/receive', form)).location);
  };
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

// One that was sent at the desk, and a draft in either place.
async function seedBundles({ desk, person, who, officer }) {
  const situation = { form: 'single', premises: 'own', drain: 'no', sign: 'no' };
  const begin = async (account, path, more = {}) => {
    let { location } = await account.post(path, { ...situation, ...more });
    const first = location;
    while (/\/form\//.test(location)) {
      const { fields } = await account.ask(location);
      ({ location } = await account.post(location, [...answers(fields), ['go', 'next']]));
    }
    return { first, materials: location, summary: location.replace(/materials$/, 'summary') };
  };
  const sent = await begin(desk, '/office/desk/bundles/restaurant', { person: who });
  const { materials } = await desk.ask(sent.materials);
  await desk.post(sent.materials, [...materials.map((m) => ['paper', m.material]), ['go', 'next']]);
  const { once } = await desk.ask(sent.summary);
  const { id } = await desk.post(sent.summary.replace(/summary$/, 'submit'), { once });
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
  const world = { desk, person, item, who: numberIn(found.location, /person=(\d+)/), officer };
  const leaving = await signedIn(server, '13900000112');
  const start = { anonymous: ['/places', '/verify/none', '/demo/outbox'] };
  for (const part of [seedBookings, seedCases, seedBundles, seedHall, seedModels, seedOversight]) {
    for (const [role, addresses] of Object.entries(await part(world))) (start[role] ??= []).push(...addresses);
  }
  await leaving.post('/me/erase', { password: passwordOf(server.folder) });
  return start;
}
