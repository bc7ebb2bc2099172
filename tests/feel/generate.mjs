// Expressions of FEEL by chance, well typed for the most part: the same seed gives the same expressions.

function random(seed) { // mulberry32
    return () => {
        seed = (seed + 0x6d2b79f5) | 0
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    }
}

const WORDS = ['"a"', '"ab"', '"abc"', '"banana"', '""', '"政务"', '"x-1"', '"Ab C"']
const DATES = ['2024-02-29', '2023-12-31', '2024-01-01', '1999-07-15', '2026-11-29']
const DAYS = ['P1D', 'PT36H', 'P2DT3H4M', '-P1D', 'PT0S', 'PT90M']
const MONTHS = ['P1Y', 'P14M', '-P3M', 'P1Y2M', 'P0M']

export function generator(seed) {
    const chance = random(seed)
    const below = (n) => Math.floor(chance() * n)
    const pick = (list) => list[below(list.length)]
    const of = (kind, depth) => {
        const makers = depth > 0 ? [...leaves[kind], ...branches[kind]] : leaves[kind]
        return pick(makers)(depth - 1)
    }
    const n = (d) => of('number', d), s = (d) => of('string', d), b = (d) => of('boolean', d), l = (d) => of('list', d), c = (d) => of('context', d)
    const date = (d) => of('date', d), days = (d) => of('days', d), months = (d) => of('months', d)
    const any = (d) => of(pick(['number', 'string', 'boolean', 'list', 'date', 'days', 'months']), d)
    const leaves = {
        number: [() => String(below(20)), () => String(below(200) / 4), () => `-${1 + below(9)}`, () => 'n', () => 'income'],
        string: [() => pick(WORDS), () => 's'],
        boolean: [() => 'true', () => 'false', () => 'null'],
        list: [() => '[]', () => 'list', () => `[${below(9)}, ${below(9)}, ${below(9)}]`],
        context: [() => 'person', () => '{a: 1, b: "x"}'],
        date: [() => `date("${pick(DATES)}")`, () => `@"${pick(DATES)}"`],
        days: [() => `duration("${pick(DAYS)}")`, () => `@"${pick(DAYS)}"`],
        months: [() => `duration("${pick(MONTHS)}")`, () => `@"${pick(MONTHS)}"`],
    }
    const branches = {
        number: [
            (d) => `(${n(d)} ${pick(['+', '-', '*'])} ${n(d)})`, (d) => `(${n(d)} / ${n(d)})`, (d) => `-(${n(d)})`, (d) => `(${n(d)} ** ${below(4)})`,
            (d) => `if ${b(d)} then ${n(d)} else ${n(d)}`, (d) => `count(${l(d)})`, (d) => `sum(${l(d)})`, (d) => `${pick(['min', 'max', 'mean', 'median', 'product'])}(${l(d)})`,
            (d) => `${l(d)}[${pick(['1', '2', '-1', '4'])}]`, (d) => `string length(${s(d)})`, (d) => `${pick(['floor', 'ceiling', 'abs'])}(${n(d)})`,
            (d) => `modulo(${n(d)}, ${n(d)})`, (d) => `decimal(${n(d)}, ${below(3)})`, (d) => `round ${pick(['up', 'down', 'half up', 'half down'])}(${n(d)}, ${below(3)})`,
            (d) => `${date(d)}.${pick(['year', 'month', 'day'])}`, () => 'person.age', (d) => `{x: ${n(d)}, y: x + 1}.y`, (d) => `{f: function(a) a + ${n(d)}}.f(2)`,
            (d) => `${months(d)}.${pick(['years', 'months'])}`, (d) => `${days(d)}.${pick(['days', 'hours', 'minutes'])}`,
        ],
        string: [
            (d) => `${s(d)} + ${s(d)}`, (d) => `upper case(${s(d)})`, (d) => `lower case(${s(d)})`, (d) => `substring(${s(d)}, ${pick(['1', '2', '-1', '-2'])})`,
            (d) => `substring(${s(d)}, ${1 + below(3)}, ${1 + below(3)})`, (d) => `substring before(${s(d)}, ${s(d)})`, (d) => `substring after(${s(d)}, ${s(d)})`,
            (d) => `if ${b(d)} then ${s(d)} else ${s(d)}`, () => 'person.name', (d) => `replace(${s(d)}, "a", "o")`, (d) => `string join([${s(d)}, ${s(d)}], "-")`,
        ],
        boolean: [
            (d) => `(${b(d)} ${pick(['and', 'or'])} ${b(d)})`, (d) => `not(${b(d)})`, (d) => `(${n(d)} ${pick(['<', '<=', '>', '>=', '=', '!='])} ${n(d)})`,
            (d) => `(${s(d)} ${pick(['<', '>', '=', '!='])} ${s(d)})`, (d) => `${n(d)} between ${n(d)} and ${n(d)}`, (d) => `${n(d)} in [${below(9)}..${9 + below(9)}]`,
            (d) => `${n(d)} in (${below(9)}..${9 + below(9)}]`, (d) => `${n(d)} in (${n(0)}, ${n(0)}, > ${below(9)})`, (d) => `list contains(${l(d)}, ${n(d)})`,
            (d) => `some x in ${l(d)} satisfies x > ${n(0)}`, (d) => `every x in ${l(d)} satisfies x > ${n(0)}`, (d) => `contains(${s(d)}, ${s(d)})`,
            (d) => `${pick(['starts with', 'ends with'])}(${s(d)}, ${s(d)})`, (d) => `matches(${s(d)}, "^[a-b]+")`, (d) => `(${date(d)} ${pick(['<', '>', '='])} ${date(d)})`,
            (d) => `(${any(d)}) instance of ${pick(['number', 'string', 'boolean', 'date'])}`, (d) => `${pick(['odd', 'even'])}(${n(d)})`, (d) => `(${l(d)} = ${l(d)})`,
            (d) => `(${any(d)} = ${any(d)})`, (d) => `all([${b(d)}, ${b(d)}])`, (d) => `any([${b(d)}, ${b(d)}])`, (d) => `(${days(d)} < ${days(d)})`, (d) => `(${months(d)} = ${months(d)})`,
        ],
        list: [
            (d) => `[${n(d)}, ${n(d)}]`, (d) => `for x in ${l(d)} return x + ${n(0)}`, () => `for i in 1..${1 + below(5)} return i * i`, (d) => `${l(d)}[item > ${n(0)}]`,
            (d) => `append(${l(d)}, ${n(d)})`, (d) => `concatenate(${l(d)}, ${l(d)})`, (d) => `reverse(${l(d)})`, (d) => `sort(${l(d)}, function(a, b) a < b)`, (d) => `distinct values(${l(d)})`,
            (d) => `flatten([${l(d)}, ${l(d)}])`, (d) => `sublist(${l(d)}, ${1 + below(2)})`, (d) => `index of(${l(d)}, ${n(d)})`, (d) => `union(${l(d)}, ${l(d)})`, (d) => `remove(${l(d)}, 1)`,
            (d) => `insert before(${l(d)}, 1, ${n(d)})`, () => 'people.age', () => 'people[age > 18].age', (d) => `if ${b(d)} then ${l(d)} else ${l(d)}`,
        ],
        context: [(d) => `{a: ${n(d)}, b: ${s(d)}, c: a}`],
        date: [(d) => `(${date(d)} + ${months(d)})`, (d) => `(${date(d)} - ${months(d)})`, (d) => `(${date(d)} + ${days(0)})`, () => 'date(2024, 2, 28)'],
        days: [(d) => `(${date(d)} - ${date(d)})`, (d) => `(${days(d)} + ${days(d)})`, (d) => `(${days(d)} * ${below(4)})`],
        months: [(d) => `(${months(d)} + ${months(d)})`, (d) => `years and months duration(${date(d)}, ${date(d)})`, (d) => `(${months(d)} * ${below(4)})`],
    }
    return () => of(pick(['number', 'string', 'boolean', 'list', 'context', 'date', 'days', 'months']), 1 + below(3))
}

export const GIVEN = {
    n: 7, s: 'banana', income: 1250.5, list: [3, 1, 2], person: { name: '张三', age: 34 },
    people: [{ name: '张三', age: 34 }, { name: '李四', age: 12 }, { name: '王五', age: 71 }],
}
