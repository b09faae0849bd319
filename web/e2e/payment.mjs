// A customer and an agent, each in a Chromium of its own, and the built-in IVR:
// whole payments with a stub provider, on a server built and started here. Card
// number, expiry date and security code are keyed as named events, then as tones
// in the voice, in another order, each time with one field keyed again; then a
// card is declined, and a payment is cancelled by keyboard. Each ends in words
// at the agent; on another call the customer talks and the agent presses to listen; and no digit that was keyed may be anywhere but on the customer's own screen and at
// the provider.
//
//   npm run payment                     builds the server from this checkout
//   npm run payment -- --server BINARY  takes that server instead: give it a
//     broken one to see the checks bite. They did: with a token told whole, with
//     an accepted entry printed, with keys logged by the customer's page, with
//     press-to-talk open all the time, and with tones let through a gate.
//   npm run payment -- --update-images  also takes docs/images/payment.png
//
// CHROMIUM names another browser than /usr/bin/chromium. Nothing is skipped.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { axe, launch, open } from './browser.mjs'
import { Overheard } from './overhear.mjs'
import { beginRun } from './run.mjs'
import { card, hasMember, holds, overTime } from './secrets.mjs'
import { speech, spoken } from './spoken.mjs'
import { build, platform, start, startProvider } from './tonegate.mjs'
import { decode, keysIn } from './tones.mjs'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const { values: options } = parseArgs({ options: { server: { type: 'string' }, 'update-images': { type: 'boolean' } } })

/** A key of 100 ms, its gap, and what a busy machine takes to click. */
const KEY_EVERY_MS = 270
/**
 * Tones that a busy browser tears apart are misread: then the IVR asks again, and
 * the agent has the customer begin anew, as people do. Events are never misread.
 */
const ENTRIES = { event: 1, voice: 6 }
/** So many digits of a card number together are no accident. */
const RUN = 8

const { folder, say, check, finish } = beginRun('payment')
const id = (page, name) => page.getByTestId(name)

const heard = new Overheard()
const browsers = []
/** All that was keyed: numbers, and the short fields. */
const numbers = []
const shorts = new Set()
const newNumber = () => numbers[numbers.push(card()) - 1]
const newShort = (text) => {
  shorts.add(text)
  return text
}
const newCode = () => newShort(String(randomInt(1000)).padStart(3, '0'))
const newExpiry = () => newShort(`${String(randomInt(1, 13)).padStart(2, '0')}${randomInt(40, 45)}`)

let server
const providers = []
try {
  const binary = options.server ? resolve(options.server) : build(root, folder)
  providers.push(await startProvider(binary, folder, 'psp-main'), await startProvider(binary, folder, 'psp-declines', '--behaviour', 'decline'))
  const connectors = join(folder, 'connectors.yaml')
  writeFileSync(connectors, providers.map(({ name, url, ca }) => `${name}: {kind: generic, url: "${url}", ca_file: "${ca}"}\n`).join(''))
  server = await start(binary, folder, ['--connectors', connectors])
  say(`server at ${server.origin}`)

  const api = platform(server, (text) => heard.note('api', 'response', text))
  const { conference_id: conference, links } = await api('/v1/demonstrations', { ivr: 'builtin' })
  const voice = speech(root, folder)
  const desk = async () => {
    const chromium = await launch([`--use-file-for-fake-audio-capture=${voice.file}`])
    browsers.push(chromium)
    return open(chromium, server.origin, { farend: false, reducedMotion: 'reduce' })
  }
  const party = async (role, { context, faults }, { path, code }, talks = false) => {
    const page = await context.newPage()
    page.faults = faults
    await heard.listen(role, page)
    await page.goto(`${path}#${code}`)
    await page.getByRole('checkbox').setChecked(talks)
    await id(page, 'join').click()
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    return page
  }
  const [theirs, ours] = await Promise.all([desk(), desk()])
  const link = (links, role) => links.find((l) => l.role === role)
  const [phone, agent] = await Promise.all([party('customer', theirs, link(links, 'customer')), party('agent', ours, link(links, 'agent'))])
  check(true, 'customer and agent are on the call with the built-in IVR')

  const state = (field, words) => id(agent, `field-state-${field}`).getByText(words, { exact: true }).waitFor()
  const press = async (keys, on = phone) => {
    for (const key of keys) {
      const next = Date.now() + KEY_EVERY_MS
      await id(on, `key-${key}`).click()
      await on.waitForTimeout(Math.max(0, next - Date.now()))
    }
  }
  let way = 'event'
  let askedAgain = 0
  /** Keys a field that is asked for until it is accepted. */
  const key = async (field, keys) => {
    const now = id(agent, `field-state-${field}`)
    for (let entry = 1; ; entry++) {
      await state(field, 'Being keyed')
      await press(keys)
      await heard.look('agent', agent)
      await now.getByText(/^(Accepted|Asked again)$/).waitFor({ timeout: 15_000 })
      if ((await now.innerText()) === 'Accepted') return
      if (entry === ENTRIES[way]) throw new Error(`${field} is not accepted: ${await row(field)}`)
      askedAgain++
      await id(agent, `redo-${field}`).click()
    }
  }
  const take = async (connector, fields) => {
    for (const field of ['card_number', 'expiry', 'cvv']) await id(agent, `field-${field}`).setChecked(fields.includes(field))
    await id(agent, 'connector').selectOption(connector)
    await id(agent, 'take-payment').click()
    await id(agent, 'masking').getByText('Secure capture: armed').waitFor()
    await id(agent, 'cancel-capture').waitFor()
  }
  const row = (field) => id(agent, `field-row-${field}`).innerText().then((text) => text.replace(/\s+/g, ' ').trim())
  const ended = async (words) => {
    await id(agent, 'outcome').getByText(words).waitFor({ timeout: 20_000 })
    await heard.look('agent', agent)
    await id(agent, 'masking').getByText('tones are masked').waitFor()
    return (await id(agent, 'outcome').innerText()).replace(/\s+/g, ' ')
  }
  /** The capture as the platform reads it. */
  const latest = () => api(`/v1/captures/${heard.messages('agent', 'received', 'capture_progress').at(-1).capture_id}`)
  const accepted = async (number) => {
    const words = await ended('Card accepted')
    const { result } = await latest()
    check(/^tok_/.test(result.token) && result.last4 === number.slice(-4), `the platform has the token of the card that was keyed last`)
    check(words.includes(`psp-main gave a token in its place. Its reference ends in ${result.token.slice(-4)}.`), `the agent reads "${words}"`)
    check(!heard.of('agent').some((text) => text.includes(result.token)), 'the agent’s page never gets the token itself')
  }

  say('--- named events: number, redo of the number, date, code')
  await take('psp-main', ['card_number', 'expiry', 'cvv'])
  const first = newNumber()
  await key('card_number', first)
  await id(agent, 'redo-card_number').click()
  await state('card_number', 'Being keyed')
  await state('expiry', 'Waiting')
  check(!(await row('card_number')).includes(first.slice(-4)), 'a number that is keyed again is forgotten')
  const number = newNumber()
  await key('card_number', number)
  check((await row('card_number')) === `Card number Accepted Redo •••• •••• •••• ${number.slice(-4)} Ends in ${number.slice(-4)} Visa`, `the agent reads "${await row('card_number')}"`)
  await key('expiry', newExpiry())
  for (const violation of await axe(agent)) check(false, `axe: ${violation}`)
  if (options['update-images']) await agent.locator('.payment').screenshot({ path: join(root, 'docs/images/payment.png'), animations: 'disabled' })
  await key('cvv', newCode())
  await accepted(number)

  say('--- tones in the voice: code, date, redo of the date, number')
  way = 'voice'
  await id(phone, 'send-as-voice').check({ force: true })
  await take('psp-main', ['card_number', 'expiry', 'cvv'])
  await id(agent, 'redo-cvv').click()
  await key('cvv', newCode())
  await id(agent, 'redo-expiry').click()
  await key('expiry', newExpiry())
  await id(agent, 'redo-expiry').click()
  await key('expiry', newExpiry())
  const listening = agent.evaluate(() => window.__tonegate.recordBase64(5))
  const inVoice = newNumber()
  await key('card_number', inVoice)
  const { samples, rate } = decode(await listening)
  check(keysIn(samples, rate) === '', 'no key is read in what the agent hears meanwhile')
  await accepted(inVoice)
  say(`     ${askedAgain === 0 ? 'nothing was asked for twice' : `on this busy machine ${askedAgain} entries in tones were asked for again`}`)

  say('--- a card that is declined, and a payment that the agent cancels by keyboard')
  way = 'event'
  await id(phone, 'send-as-event').check({ force: true })
  await take('psp-declines', ['card_number'])
  await key('card_number', newNumber())
  const words = await ended('declined the card')
  check(/another card/.test(words), `the agent reads "${words}"`)
  check((await latest()).failure.class === 'declined', 'the platform reads the class of the failure')
  await agent.keyboard.press('Alt+Shift+KeyP')
  await id(agent, 'cancel-capture').waitFor()
  await press(newNumber().slice(0, 9))
  await agent.keyboard.press('Alt+Shift+KeyC')
  await ended('Cancelled')
  check((await latest()).state === 'cancelled', 'the platform reads that it was cancelled')

  await api(`/v1/conferences/${conference}`)
  await api(`/v1/conferences/${conference}/end`, {})
  for (const page of [phone, agent]) await page.getByText('Call ended').waitFor()
  await heard.look('agent', agent)
  for (const page of [phone, agent]) await page.close()

  say('--- a customer who talks, muted, and an agent who presses to listen')
  const second = await api('/v1/demonstrations', { ivr: 'builtin' })
  const [talker, listener] = await Promise.all([party('customer', theirs, link(second.links, 'customer'), true), party('agent', ours, link(second.links, 'agent'))])
  await id(talker, 'send-as-voice').check({ force: true })
  const keys = newNumber().slice(0, 9)
  await spoken({ agent: listener, phone: talker, conference: second.conference_id, loop: voice.loop, keys, press: (keys) => press(keys, talker), api, check })
  say('--- afterwards')
  await heard.look('agent', listener)
  await heard.settled()
  for (const page of [phone, agent]) for (const fault of page.faults) check(false, `console error: ${fault}`)
} catch (error) {
  check(false, error.stack)
} finally {
  await Promise.all(browsers.map((b) => b.close().catch(() => {})))
}

const keyed = (text) => numbers.some((n) => holds(text, n, RUN))
/** Texts that leave the server, over time, and the short fields in them. */
function search(what, texts) {
  const story = overTime(texts)
  const found = [...texts.filter(keyed), ...(keyed(story) ? ['over time'] : []), ...[...shorts].filter((short) => hasMember(texts, short))]
  check(texts.length > 0 && found.length === 0, `${what}: no digit of what was keyed (${texts.length} texts, ${Math.round(texts.join('').length / 1024)} KiB)`)
}
if (server) {
  for (const name of ['customer', 'agent', 'api']) {
    const kinds = ['console', 'request', 'response', 'sent', 'received'].filter((kind) => heard.of(name, kind).length > 0)
    if (kinds.length > 0) search(`${name} (${kinds.join(', ')})`, heard.of(name, ...kinds))
  }
  const shown = heard.of('agent', 'page')
  const alone = (text, short) => new RegExp(`(^|[^0-9a-zA-Z.:])${short}([^0-9a-zA-Z.:]|$)`).test(text)
  check(shown.length > 5 && ![...shown, ...heard.of('agent', 'html')].some(keyed) && !shown.some((text) => [...shorts].some((short) => alone(text, short))), `the agent's page was looked at ${shown.length} times and showed no digit but last fours`)
  const told = heard.messages('customer', 'received', 'capture_progress')
  check(told.length === 0, 'the customer’s page is not told of progress')
  const code = await server.stop()
  check(code === 0, `the server ends with ${code} after SIGINT`)
  const lines = server.log.trim().split('\n')
  search("the server's log at debug", [...lines, server.out])
  const troubles = lines.filter((line) => !/^\{"level":"(debug|info)"/.test(line) && !/"payment failed".*decline/.test(line))
  check(troubles.length === 0, `the server's log reports no trouble but the decline${troubles.map((line) => `\n  ${line}`).join('')}`)
  const data = join(folder, 'data')
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  search("the server's files", files.map((f) => readFileSync(join(f.parentPath, f.name), 'latin1')))
}
for (const provider of providers) provider.stop()
const orders = providers.map(({ out }) => out.trim().split('\n').filter((line) => line.startsWith('order')).length)
check(orders.join() === '2,1', `the providers got ${orders.join(' and ')} orders`)
search('what the providers print', providers.map((p) => p.out))
finish('the platform has its tokens, and nobody the cards')
