// Our JSON Schema beside npm ajv, over schemas and documents made by chance. ajv's verdicts are written as test cases, and
// `tongban schema test` runs them. A difference is right when docs/schema.md explains its kind; every other one fails.
// Ends with `N passed, N failed`.
//
//   node tests/schema/crosscheck.mjs [COUNT] [SEED]
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generator } from './generate.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const require = createRequire(join(root, 'tests/package.json'))
const { default: Ajv } = require('ajv/dist/2020')
const { default: addFormats } = require('ajv-formats')
const [count = '10000', seed = '1'] = process.argv.slice(2)
const program = process.env.TONGBAN_BIN ?? join(root, 'build/tongban')

// Is there a schema of that kind at any depth?
function somewhere(value, test) {
    if (!value || typeof value !== 'object') return false
    return (!Array.isArray(value) && test(value)) || Object.values(value).some((part) => somewhere(part, test))
}
const isEmptyList = (value) => Array.isArray(value) && (value.length === 0 || value.some(isEmptyList))
const hasEmptyList = (value) => isEmptyList(value) || somewhere({ value }, (part) => Object.values(part).some(isEmptyList))

// What ajv does otherwise than the draft, each with what tells it (docs/schema.md).
const EXPLAINED = [
    { name: 'a required name of no characters', fits: (schema) => somewhere(schema, (s) => Array.isArray(s.required) && s.required.includes(''))
        || somewhere(schema, (s) => Object.values(s.dependentRequired ?? {}).some((list) => Array.isArray(list) && list.includes(''))) },
    { name: 'contains beside unevaluatedItems', fits: (schema) => somewhere(schema, (s) => s.contains !== undefined) && somewhere(schema, (s) => s.unevaluatedItems !== undefined) },
    { name: 'if without then and else, beside unevaluated', fits: (schema) => somewhere(schema, (s) => s.if !== undefined && s.then === undefined && s.else === undefined)
        && somewhere(schema, (s) => s.unevaluatedProperties !== undefined || s.unevaluatedItems !== undefined) },
    { name: 'contains beside prefixItems on a list of nothing', fits: (schema, data) => somewhere(schema, (s) => s.contains !== undefined && s.prefixItems !== undefined) && hasEmptyList(data) },
]

function verdicts(next) {
    const groups = [], refused = []
    for (let made = 0; made < Number(count);) {
        const { schema, documents } = next()
        const ajv = new Ajv({ strict: false, validateFormats: true, logger: false, unicodeRegExp: true })
        addFormats(ajv)
        try {
            const judge = ajv.compile(schema)
            const tests = documents.map((data, i) => ({ description: `${groups.length}/${i}`, data, valid: judge(data) }))
            groups.push({ description: `${groups.length}`, schema, tests })
            made += tests.length
        } catch (error) {
            refused.push(String(error))
        }
    }
    return { groups, refused }
}

const folder = mkdtempSync(join(tmpdir(), 'schema-'))
try {
    const { groups, refused } = verdicts(generator(Number(seed)))
    const cases = groups.flatMap((g) => g.tests)
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(groups))
    // Formats are asserted in a folder of that name.
    const place = join(folder, 'optional')
    mkdirSync(place)
    writeFileSync(join(place, 'cases.json'), JSON.stringify(groups))
    const run = spawnSync(program, ['schema', 'test', place], { maxBuffer: 1 << 28, encoding: 'utf8' })
    const differing = [...run.stdout.matchAll(/^failed .*cases\.json: (\d+): (\d+)\/(\d+): (.*)$/gm)]
    const counted = /^(\d+) passed, (\d+) failed$/m.exec(run.stdout)
    const kinds = new Map()
    let failed = 0
    for (const [, , g, i, what] of differing) {
        const group = groups[g]
        const kind = EXPLAINED.find((k) => k.fits(group.schema, group.tests[i].data))
        if (kind) {
            kinds.set(kind.name, (kinds.get(kind.name) ?? 0) + 1)
            continue
        }
        failed++
        if (failed <= 20) console.log(`differs: ${JSON.stringify(group.schema)}\n  on ${JSON.stringify(group.tests[i].data)}: ajv ${group.tests[i].valid}; ${what}`)
    }
    if (!counted || Number(counted[2]) !== differing.length || Number(counted[1]) + Number(counted[2]) !== cases.length) {
        console.log(run.stdout.slice(-2000) + run.stderr)
        failed++
    }
    for (const [name, n] of kinds) console.log(`explained, ${name}: ${n}`)
    console.log(`${cases.length} cases, ${cases.filter((c) => c.valid).length} of them valid; ${groups.length} schemas, ${refused.length} more that ajv refused`)
    console.log(`${cases.length - failed} passed, ${failed} failed`)
    process.exitCode = failed ? 1 : 0
} finally {
    rmSync(folder, { recursive: true, force: true })
}
