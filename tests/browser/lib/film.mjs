// A film of a story: what the browser shows, frame after frame as it changes, written as WebM (VP8) that browsers play. The browser encodes
// (WebCodecs); the container is written here: EBML (RFC 8794), Matroska elements of WebM.
//
// Frames come when the page changes; the film has a steady pace of FPS and shows the last one in between. Waits that show nothing new are cut
// to STILL_MAX, so that a film lasts as long as there is something to see.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const FPS = 10;
const STILL_MAX = 1000, KEY_EVERY = 50, BITS = 1_500_000;

export class Film {
  constructor({ width, height }) {
    Object.assign(this, { width, height, frames: [], actor: null, followed: new Map() });
  }

  // The camera goes to this person's browser.
  async show(actor) {
    if (this.actor === actor) return;
    this.actor = actor;
    if (this.followed.has(actor)) {
      const last = this.followed.get(actor);
      if (last.data) this.frames.push({ at: Date.now(), data: last.data });
      return;
    }
    const last = { data: null };
    this.followed.set(actor, last);
    const session = await actor.context.newCDPSession(actor.page);
    session.on('Page.screencastFrame', ({ data, sessionId }) => {
      last.data = data;
      if (this.actor === actor) this.frames.push({ at: Date.now(), data });
      session.send('Page.screencastFrameAck', { sessionId }).catch(() => {}); // the page may be closing
    });
    await session.send('Page.startScreencast', { format: 'jpeg', quality: 80, maxWidth: this.width, maxHeight: this.height, everyNthFrame: 1 });
  }

  // One picture a tick.
  ticks() {
    const list = [];
    this.frames.forEach((frame, i) => {
      const next = this.frames[i + 1];
      const stays = Math.min(next ? next.at - frame.at : STILL_MAX, STILL_MAX);
      frame.carried = (i ? this.frames[i - 1].carried : 0) + stays;
      while (list.length * (1000 / FPS) < frame.carried) list.push(i);
    });
    return list;
  }

  // Encodes in `page`, which must be of a secure origin; answers {seconds, frames, pictures}.
  async write(page, path) {
    const ticks = this.ticks();
    await page.evaluate(begin, { width: this.width, height: this.height, fps: FPS, bits: BITS });
    for (let tick = 0, next; tick < ticks.length; tick = next) {
      for (next = tick + 1; ticks[next] === ticks[tick];) next += 1;
      await page.evaluate(encode, { data: this.frames[ticks[tick]].data, from: tick, until: next, fps: FPS, every: KEY_EVERY });
    }
    const chunks = (await page.evaluate(end)).map((c) => ({ ...c, data: Buffer.from(c.data, 'base64') }));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, webm(chunks, this.width, this.height));
    return { seconds: ticks.length / FPS, frames: chunks.length, pictures: this.frames.length };
  }
}

// ---- in the browser ----
/* global window, document, VideoEncoder, VideoFrame, createImageBitmap, atob, btoa */
function begin({ width, height, fps, bits }) {
  const film = { chunks: [], canvas: new OffscreenCanvas(width, height), error: null };
  film.pen = film.canvas.getContext('2d');
  film.encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      let text = '';
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      film.chunks.push({ at: Math.round(chunk.timestamp / 1000), key: chunk.type === 'key', data: btoa(text) });
    },
    error: (e) => { film.error = e; },
  });
  film.encoder.configure({ codec: 'vp8', width, height, framerate: fps, bitrate: bits, latencyMode: 'realtime' });
  window.film = film;
}
async function encode({ data, from, until, fps, every }) {
  const { film } = window;
  if (film.error) throw film.error;
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: 'image/jpeg' }));
  film.pen.drawImage(picture, 0, 0, film.canvas.width, film.canvas.height);
  picture.close();
  for (let tick = from; tick < until; tick += 1) {
    const frame = new VideoFrame(film.canvas, { timestamp: Math.round(tick * 1e6 / fps), duration: Math.round(1e6 / fps) });
    film.encoder.encode(frame, { keyFrame: tick % every === 0 });
    frame.close();
  }
  if (film.encoder.encodeQueueSize > 20) await film.encoder.flush();
}
async function end() {
  await window.film.encoder.flush();
  return window.film.chunks;
}

// ---- the container ----
const bytes = (n, size) => { const b = Buffer.alloc(size); b.writeUIntBE(n, 0, Math.min(size, 6)); return size > 6 ? Buffer.concat([Buffer.alloc(size - 6), b.subarray(0, 6)]) : b; };
const number = (n) => { let size = 1; while (n >= 256 ** size) size += 1; return bytes(n, size); };
const double = (n) => { const b = Buffer.alloc(8); b.writeDoubleBE(n); return b; };
const sized = (n) => { const b = Buffer.alloc(8); b.writeUIntBE(n, 2, 6); b[0] = 1; return b; };
const element = (id, ...parts) => { const data = Buffer.concat(parts.map((p) => (typeof p === 'number' ? number(p) : typeof p === 'string' ? Buffer.from(p) : p))); return Buffer.concat([Buffer.from(id, 'hex'), sized(data.length), data]); };

function block(chunk, from) {
  const head = Buffer.from([0x81, 0, 0, chunk.key ? 0x80 : 0]);
  head.writeInt16BE(chunk.at - from, 1);
  return element('a3', head, chunk.data);
}

export function webm(chunks, width, height) {
  const head = element('1a45dfa3', element('4286', 1), element('42f7', 1), element('42f2', 4), element('42f3', 8), element('4282', 'webm'), element('4287', 2), element('4285', 2));
  const last = chunks[chunks.length - 1];
  const info = element('1549a966', element('2ad7b1', 1_000_000), element('4489', double(last.at + 1000 / FPS)), element('4d80', 'tongban'), element('5741', 'tongban'));
  const track = element('1654ae6b', element('ae', element('d7', 1), element('73c5', 1), element('9c', 0), element('83', 1), element('86', 'V_VP8'), element('e0', element('b0', width), element('ba', height))));
  const groups = [];
  for (const chunk of chunks) {
    if (chunk.key) groups.push([]);
    groups[groups.length - 1].push(chunk);
  }
  const clusters = groups.map((g) => element('1f43b675', element('e7', g[0].at), ...g.map((c) => block(c, g[0].at))));
  // Where each cluster begins, for seeking; the table has a fixed size, so that it can stand before them.
  const cue = (at, where) => element('bb', element('b3', bytes(at, 4)), element('b7', element('f7', 1), element('f1', bytes(where, 6))));
  const size = element('1c53bb6b', ...groups.map(() => cue(0, 0))).length;
  let where = info.length + track.length + size;
  const cues = element('1c53bb6b', ...groups.map((g, i) => { const one = cue(g[0].at, where); where += clusters[i].length; return one; }));
  return Buffer.concat([head, element('18538067', info, track, cues, ...clusters)]);
}

// ---- the proof ----
// Plays it in a page, and takes pictures from it at these shares of its length. Answers {width, height, duration, played, pictures}.
export async function play(page, film, shares) {
  await page.route('**/film.webm', (route) => route.fulfill({ body: film, contentType: 'video/webm' }));
  return page.evaluate(async (parts) => {
    const video = document.createElement('video');
    video.muted = true;
    const once = (name) => new Promise((done, fail) => { video.addEventListener(name, done, { once: true }); video.addEventListener('error', () => fail(new Error(video.error.message)), { once: true }); });
    video.src = URL.createObjectURL(await (await fetch('/film.webm')).blob()); // all of it, so that one can seek
    await once('loadeddata');
    await video.play();
    await new Promise((done) => { setTimeout(done, 3000); });
    const played = { seconds: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames };
    video.pause();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const pictures = [];
    for (const part of parts) {
      const there = once('seeked');
      video.currentTime = video.duration * part;
      await there;
      canvas.getContext('2d').drawImage(video, 0, 0);
      pictures.push(canvas.toDataURL('image/png').split(',')[1]);
    }
    return { width: video.videoWidth, height: video.videoHeight, duration: video.duration, played, pictures };
  }, shares);
}
