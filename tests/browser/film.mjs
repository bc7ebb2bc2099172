// `./dev film`: films the story of a form without code (stories/flood_supplies.mjs) as a person at the screen would see it, plays the film in a
// browser and takes pictures from it. Not a part of the tests: the film is what this command makes, in build/film/.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, plain, viewport } from './lib/browser.mjs';
import { Count } from './lib/count.mjs';
import { Film, FPS, play } from './lib/film.mjs';
import { startHtmlChecker } from './lib/html_checker.mjs';
import { startServer } from './lib/server.mjs';
import { Story, StoryEnded } from './lib/story.mjs';
import { name, run } from './stories/flood_supplies.mjs';

const OUT = join(dirname(fileURLToPath(import.meta.url)), '../../build/film');
const FILM = join(OUT, 'flood_supplies.webm');
const count = new Count();
const open = [];
try {
  const checker = await startHtmlChecker();
  open.push(() => checker.stop());
  const browser = await launch();
  open.push(() => browser.close());
  const server = await startServer({});
  open.push(() => server.stop());
  const film = new Film(viewport(plain.width));
  const story = new Story({ name, browser, server, variant: plain, checker, seen: new Set(), count });
  story.film = film;
  try {
    await run(story);
  } catch (error) {
    if (!(error instanceof StoryEnded)) throw error;
  }
  await story.close();
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${server.base}/readyz`);
  const made = await film.write(page, FILM);
  const seen = await play(page, readFileSync(FILM), [0.2, 0.5, 0.8]);
  seen.pictures.forEach((picture, i) => writeFileSync(join(OUT, `flood_supplies-${i + 1}.png`), Buffer.from(picture, 'base64')));
  const wrong = [];
  if (Math.abs(seen.duration - made.seconds) > 0.5) wrong.push(`it lasts ${seen.duration} s and not ${made.seconds}`);
  if (seen.played.frames / Math.max(seen.played.seconds, 0.1) < 5) wrong.push(`it shows ${seen.played.frames} frames in ${seen.played.seconds} s`);
  if (new Set(seen.pictures).size < seen.pictures.length) wrong.push('pictures from different times are the same');
  count.check('the film plays in a browser, five frames a second or more', wrong);
  console.log(`${FILM}: ${made.seconds.toFixed(0)} s at ${FPS} frames a second from ${made.pictures} pictures, ${(readFileSync(FILM).length / 1e6).toFixed(1)} MB, ${seen.width} × ${seen.height}; played ${seen.played.frames} frames in ${seen.played.seconds.toFixed(1)} s`);
} catch (error) {
  count.fail('film', error.stack);
} finally {
  for (const close of open.reverse()) await close();
}
count.close();
