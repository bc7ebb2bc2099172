// A node of another province joins the directory by the pages of the hub, is let in and given a permit by people, and answers the
// department while the hub is stopped, until the directory has expired: then nothing is asked any more.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plain } from '../lib/browser.mjs';
import { freePort, waitFor } from '../lib/server.mjs';
import { Story } from '../lib/story.mjs';
import { passwordOf, program, readyPath, serveArguments } from '../wiring.mjs';

export const name = 'a third node without the hub';
export const variants = [plain]; // the nodes are started once

const THEIRS = '示范区公安局'; // the department whose data the other province gives
const SYSTEM = 'insurance-review';
const PERSON = '78010119940318002X';
const LATER = 74 * 3600; // seconds: the directory holds three days

// A clock that runs ahead, for a program that is started with it.
const CLOCK = `
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t) {
  long rc = syscall(SYS_clock_gettime, id, t);
  if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) t->tv_sec += ${LATER};
  return (int)rc;
}
time_t time(time_t *out) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (out) *out = t.tv_sec;
  return t.tv_sec;
}
int gettimeofday(struct timeval *v, void *zone) {
  struct timespec t;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &t);
  v->tv_sec = t.tv_sec;
  v->tv_usec = t.tv_nsec / 1000;
  return 0;
}
`;

const running = [];

function start(args, env = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  let log = '';
  child.stdout.on('data', (piece) => (log += piece));
  const one = {
    said: (text) => waitFor(async () => {
      if (!log.includes(text)) throw new Error(log);
    }, 60_000, text),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
  running.push(one);
  return one;
}

async function serve(node, env) {
  const one = start(serveArguments(node.folder, node.port), env);
  await waitFor(async () => {
    if (!(await fetch(node.base + readyPath)).ok) throw new Error('not ready');
  }, 60_000, node.base);
  return one;
}

const tool = (node, args, input) => execFileSync(program, [...args, '--var', node.folder], { input, encoding: 'utf8' });

// A call of the department's system to its own node, signed as docs/exchange.md says.
async function call(node, service, client, key, ahead = 0) {
  const body = JSON.stringify({ mode: 'query', purpose: 'apply', number: PERSON, operator: 'li-7', fields: ['name'] });
  const path = `/r1/${service}`;
  const digest = createHash('sm3').update(body).digest('hex');
  const nonce = randomBytes(16).toString('hex');
  const time = Date.now() + ahead * 1000;
  const signature = createHmac('sm3', Buffer.from(key, 'hex')).update(`POST\n${path}\n${digest}\n${nonce}\n${time}`).digest('hex');
  const answer = await fetch(node.base + path, {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/json',
      Authorization: `TB-HMAC-SM3 system=${SYSTEM},time=${time},nonce=${nonce},digest=${digest},signature=${signature}`,
      'X-Road-Client': client,
    },
  });
  return { status: answer.status, error: answer.headers.get('x-road-error'), text: await answer.text() };
}

async function enrol(hub, node, count) {
  const first = await hub.actor('sysadmin');
  const second = await hub.actor('sysadmin2');
  await second.step('sets a password of their own', async () => {
    await second.fill('现在的密码', passwordOf(hub.server.folder));
    await second.fill('新密码', `${passwordOf(hub.server.folder)}-mine`);
    await second.click('修改密码', { role: 'button' });
  });
  for (const [code, file] of Object.entries(node)) {
    await first.step(`hands in the file of ${code}`, async () => {
      await first.visit('/office/nodes');
      await first.page.locator('details.act > summary').getByText('节点入网', { exact: true }).click();
      await first.upload('节点的文件', file);
      await first.click('节点入网', { role: 'button', exact: true });
      await first.see(code);
    });
    await second.step(`compares the fingerprint and agrees to ${code}`, async () => {
      await second.visit('/office/nodes');
      await second.see(code);
      await second.click('同意', { role: 'button', exact: true });
    });
  }
  await first.step('sees the node of the other province among the members', async () => {
    await first.visit('/office/nodes');
    await first.see('other-province');
  });
  count.check(`${hub.title}: two administrators let it in`, []);
}

async function permit(theirs, client) {
  const asks = await theirs.actor('market.data');
  let asked;
  await asks.step('registers the system of the other node and asks for the data', async () => {
    await asks.visit(`/office/nodes?after=${encodeURIComponent(client.slice(0, -1))}`);
    await asks.click('为它申请授权', { within: client });
    await asks.visit(`/office/exchange?q=${encodeURIComponent('人口基础信息')}`);
    await asks.click('人口基础信息核验');
    await asks.click('申请使用');
    const option = await asks.page.locator('select[name=system] option').filter({ hasText: '社保稽核' }).first().innerText();
    await asks.select('业务系统', option);
    await asks.fill('法律依据', '《社会保险法》：异地参保核验（演示）');
    await asks.choose('查询：返回数据');
    await asks.page.locator('input[name=fields][value=name]').check({ force: true });
    await asks.fill('适用事项', '*');
    await asks.page.locator('input[name=caseless]').check({ force: true });
    await asks.click('提交申请');
    asked = new URL(asks.page.url()).pathname;
    await asks.see('本部门审核中');
  });
  for (const [who, act] of [['market.decide', '本部门审核'], ['public-security.data', '提供方审核']]) {
    const decides = await theirs.actor(who);
    await decides.step(`${act} agrees`, async () => {
      await decides.visit(asked);
      await decides.act(act, {}, ['同意']);
    });
  }
}

async function look(node, told, looks) {
  for (const variant of looks) {
    const story = told(node, variant);
    const en = variant.lang === 'en';
    try {
      const watcher = await story.actor('supervisor');
      await watcher.step('finds the call among those sent, and the hub not reached', async () => {
        await watcher.visit('/office/nodes/calls?f=sent');
        await watcher.see('other-province', en ? 'Answered' : '已答复');
        await watcher.visit('/office/exchange/calls?f=all');
        await watcher.see(en ? 'Another node other-province' : '其他节点 other-province', 'li-7');
      });
    } finally {
      await story.close();
    }
  }
}

export async function run({ browser, checker, seen, count, title }) {
  const root = await mkdtemp(join(tmpdir(), 'tongban-third-'));
  const port = await freePort();
  const nodes = ['hub', 'human-resources', 'other-province'].map((folder, i) => ({
    folder: join(root, folder),
    port: port + i,
    base: `http://127.0.0.1:${port + i}`,
  }));
  const [hub, department, province] = nodes;
  const looks = [plain, { ...plain, width: 390, lang: 'en', js: false }];
  const told = (server, variant = plain) => new Story({ name, browser, server, variant, checker, seen, count });
  const stories = [];
  const tell = (server) => {
    const story = told(server);
    stories.push(story);
    return story;
  };
  try {
    // Two nodes as they are shown, and a third installation with people and data of its own.
    const pair = start(['demo-nodes', '--var', root, '--port', String(port)]);
    await pair.said('demo-accounts.txt');
    const steward = await tell(department).actor('human-resources.data');
    let key;
    await steward.step('registers a system of the department', async () => {
      await steward.visit('/office/exchange/systems');
      await steward.page.locator('main input[name=code]').fill(SYSTEM);
      await steward.page.locator('main input[name=name]').fill('社保稽核系统（演示）');
      await steward.click('登记业务系统', { role: 'button' });
      key = (await steward.page.locator('main code.pre').innerText()).trim();
    });
    const directory = JSON.parse(JSON.parse(await (await fetch(`${hub.base}/nodes/directory`)).text()).signed);
    const members = (node) => directory.members.filter((m) => m.node === node);
    const theirs = members('hub').find((m) => m.name.startsWith(THEIRS)).code;
    const own = members('human-resources')[0].code;
    await pair.stop();
    await (await serve(province)).stop();

    // What operators do while the programs do not run.
    const file = (what) => join(root, `${what}.json`);
    const rest = members('hub').map((m) => m.code).filter((code) => code !== theirs);
    tool(hub, ['node', 'set', '--name', 'hub', '--public-url', hub.base, '--instance', 'DEMO', '--members', rest.join(',')]);
    tool(hub, ['node', 'directory']);
    tool(hub, ['node', 'anchor', '--out', file('hub')]);
    tool(hub, ['user', 'add', 'sysadmin2', '--roles', 'system_admin', '--name', '第二管理员'], `${passwordOf(hub.folder)}\n`);
    tool(province, ['node', 'set', '--name', 'other-province', '--public-url', province.base, '--members', theirs]);
    tool(province, ['node', 'join', file('hub')]);
    tool(province, ['node', 'request', '--out', file('other-province')]);
    tool(department, ['node', 'request', '--out', file('human-resources')]);

    let [atHub, atDepartment, atProvince] = [await serve(hub), await serve(department), await serve(province)];
    await enrol(tell(hub), { 'human-resources': file('human-resources'), 'other-province': file('other-province') }, count);
    for (const node of [department, province]) {
      const admin = await tell(node).actor('sysadmin');
      await admin.step('has the new directory within a minute or two', async () => {
        await admin.visit('/office/nodes');
        await admin.seeSoon('other-province', 150_000);
      });
    }

    await atHub.stop();
    const client = `DEMO/GOV/${own}/${SYSTEM}`;
    const service = `DEMO/GOV/${theirs}/data/population`;
    await permit(tell(province), client);
    const answer = await call(department, service, client, key);
    count.check(`${title}: the other province answers while the hub is stopped`,
      answer.status === 200 && answer.text.includes('林晓禾') ? [] : [JSON.stringify(answer)]);
    await look(department, told, looks);
    const serves = await tell(province).actor('supervisor');
    await serves.step('finds the same call on the side that answered', async () => {
      await serves.visit('/office/nodes/calls?f=served');
      await serves.see('human-resources', '已答复');
    });

    // Three days later, the hub still stopped.
    await Promise.all([atDepartment.stop(), atProvince.stop()]);
    await writeFile(join(root, 'clock.c'), CLOCK);
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', join(root, 'clock.so'), join(root, 'clock.c')]);
    const ahead = { LD_PRELOAD: join(root, 'clock.so') };
    [atDepartment, atProvince] = [await serve(department, ahead), await serve(province, ahead)];
    const late = await call(department, service, client, key, LATER);
    count.check(`${title}: once the directory has expired nothing is asked`,
      late.error === 'nodes.expired' || late.text.includes('nodes.expired') ? [] : [JSON.stringify(late)]);
    for (const variant of looks) {
      const story = told(department, variant);
      try {
        const admin = await story.actor('sysadmin');
        await admin.step('is told that the directory has expired', async () => {
          await admin.visit('/office/nodes');
          await admin.see(variant.lang === 'en' ? 'Directory expired' : '目录已过期');
        });
      } finally {
        await story.close();
      }
    }
  } finally {
    for (const story of stories) await story.close().catch(() => {});
    for (const one of running) await one.stop();
    await rm(root, { recursive: true, force: true });
  }
  count.check(`${title}: all nodes ended in order`, []);
}
