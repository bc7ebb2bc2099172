// The Nu HTML checker as a local server: one Java process for a whole run, some ten milliseconds a page.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort, waitFor } from './server.mjs';

const jar = join(dirname(createRequire(import.meta.url).resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');

export async function startHtmlChecker() {
  const port = await freePort();
  const child = spawn(
    'java',
    ['-XX:TieredStopAtLevel=1', '-Xss4m', '-Dnu.validator.servlet.bind-address=127.0.0.1', '-cp', jar, 'nu.validator.servlet.Main', String(port)],
    { stdio: 'ignore' },
  );
  const base = `http://127.0.0.1:${port}/`;
  const valid = new Set(); // documents that differ in nothing but the token of a form
  const check = async (html) => {
    const document = html.replace(/( name="csrf" value=)"[^"]*"/g, '$1"x"');
    if (valid.has(document)) return [];
    const response = await fetch(`${base}?out=json&level=error`, {
      method: 'POST',
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: html,
    });
    if (!response.ok) throw new Error(`the HTML checker answered ${response.status}`);
    const { messages } = await response.json();
    const errors = messages.filter((m) => m.type === 'error' || m.type === 'non-document-error');
    if (!errors.length) valid.add(document);
    return errors.map((m) => `line ${m.lastLine ?? '?'}: ${m.message} … ${(m.extract ?? '').replace(/\s+/g, ' ')}`);
  };
  await waitFor(() => check('<!DOCTYPE html><html lang="en"><title>x</title><p>x'), 60_000, 'the HTML checker');
  return { check, stop: () => child.kill('SIGKILL') };
}
