// Starts the program under test on a free port with a temporary folder of its own, and removes both afterwards.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as wiring from '../wiring.mjs';

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export async function waitFor(attempt, milliseconds, what) {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what} did not come up: ${error.message}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// startServer({ real, divisions, database }) → { base, folder, log(), stop() }; real: with the lists from outside, divisions: that of its divisions too; database: of PostgreSQL. With TONGBAN_URL set, a server that
// already runs is used instead (TONGBAN_VAR is its folder).
export async function startServer({ real = false, divisions = false, database } = {}) {
  if (process.env.TONGBAN_URL) {
    return { base: process.env.TONGBAN_URL.replace(/\/$/, ''), folder: undefined, log: () => '', stop: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'tongban-browser-'));
  let log = '';
  try {
    const port = await freePort();
    for (const args of wiring.prepareCommands(folder, { real, divisions, database })) await runToEnd(wiring.program, args);
    const child = spawn(wiring.program, wiring.serveArguments(folder, port, database), { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
    let gone = false;
    exited.then(() => (gone = true));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => (log = (log + piece).slice(-200_000)));
    }
    const base = `http://127.0.0.1:${port}`;
    await waitFor(
      async () => {
        if (gone) throw new Error('it ended');
        const response = await fetch(base + wiring.readyPath);
        if (!response.ok) throw new Error(`it answers ${response.status}`);
      },
      30_000,
      'the server',
    );
    const stop = async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const how = await exited;
      clearTimeout(late);
      await rm(folder, { recursive: true, force: true });
      if (how !== 0 && how !== 'SIGTERM') throw new Error(`the server ended with ${how}:\n${log.slice(-4000)}`);
    };
    return { base, folder, log: () => log, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${error.message}\n${log.slice(-4000)}`);
  }
}

function runToEnd(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (out += piece));
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve(out) : reject(new Error(`${args.join(' ')}: ${out}`))));
  });
}
