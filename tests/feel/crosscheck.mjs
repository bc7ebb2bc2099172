// Our FEEL beside npm feelin, over expressions made by chance. A difference is right when docs/feel.md explains its kind; every
// other one fails. Ends with `N passed, N failed`.
//
//   node tests/feel/crosscheck.mjs [COUNT] [SEED] [--show KIND]
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generator, GIVEN } from './generate.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { evaluate } = createRequire(join(root, 'tests/package.json'))('feelin')
const [count = '10000', seed = '1', , show] = process.argv.slice(2)

const folder = mkdtempSync(join(tmpdir(), 'feel-'))
const tool = join(folder, 'feel_tool')

function build() {
    const files = ['src/core/base', 'src/core/json', 'src/engines/decimal', 'src/engines/feel'].flatMap((at) =>
        readdirSync(join(root, at)).filter((n) => n.endsWith('.c') && !n.endsWith('_test.c')).map((n) => `${at}/${n}`))
    execFileSync('gcc', ['-std=gnu11', '-O1', '-D_GNU_SOURCE', '-include', 'src/core/base/banned.h', '-Isrc', '-o', tool, 'tests/feel/feel_tool.c', ...files,
        '-l:libbidgcc000.a', '-lmpfr', '-lgmp', '-lpcre2-8', '-lpthread', '-lm'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
}

function ours(expressions) {
    const input = [JSON.stringify(GIVEN), ...expressions].join('\n') + '\n'
    return execFileSync(tool, { input, maxBuffer: 1 << 28 }).toString().trimEnd().split('\n').map((line) => JSON.parse(line))
}

// feelin's values as JSON; functions, and what it throws, as null.
function plain(v) {
    if (v === undefined || v === null || typeof v === 'function') return null
    if (typeof v === 'number' || typeof v === 'string' || typeof v === 'boolean') return Object.is(v, -0) ? 0 : v
    if (Array.isArray(v)) return v.map(plain)
    if (v.constructor === Object) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]))
    return v.iso ?? null
}

function theirs(expression) {
    try {
        return plain(evaluate(expression, GIVEN).value)
    } catch {
        return null
    }
}

function same(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
    if (a && b && typeof a === 'object' && typeof b === 'object') {
        const keys = Object.keys(a)
        return keys.length === Object.keys(b).length && keys.every((k) => k in b && same(a[k], b[k]))
    }
    return a === b
}

// Kinds of differences that are explained in docs/feel.md, each by the standard. The first that fits names it.
const EXPLAINED = [
    { name: 'duration times number', fits: (e) => /(duration\(|@"|date).*\* \d/.test(e) },
    { name: 'years and months between dates', fits: (e) => e.includes('years and months duration(') },
    { name: 'date plus hours', fits: (e) => /(date\(|@"\d)/.test(e) && /PT|P\dDT/.test(e) },
    { name: 'part of a string that is not there', fits: (e) => e.includes('substring(') },
    { name: 'position that is not there', fits: (e) => /(sublist|remove|insert before)\(/.test(e) },
    { name: 'between, upside down', fits: (e) => e.includes(' between ') },
    { name: 'lists of different length', fits: (e, a, b) => e.includes(' = ') && a !== null && b === null },
    { name: 'null among what is asked of all', fits: (e, a, b) => /every|some/.test(e) && a === null && b === false },
    { name: 'median', fits: (e) => e.includes('median(') },
    { name: 'condition that is neither true nor false', fits: (e) => e.includes('if ') },
    { name: 'range followed by and, or', fits: (e) => / in [([].*[\])] (and|or) /.test(e) },
    { name: 'values of different kinds', fits: (e, a, b) => e.includes(' = ') && JSON.stringify(a).replaceAll('null', 'false') === JSON.stringify(b) },
]

try {
    build()
    const next = generator(Number(seed))
    const expressions = Array.from({ length: Number(count) }, next)
    const values = ours(expressions)
    const kinds = new Map()
    let passed = 0, failed = 0
    expressions.forEach((expression, i) => {
        const other = theirs(expression)
        if (same(values[i], other)) return passed++
        const kind = EXPLAINED.find((k) => k.fits(expression, values[i], other))
        if (kind) {
            kinds.set(kind.name, (kinds.get(kind.name) ?? 0) + 1)
            if (show === kind.name) console.log(`${expression}\n  ours ${JSON.stringify(values[i])}  feelin ${JSON.stringify(other)}`)
            return passed++
        }
        failed++
        if (failed <= 60) console.log(`differs: ${expression}\n  ours ${JSON.stringify(values[i])}  feelin ${JSON.stringify(other)}`)
    })
    for (const [name, n] of kinds) console.log(`explained, ${name}: ${n}`)
    console.log(`${passed} passed, ${failed} failed`)
    process.exitCode = failed ? 1 : 0
} finally {
    rmSync(folder, { recursive: true, force: true })
}
