// The flow of five tasks in npm bpmn-engine: instances a second, one after the other in one thread; the median of five rounds.
//
//   process-bench print | node engine.mjs memory         the model read once and kept, nothing stored
//   process-bench print | node engine.mjs sqlite FILE    its state saved to SQLite at every step (WAL, synchronous=FULL)
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.PACKAGES ?? new URL('../../tests/package.json', import.meta.url))
const { Engine } = require('bpmn-engine')
const inside = createRequire(require.resolve('bpmn-engine'))
const Elements = inside('bpmn-elements')
const { default: serializer, TypeResolver } = inside('moddle-context-serializer')
const moddle = inside('bpmn-moddle')
const BpmnModdle = moddle.BpmnModdle ?? moddle.default ?? moddle
const [how, file] = process.argv.slice(2)
const rounds = 5
const seconds = Number(process.env.ROUND_SECONDS ?? 2) // each

const read = await new BpmnModdle().fromXML(readFileSync(0, 'utf8'))
const model = serializer(read, TypeResolver(Elements))
let save
if (how === 'sqlite') {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL)')
  const put = db.prepare('INSERT INTO instance (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state')
  save = (id, state) => put.run(id, JSON.stringify(state))
}

async function instance(id) {
  const engine = new Engine({ name: 'flow', sourceContext: model })
  const listener = new EventEmitter()
  const waiting = []
  let steps = 0
  listener.on('activity.wait', (task) => waiting.push(task))
  const end = engine.waitFor('end')
  const execution = await engine.execute({ listener })
  if (save) save(id, await execution.getState())
  while (waiting.length) {
    waiting.shift().signal()
    steps++
    if (save) save(id, await execution.getState())
  }
  await end
  if (steps !== 5) throw new Error(`${steps} steps`)
}

for (let i = 0; i < 50; i++) await instance(i)
let done = 0
const rates = []
for (let round = 0; round < rounds; round++) {
  const before = done
  const began = process.hrtime.bigint()
  let spent = 0
  while (spent < seconds * 1e9) {
    await instance(1000 + done++)
    spent = Number(process.hrtime.bigint() - began)
  }
  rates.push(((done - before) / spent) * 1e9)
}
rates.sort((a, b) => a - b)
console.log('RESULT', rates[(rounds - 1) / 2].toFixed(1))
