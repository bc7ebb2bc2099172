// How long a person needs for what a story does, by the keystroke-level model (Card, Moran, Newell 1983); where a film is made, at the pace of one.
//
//   K 0.28 s a key (average non-secretary typist), a Chinese character three keys of pinyin with its choice · P 1.10 s pointing ·
//   B 0.10 s each of press and release · H 0.40 s the hand from keys to mouse or back · M 1.35 s thinking before each act ·
//   R what the program itself takes, measured, with the next page loaded.
// A field: M, point and click, hand to the keys, keys, hand back. A list: M and two clicks. A tick or a button: M and a click.
// A file: M, three clicks and a double one in the system's own window.
const K = 0.28, P = 1.1, B = 0.1, H = 0.4, M = 1.35;
const CLICK = P + 2 * B;
const LOOK = 300, KEY = 40; // ms, in a film
const keysOf = (text) => [...text].reduce((sum, c) => sum + (/[\u2e80-\u9fff\uff00-\uffef]/.test(c) ? 3 : 1), 0);

export class PersonTime {
  // film: a Film (film.mjs), or nothing.
  constructor(film) {
    Object.assign(this, { clicks: 0, keys: 0, acts: 0, hands: 0, program: 0, film });
  }

  get seconds() { return this.hands + this.program; }

  async spend(actor, { clicks = 0, keys = 0, hands = 0 }, work) {
    this.clicks += clicks;
    this.keys += keys;
    this.acts += 1;
    this.hands += M + clicks * CLICK + keys * K + hands * H;
    if (this.film) {
      await this.film.show(actor);
      await actor.page.waitForTimeout(LOOK);
    }
    const began = Date.now();
    await work();
    this.program += (Date.now() - began) / 1000;
    if (this.film) await actor.page.waitForTimeout(LOOK);
  }

  // A control by its label or a locator.
  async type(actor, where, text) {
    const control = typeof where === 'string' ? await actor.control(where) : where;
    await this.spend(actor, { clicks: 1, keys: keysOf(text), hands: 2 }, () => (this.film ? this.keysOneByOne(control, text) : control.fill(text)));
  }

  async keysOneByOne(control, text) {
    await control.fill('');
    await control.pressSequentially(text, { delay: KEY });
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
}
