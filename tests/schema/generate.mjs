// Schemas and documents by chance, drawn from a small world so that they meet: the same seed gives the same cases.

function random(seed) { // mulberry32
    return () => {
        seed = (seed + 0x6d2b79f5) | 0
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    }
}

const NAMES = ['a', 'b', 'c', 'ab', 'name', '政务', 'a/b', 'x~y', '']
const TEXTS = ['', 'a', 'ab', 'abc', 'banana', '政务', '😀', '12', '2026-02-28', '2026-02-30', 'A1-b', 'a\nb', '　', 'é']
const NUMBERS = [0, 1, 2, 3, 5, -1, 10, 0.5, 1.5, 2.25, -0.75, 100, 1e3, 12345678, 0.1, 7]
const PATTERNS = ['^a', 'b$', '^[a-c]+$', '\\d', '^\\w+$', '\\s', '^.$', '^\\p{L}+$', 'a.b', '^(a|ab)$', '(?=a)', '^[^\\d]*$', '\\u653f', '^\\S{2,3}$', '(.)\\1', '^$']
const FORMATS = ['date', 'ipv4', 'uuid', 'json-pointer']
const TYPES = ['null', 'boolean', 'number', 'string', 'array', 'object', 'integer']

export function generator(seed) {
    const chance = random(seed)
    const below = (n) => Math.floor(chance() * n)
    const pick = (list) => list[below(list.length)]
    const some = (list, most) => [...new Set(Array.from({ length: 1 + below(most) }, () => pick(list)))]
    const named = (make, most) => Object.fromEntries(some(NAMES, most).map((name) => [name, make()]))

    function value(depth) {
        const kind = below(depth > 0 ? 9 : 6)
        if (kind === 0) return null
        if (kind === 1) return chance() < 0.5
        if (kind <= 3) return pick(NUMBERS)
        if (kind <= 5) return pick(TEXTS)
        if (kind === 6) return Array.from({ length: below(5) }, () => value(depth - 1))
        return named(() => value(depth - 1), 4)
    }

    const keywords = (d) => ({
        type: () => (chance() < 0.7 ? pick(TYPES) : some(TYPES, 3)),
        const: () => value(1), enum: () => Array.from({ length: 1 + below(4) }, () => value(1)),
        multipleOf: () => pick([1, 2, 0.5, 0.25, 3, 10]), maximum: () => pick(NUMBERS), exclusiveMaximum: () => pick(NUMBERS),
        minimum: () => pick(NUMBERS), exclusiveMinimum: () => pick(NUMBERS),
        maxLength: () => below(5), minLength: () => below(4), pattern: () => pick(PATTERNS), format: () => pick(FORMATS),
        maxItems: () => below(5), minItems: () => below(3), uniqueItems: () => chance() < 0.8,
        maxProperties: () => below(5), minProperties: () => below(3),
        required: () => some(NAMES, 2), dependentRequired: () => named(() => some(NAMES, 2), 2),
        prefixItems: () => Array.from({ length: 1 + below(3) }, () => schema(d)), items: () => schema(d),
        contains: () => schema(d), minContains: () => below(3), maxContains: () => below(3),
        properties: () => named(() => schema(d), 3), patternProperties: () => ({ [pick(PATTERNS)]: schema(d) }),
        additionalProperties: () => schema(d), propertyNames: () => schema(d),
        dependentSchemas: () => named(() => schema(d), 2),
        allOf: () => Array.from({ length: 1 + below(2) }, () => schema(d)), anyOf: () => Array.from({ length: 1 + below(3) }, () => schema(d)),
        oneOf: () => Array.from({ length: 1 + below(3) }, () => schema(d)), not: () => schema(d),
        if: () => schema(d), then: () => schema(d), else: () => schema(d),
        unevaluatedItems: () => schema(d), unevaluatedProperties: () => schema(d),
        $ref: () => pick(['#/$defs/one', '#/$defs/two', '#three']),
    })
    const flat = ['type', 'const', 'enum', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'format',
        'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties', 'required', 'dependentRequired']

    function schema(depth) {
        if (chance() < 0.08) return chance() < 0.6
        const made = {}, all = keywords(depth - 1)
        const names = depth > 0 ? Object.keys(all) : flat
        for (let i = 1 + below(4); i > 0; i--) {
            const name = pick(names)
            made[name] = all[name]()
        }
        if ((made.minContains !== undefined || made.maxContains !== undefined) && made.contains === undefined) made.contains = schema(0)
        if ((made.then !== undefined || made.else !== undefined) && made.if === undefined) made.if = schema(0)
        return made
    }

    // Conditions as forms have them: what one, all or any of some members say shows or hides another, and asks for it.
    const bounds = () => Object.fromEntries(some(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'], 2).map((bound) => [bound, pick(NUMBERS)]))
    const answer = () => pick([bounds, bounds, () => ({ const: value(0) }), () => ({ enum: [value(0), value(0)] }), () => ({ contains: { const: value(0) } })])()
    const question = (names) => ({ properties: Object.fromEntries(names.map((name) => [name, answer()])), required: names })
    function condition() {
        const asked = some(NAMES, 3).filter((name) => name), hidden = pick(NAMES.filter((name) => name))
        const one = { if: chance() < 0.4 ? question(asked) : { [pick(['allOf', 'anyOf'])]: asked.map((name) => question([name])) }, else: { properties: { [hidden]: false } } }
        return chance() < 0.5 ? { ...one, then: { required: [hidden] } } : one
    }
    const form = () => ({ properties: named(() => ({ type: pick(TYPES) }), 2), allOf: Array.from({ length: 1 + below(3) }, condition) })
    const answers = () => Object.fromEntries(NAMES.filter(() => chance() < 0.5).map((name) => [name, value(1)]))

    return () => {
        if (chance() < 0.2)
            return { schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...form() }, documents: Array.from({ length: 5 }, answers) }
        const root = schema(3)
        const whole = typeof root === 'boolean' ? { allOf: [root] } : root
        return {
            schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...whole, $defs: { one: schema(1), two: schema(0), three: { $anchor: 'three', ...Object(schema(0)) } } },
            documents: Array.from({ length: 5 }, () => value(3)),
        }
    }
}
