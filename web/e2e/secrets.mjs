// Sequences of keys that can be told from anything else, and the search for
// them in what leaves the server.
import { randomInt } from 'node:crypto'

const shuffle = (list) => {
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1)
    ;[list[i], list[j]] = [list[j], list[i]]
  }
  return list
}

/**
 * Twenty keys with all sixteen among them. Each fifth is a star or a hash, so
 * that six in a row are never a number, a time or a fingerprint by chance.
 */
export function sequence() {
  const others = shuffle([...'0123456789ABCD', String(randomInt(10)), String(randomInt(10))])
  const marks = shuffle([...'**##'])
  const place = randomInt(5)
  return Array.from({ length: 20 }, (_, i) => (i % 5 === place ? marks.pop() : others.pop())).join('')
}

const grams = (list, n) => list.slice(0, Math.max(0, list.length - n + 1)).map((_, i) => list.slice(i, i + n))
const code = (key) => '0123456789*#ABCD'.indexOf(key)

/**
 * How six of the keys in a row could be written: as lists of characters or event
 * codes, as hex, and together, where it takes `run` of them.
 */
function* spellings(keys, run) {
  for (const some of grams([...keys], run)) yield some.join('')
  for (const six of grams([...keys], 6)) {
    yield Buffer.from(six.join('')).toString('hex')
    for (const glue of [',', ' ', '\n', '-', ':']) {
      yield six.join(glue)
      yield six.map(code).join(glue)
    }
  }
  // What a filter for digits would leave of it.
  const digits = [...keys].filter((key) => key >= '0' && key <= '9')
  for (const ten of grams(digits, 10)) yield ten.join('')
  for (const six of grams(digits, 6)) for (const glue of [',', ' ', '\n']) yield six.join(glue)
  yield Buffer.from(keys).toString('base64').slice(0, 20)
}

/** Quotes, however often escaped, and blanks after commas make no difference. */
const plain = (text) => text.replace(/\\+[nt]/g, ' ').replace(/[\\"']/g, '').replace(/,\s+/g, ',').toLowerCase()

/**
 * True if the text holds six or more of the keys in a row, in any spelling. Of
 * digits alone, such as a card number, six together occur in times and counters
 * by chance: `run` says how many it takes.
 */
export function holds(text, keys, run = 6) {
  const hay = plain(text)
  for (const needle of spellings(keys, run)) if (hay.includes(needle.toLowerCase())) return true
  return false
}

/**
 * What JSON messages say over time: one line per member, with its values in
 * order. Keys that are told one by one stand together there.
 */
export function overTime(texts) {
  const members = new Map()
  const walk = (value, path) => {
    if (value !== null && typeof value === 'object') for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${Array.isArray(value) ? '' : name}`)
    else members.set(path, [...(members.get(path) ?? []), value])
  }
  let rest = ''
  for (const text of texts) {
    try {
      const message = JSON.parse(text)
      walk(message, String(message.type ?? message.msg))
      walk(message, '')
    } catch {
      rest += text
    }
  }
  return [...members.values()].map((values) => values.join(',')).join('\n') + `\n${rest}`
}

/** A Visa card of nobody: right check digit, and few digits that repeat, as counters do. */
export function card() {
  for (;;) {
    const digits = [4, ...Array.from({ length: 14 }, () => randomInt(10))]
    const sum = digits.reduce((all, d, i) => all + (i % 2 === 0 ? (d * 2) % 10 + Math.floor(d / 5) : d), 0)
    digits.push((10 - (sum % 10)) % 10)
    if (grams(digits, 6).every((six) => new Set(six).size >= 4)) return digits.join('')
  }
}

/** True if a member of the JSON texts is exactly the given text, such as a security code. */
export function hasMember(texts, short) {
  const walk = (value) => (value !== null && typeof value === 'object' ? Object.values(value).some(walk) : value === short)
  return texts.some((text) => {
    try {
      return walk(JSON.parse(text))
    } catch {
      return false
    }
  })
}
