// Plays every story of stories/: in full at 1280 px with scripts and at 390 px without. Arguments are names of stories.
//   On SQLite; under tools/pg_cluster on PostgreSQL. ONLY_WIDTH=390 plays one of the two; SCREENSHOTS=folder keeps a picture of each step; VERBOSE=1 names what passed; TONGBAN_URL uses a running server.
import { readdirSync } from 'node:fs';
import { hasShared, newDatabase } from './wiring.mjs';
import { launch, plain } from './lib/browser.mjs';
import { Count } from './lib/count.mjs';
import { startHtmlChecker } from './lib/html_checker.mjs';
import { startServer } from './lib/server.mjs';
import { Story, StoryEnded } from './lib/story.mjs';

const VARIANTS = [plain, { ...plain, width: 390, js: false }];
const chosen = (variant) => !process.env.ONLY_WIDTH || String(variant.width) === process.env.ONLY_WIDTH;

const wanted = process.argv.slice(2);
const files = readdirSync(new URL('stories/', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && (!wanted.length || wanted.some((word) => file.includes(word))))
  .sort();

const count = new Count();
const open = [];
try {
  if (!files.length) throw new Error('there is no story');
  const checker = await startHtmlChecker();
  open.push(() => checker.stop());
  const browser = await launch();
  open.push(() => browser.close());
  const seen = new Set();
  for (const file of files) {
    const { name, run, needsShared, variants = VARIANTS } = await import(`./stories/${file}`);
    if (needsShared && !hasShared) {
      count.skip(name, 'it needs lists from outside, which are not there');
      continue;
    }
    for (const variant of variants.filter(chosen)) {
      const server = await startServer({ real: needsShared, database: newDatabase() });
      const story = new Story({ name, browser, server, variant, checker, seen, count });
      const began = Date.now();
      try {
        await run(story);
      } catch (error) {
        if (!(error instanceof StoryEnded)) count.fail(story.title, error.stack);
      }
      await story.close();
      try {
        await server.stop();
      } catch (error) {
        count.fail(`${story.title}: the server`, error.message);
      }
      console.log(`story ${story.title}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
  }
} catch (error) {
  count.fail('stories', error.stack);
} finally {
  for (const close of open.reverse()) await close();
}
count.close();
