// How long a person needs for what a story does, by the keystroke-level model (Card, Moran, Newell 1983), and the film of it.
//
//   K 0.28 s a key (average non-secretary typist), a Chinese character three keys of pinyin with its choice · P 1.10 s pointing ·
//   B 0.10 s each of press and release · H 0.40 s the hand from keys to mouse or back · M 1.35 s thinking before each act ·
//   R what the program itself takes, measured, with the next page loaded.
// A field: M, point and click, hand to the keys, keys, hand back. A list: M and two clicks. A tick or a button: M and a click.
// A file: M, three clicks and a double one in the system's own window.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const K = 0.28, P = 1.1, B = 0.1, H = 0.4, M = 1.35;
const CLICK = P + 2 * B;
const keysOf = (text) => [...text].reduce((sum, c) => sum + (/[\u2e80-\u9fff\uff00-\uffef]/.test(c) ? 3 : 1), 0);

export class PersonTime {
  constructor(filming) {
    Object.assign(this, { clicks: 0, keys: 0, acts: 0, hands: 0, program: 0, filming, frames: [] });
  }

  get seconds() { return this.hands + this.program; }

  async spend(actor, { clicks = 0, keys = 0, hands = 0 }, work) {
    this.clicks += clicks;
    this.keys += keys;
    this.acts += 1;
    this.hands += M + clicks * CLICK + keys * K + hands * H;
    const began = Date.now();
    await work();
    this.program += (Date.now() - began) / 1000;
    if (!this.filming) return;
    // A page that is just leaving cannot be pictured: the film goes on with the next one.
    const frame = await actor.page.screenshot({ type: 'jpeg', quality: 60 }).catch(() => null);
    if (frame) this.frames.push(frame);
  }

  // A control by its label or a locator.
  async type(actor, where, text) {
    const control = typeof where === 'string' ? await actor.control(where) : where;
    await this.spend(actor, { clicks: 1, keys: keysOf(text), hands: 2 }, () => control.fill(text));
  }

  async pick(actor, where, option) {
    const control = typeof where === 'string' ? await actor.control(where) : where;
    await this.spend(actor, { clicks: 2 }, () => control.selectOption({ label: option }));
  }

  async tick(actor, locator, on = true) {
    await this.spend(actor, { clicks: 1 }, () => locator.setChecked(on, { force: true }));
  }

  async press(actor, locator) {
    await this.spend(actor, { clicks: 1 }, () => actor.settle(() => locator.click()));
  }

  // By its words, as Actor.click finds it.
  async click(actor, name, options) {
    await this.spend(actor, { clicks: 1 }, () => actor.click(name, options));
  }

  async file(actor, locator, file) {
    await this.spend(actor, { clicks: 5 }, () => locator.setInputFiles(file));
  }

  // One frame a second, as Motion JPEG: every player shows it.
  film(path, { width, height }) {
    if (!this.frames.length) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, avi(this.frames, width, height));
  }
}

const u32 = (...n) => { const b = Buffer.alloc(4 * n.length); n.forEach((v, i) => b.writeUInt32LE(v >>> 0, 4 * i)); return b; };
const u16 = (...n) => { const b = Buffer.alloc(2 * n.length); n.forEach((v, i) => b.writeUInt16LE(v, 2 * i)); return b; };
const chunk = (id, data) => Buffer.concat([Buffer.from(id), u32(data.length), data, Buffer.alloc(data.length % 2)]);
const list = (type, ...parts) => chunk('LIST', Buffer.concat([Buffer.from(type), ...parts]));

function avi(frames, width, height) {
  const most = Math.max(...frames.map((f) => f.length));
  const main = chunk('avih', u32(1_000_000, most, 0, 0x10, frames.length, 0, 1, most, width, height, 0, 0, 0, 0));
  const stream = chunk('strh', Buffer.concat([Buffer.from('vidsMJPG'), u32(0), u16(0, 0), u32(0, 1, 1, 0, frames.length, most, 0xffffffff, 0), u16(0, 0, width, height)]));
  const format = chunk('strf', Buffer.concat([u32(40, width, height), u16(1, 24), Buffer.from('MJPG'), u32(width * height * 3, 0, 0, 0, 0)]));
  const pieces = frames.map((f) => chunk('00dc', f));
  let at = 4;
  const index = Buffer.concat(pieces.map((p, i) => { const row = Buffer.concat([Buffer.from('00dc'), u32(0x10, at, frames[i].length)]); at += p.length; return row; }));
  return chunk('RIFF', Buffer.concat([Buffer.from('AVI '), list('hdrl', main, list('strl', stream, format)), list('movi', ...pieces), chunk('idx1', index)]));
}
