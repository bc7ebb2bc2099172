// Two nodes started by one command: an officer sees what the other node knows, the call stands in both logs under one number,
// each signs the other's log; then the hub is cut and the department goes on alone. Wide in Chinese, narrow in English, without scripts.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plain } from '../lib/browser.mjs';
import { freePort, waitFor } from '../lib/server.mjs';
import { Story } from '../lib/story.mjs';
import { program, readyPath, serveArguments } from '../wiring.mjs';

export const name = 'two nodes exchange, and one goes on without the hub';
export const variants = [plain]; // both looks in one go: the nodes are started once

const FIRM = '示范市海川商贸有限公司';

// said(text): until the program has said that.
function start(args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  let log = '';
  child.stdout.on('data', (piece) => (log += piece));
  return {
    said: (text) => waitFor(async () => {
      if (!log.includes(text)) throw new Error(log);
    }, 60_000, text),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const ready = (base) => waitFor(async () => {
  if (!(await fetch(base + readyPath)).ok) throw new Error('not ready');
}, 60_000, base);

async function twoPorts() {
  for (;;) {
    const port = await freePort();
    const free = await fetch(`http://127.0.0.1:${port + 1}`).then(() => false, () => true);
    if (free && port < 65535) return port;
  }
}

async function walk(hub, department, count) {
  const officer = await hub.actor('tobacco.decide');
  const en = hub.variant.lang === 'en';
  await officer.step('opens a case and sees what the other node knows', async () => {
    await officer.visit('/office/inbox');
    const row = officer.page.locator('tr').filter({ hasText: FIRM });
    await officer.settle(() => row.locator('a[href^="/office/cases/"]').first().click());
    await officer.see('单位参保缴费情况', en ? 'From another node' : '来自其他节点', '示范区人力资源和社会保障局');
  });
  const watcher = await hub.actor('supervisor');
  let call;
  await watcher.step('finds the call at the hub, and the directory in force', async () => {
    await watcher.visit('/office/nodes');
    await watcher.see(en ? 'In force' : '有效', 'human-resources');
    await watcher.click(en ? 'Calls between nodes' : '节点间调用');
    await watcher.see(en ? 'Answered' : '已答复', '单位社会保险参保缴费信息');
    [call] = /case-\d+/.exec(await watcher.read('main table'));
  });
  const other = await department.actor('supervisor');
  await other.step('finds it under the same number at the department', async () => {
    await other.visit('/office/nodes/calls?f=served');
    await other.see(call, en ? 'Answered' : '已答复');
    await other.visit('/office/exchange/calls?f=all');
    await other.see('示范区烟草专卖局 · 一体化政务服务平台');
  });
  for (const [story, act] of [[hub, 'node.outcome'], [department, 'node.serve']]) {
    const auditor = await story.actor('auditor');
    await auditor.step('finds it in the log', async () => {
      await auditor.visit(`/office/audit?act=${act}`);
      await auditor.see(new RegExp(call));
    });
  }
  await waitFor(async () => {
    const head = await (await fetch(`${hub.server.base}/log/cosigned`)).text();
    if (!head.includes('human-resources/witness')) throw new Error('not signed');
  }, 20_000, 'the signature of the witness');
  count.check(`${hub.title}: the department has signed the log of the hub`, []);
}

export async function run({ browser, checker, seen, count, title }) {
  const folder = await mkdtemp(join(tmpdir(), 'tongban-nodes-'));
  const port = await twoPorts();
  const servers = ['hub', 'human-resources'].map((node, i) => ({ base: `http://127.0.0.1:${port + i}`, folder: join(folder, node) }));
  const looks = [plain, { ...plain, width: 390, lang: 'en', js: false }];
  const told = (server, variant) => new Story({ name, browser, server, variant, checker, seen, count });
  let nodes = start(['demo-nodes', '--var', folder, '--port', String(port)]);
  try {
    await nodes.said('demo-accounts.txt'); // both are enrolled by then
    for (const look of looks) {
      const [hub, department] = servers.map((server) => told(server, look));
      try {
        await walk(hub, department, count);
      } finally {
        for (const story of [hub, department]) await story.close();
      }
    }
    await nodes.stop();
    nodes = start(serveArguments(servers[1].folder, port + 1));
    await ready(servers[1].base);
    for (const look of looks) {
      const alone = told(servers[1], look);
      try {
        const admin = await alone.actor('sysadmin');
        await admin.step('goes on without the hub while the directory holds', async () => {
          await admin.visit('/office/nodes');
          await admin.see(look.lang === 'en' ? 'In force' : '有效', look.lang === 'en' ? /\d+ hours left/ : /剩余 ?\d+ ?小时/);
        });
      } finally {
        await alone.close();
      }
    }
  } finally {
    await nodes.stop();
    await rm(folder, { recursive: true, force: true });
  }
  count.check(`${title}: both nodes ended in order`, []);
}
