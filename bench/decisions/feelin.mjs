// The same decisions with npm feelin, which evaluates expressions and unary tests; what is around them is done here in the
// plainest way. Prints `RESULT nanoseconds-each count checksum`.
//
//   node feelin.mjs table < TABLE.json
//   node feelin.mjs graph NAME INPUT.json < GRAPH.json
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { evaluate, unaryTest } = createRequire(join(root, 'tests/package.json'))('feelin')
const value = (text, context) => evaluate(text, context).value
const holds = (text, v, context) => text === '-' || unaryTest(text, { ...context, '?': v }).value === true

function timed(least, turn) {
    const start = process.hrtime.bigint()
    let count = 0, sum = 0
    do sum += turn(count++)
    while (count < least || process.hrtime.bigint() - start < 2_000_000_000n)
    console.log(`RESULT ${Number(process.hrtime.bigint() - start) / count} ${count} ${sum}`)
}

function byTable() {
    const { rules, rows } = JSON.parse(readFileSync(0, 'utf8'))
    timed(10, (n) => {
        const row = rows[n % rows.length]
        return 1 + rules.findIndex((rule) => rule.every((cell, i) => holds(cell, row[i], {})))
    })
}

// ---- a graph ----

function boxed(e, context) {
    if (e.kind === 'literalExpression') return value(e.text, context)
    if (e.kind === 'list') return e.items.map((x) => boxed(x, context))
    if (e.kind === 'relation') return e.rows.map((row) => Object.fromEntries(row.map((cell, i) => [e.columns[i], boxed(cell, context)])))
    if (e.kind === 'invocation') return context[e.callee](...e.args.map(([name, x]) => [name, boxed(x, context)]))
    if (e.kind === 'functionDefinition') {
        return (...args) => boxed(e.body, { ...context, ...Object.fromEntries(args.map((x, i) => (Array.isArray(x) && x.length === 2 ? x : [e.params[i], x]))) })
    }
    if (e.kind === 'context') {
        const own = {}
        for (const [name, x] of e.entries) {
            const v = boxed(x, { ...context, ...own })
            if (!name) return v
            own[name] = v
        }
        return own
    }
    return table(e, context)
}

function table(e, context) {
    const inputs = e.inputs.map((x) => value(x, context))
    const hits = []
    for (const [tests, outputs] of e.rules) {
        if (!tests.every((t, i) => holds(t, inputs[i], context))) continue
        const row = outputs.map((x) => value(x, context))
        hits.push(outputs.length === 1 ? row[0] : Object.fromEntries(row.map((x, i) => [e.outputs[i], x])))
        if (e.policy === 'UNIQUE' || e.policy === 'FIRST' || e.policy === 'ANY') return hits[0]
    }
    if (e.policy !== 'COLLECT' && e.policy !== 'RULE ORDER') return hits[0] ?? null
    return e.aggregation === 'SUM' ? hits.reduce((a, b) => a + b, 0) : hits
}

function byGraph(name, input) {
    const parts = JSON.parse(readFileSync(0, 'utf8'))
    const given = JSON.parse(readFileSync(input, 'utf8'))
    const asked = Object.keys(parts).find((id) => parts[id].name === name)
    const run = () => {
        const done = new Map()
        const of = (id) => {
            const p = parts[id]
            if (!done.has(id)) done.set(id, p.kind === 'input' ? given[p.name] : boxed(p.body, Object.fromEntries((p.needs ?? []).map((n) => [parts[n].name, of(n)]))))
            return done.get(id)
        }
        return of(asked)
    }
    console.log(`VALUE ${JSON.stringify(run())}`)
    timed(10, () => (run(), 0))
}

const [what, ...rest] = process.argv.slice(2)
if (what === 'table') byTable()
else byGraph(...rest)
