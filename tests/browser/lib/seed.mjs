// Rows for the crawl to look at: cases in every hand, a licence, a bad rating, a draft, somebody who wants to be erased. Made through the API as an app would.
import { doorOf, passwordOf } from '../wiring.mjs';

class Account {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
  }

  async ask(path, form) {
    const headers = { accept: 'application/json', cookie: [...this.cookies].map((c) => c.join('=')).join('; ') };
    if (form) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['x-csrf-token'] = this.token ?? '';
    }
    const response = await fetch(this.base + path, { method: form ? 'POST' : 'GET', headers, body: form && new URLSearchParams(form).toString(), redirect: 'manual' });
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
}

export async function signedIn(server, login) {
  const account = new Account(server.base);
  await account.post(doorOf(login), { account: login, password: passwordOf(server.folder) });
  return account;
}

const numberIn = (text, pattern) => pattern.exec(text)[1];

export async function seed(server) {
  const desk = await signedIn(server, 'desk1');
  const reviewer = await signedIn(server, 'public-security.review');
  const decider = await signedIn(server, 'public-security.decide');
  const person = await signedIn(server, '13900000101');
  const { items } = await person.ask(`/search/suggest?q=${encodeURIComponent('办护照')}`);
  const item = numberIn(items[0].href, /(\d+)/);
  const found = await desk.post('/office/desk', { id_number: '78010119940318002X', name: '林晓禾', purpose: 'apply' });
  const who = numberIn(found.location, /person=(\d+)/);
  let once = Date.now();
  const receive = async (go) => {
    const form = {
      once: String((once += 1)), person: who, item, go, kind: 'first', who: 'self', official: 'no', purpose: 'travel', delivery: 'pickup', declaration: '1',
      'm-photo': 'has', birth_place: '示范省', pinyin: 'LIN XIAOHE', mobile: '13900000101',
    };
    return numberIn((await desk.post('/office/desk/receive', form)).location, /cases\/(\d+)/);
  };
  const granted = await receive('accept');
  await reviewer.post(`/office/cases/${granted}/pass`);
  await decider.post(`/office/cases/${granted}/grant`, { note_grant: '准予签发' });
  await receive('receive'); // waits for the desk
  await receive('accept'); // waits for the reviewer
  await reviewer.post(`/office/cases/${await receive('accept')}/pass`); // waits for the decider
  await person.post(`/items/${item}/apply`, { kind: 'first', who: 'self', official: 'no' });
  const page = await person.ask(`/cases/${granted}/rate`);
  const bad = page.fields.find((f) => f.name === 'bad' || f.id === 'bad')?.options[0]?.value;
  const leaving = await signedIn(server, '13900000112');
  await leaving.post('/me/erase', { password: passwordOf(server.folder) });
  await person.post(`/cases/${granted}/rate`, { level: '5', ...(bad ? { bad } : {}), text: '等得太久' });
}
