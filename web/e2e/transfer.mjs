// A customer and an agent, each in a Chromium of its own and talking all the
// time, and the built-in IVR: the agent sends the customer to the IVR, hears
// music and neither the customer nor the keys, while the IVR reads a card; is
// back when the payment is done; sends again, and takes the customer back in the
// middle of a number, which cancels it; and puts the customer on hold. What the
// agent hears is measured each time, and searched for keys by multimon-ng too.
//
//   npm run transfer                     builds the server from this checkout
//   npm run transfer -- --server BINARY  takes that server instead: give it a
//     broken one to see the checks bite. They did: with an agent's mix that does
//     not ask whether the agent is outside (bridge/transfer.go: mix), ten of them.
//
// CHROMIUM names another browser than /usr/bin/chromium. Nothing is skipped.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { axe, launch, open } from './browser.mjs'
import { Overheard } from './overhear.mjs'
import { beginRun } from './run.mjs'
import { card, holds, overTime } from './secrets.mjs'
import { above, level, multimon, OTHER_VOICE, resemblance, SAME_VOICE, VOICE_S } from './sound.mjs'
import { speech } from './spoken.mjs'
import { asked, build, platform, start, startProvider } from './tonegate.mjs'
import { decode, keysIn } from './tones.mjs'
import { overhearWire, soundOf, wireSince } from './wire.mjs'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const { values: options } = parseArgs({ options: { server: { type: 'string' } } })

/** Limits in dBm0, as in browsers.mjs. */
const SPOKEN = -40
const UNHEARD = -45
/** The music is at about -25 on the whole, and softer between its notes. */
const MUSIC = [-35, -18]
/** It has no note above 530 Hz; voices and keys have most of theirs. */
const ABOVE_MUSIC = 640
/** What was under way when a recording began has been heard by then. */
const SETTLE_S = 0.7
/** A key of 100 ms, its gap, and what a busy machine takes to click. */
const KEY_EVERY_MS = 270
/** So many digits of a card number together are no accident. */
const RUN = 8

const { folder, say, check, finish } = beginRun('transfer')
const id = (page, name) => page.getByTestId(name)
const db = (x) => `${x.toFixed(1)} dBm0`

const overheard = new Overheard()
const browsers = []
const numbers = []
const newNumber = () => numbers[numbers.push(card()) - 1]

let server
let provider
try {
  const binary = options.server ? resolve(options.server) : build(root, folder)
  provider = await startProvider(binary, folder, 'psp-main')
  const connectors = join(folder, 'connectors.yaml')
  writeFileSync(connectors, `psp-main: {kind: generic, url: "${provider.url}", ca_file: "${provider.ca}"}\n`)
  server = await start(binary, folder, ['--connectors', connectors])
  say(`server at ${server.origin}`)

  const api = platform(server, (text) => overheard.note('api', 'response', text))
  const voices = { customer: speech(root, folder, 'customer'), agent: speech(root, folder, 'agent') }
  const { conference_id: conference, links } = await api('/v1/demonstrations', { ivr: 'builtin' })
  const join1 = async (role) => {
    const chromium = await launch([`--use-file-for-fake-audio-capture=${voices[role].file}`])
    browsers.push(chromium)
    const { context, faults } = await open(chromium, server.origin, { farend: false, reducedMotion: 'reduce' })
    await context.addInitScript(overhearWire)
    const page = await context.newPage()
    page.faults = faults
    await overheard.listen(role, page)
    const { path, code } = links.find((l) => l.role === role)
    await page.goto(`${path}#${code}`)
    await page.getByRole('checkbox').setChecked(true)
    await id(page, 'join').click()
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    await page.waitForFunction(() => window.__tonegate.stats().then((s) => s.packetsSent > 50 && s.packetsReceived > 50))
    return page
  }
  const [phone, agent] = await Promise.all([join1('customer'), join1('agent')])
  check(true, 'customer and agent are on the call with the built-in IVR')

  /** The packets that a page gets: what the bridge sent, whatever a busy browser makes of it. */
  const record = async (page, seconds) => {
    await page.waitForTimeout(SETTLE_S * 1000)
    const from = await page.evaluate(() => performance.timeOrigin + performance.now())
    await page.waitForTimeout(seconds * 1000)
    return soundOf(await wireSince(page, from))
  }
  /** The same, and what the browser plays of it. */
  const recordBoth = async (page, seconds) => {
    const [packets, played] = await Promise.all([record(page, seconds), page.evaluate((s) => window.__tonegate.recordBase64(s), SETTLE_S + seconds)])
    const { rate, samples } = decode(played)
    return [packets, { rate, samples: samples.subarray(Math.round(SETTLE_S * rate)) }]
  }
  const press = async (keys) => {
    for (const key of keys) {
      const next = Date.now() + KEY_EVERY_MS
      await id(phone, `key-${key}`).click()
      await phone.waitForTimeout(Math.max(0, next - Date.now()))
    }
  }
  /** Talk goes both ways; it is also what shows that the measures below can find a voice. */
  const talk = async (when) => {
    const heard = await Promise.all([record(agent, VOICE_S), record(phone, VOICE_S)])
    for (const [who, whom, recording] of [['agent', 'customer', heard[0]], ['customer', 'agent', heard[1]]]) {
      const loud = level(above(recording, ABOVE_MUSIC).samples)
      const [like, unlike] = [resemblance(recording, voices[whom].loop), resemblance(recording, voices[who].loop)]
      check(loud > SPOKEN && like > SAME_VOICE && unlike < OTHER_VOICE * like, `${when} the ${who} hears the ${whom}: ${db(loud)} above the music (over ${SPOKEN}), ${(100 * like).toFixed(0)} % alike (over ${100 * SAME_VOICE} %)`)
    }
  }
  /** Music, and nothing else, in packets and as it sounds. */
  const musicOnly = (who, when, recordings) => {
    for (const [i, recording] of recordings.entries()) heardMusic(`${when} the ${who}`, ['in packets', 'as it sounds'][i], recording)
  }
  const heardMusic = (who, where, recording) => {
    const [loud, rest] = [level(recording.samples), level(above(recording, ABOVE_MUSIC).samples)]
    const enough = recording.samples.length > 2.5 * recording.rate
    check(enough && loud > MUSIC[0] && loud < MUSIC[1], `${who} hears music at ${db(loud)} ${where} (${MUSIC.join(' to ')})`)
    check(rest < UNHEARD, `${who} hears nothing else ${where}: ${db(rest)} above it (under ${UNHEARD})`)
    check(keysIn(recording.samples, recording.rate) === '' && multimon(recording) === '', `${who} hears no key ${where}`)
  }
  const words = (text) => id(agent, 'masking').getByText(text).waitFor()
  const button = (text) => id(agent, 'transfer').getByText(text, { exact: true }).waitFor()
  const together = async () => {
    await button('Send to IVR')
    await words('tones are masked')
  }
  const state = async () => (await api(`/v1/conferences/${conference}`)).transfer.state
  const reasons = async () => (await api('/v1/events?limit=500')).items.filter((e) => e.type === 'transfer.returned').map((e) => e.data.reason)
  const takePayment = async () => {
    for (const field of ['card_number', 'expiry', 'cvv']) await id(agent, `field-${field}`).setChecked(field === 'card_number')
    await id(agent, 'connector').selectOption('psp-main')
    await id(agent, 'take-payment').click()
    await id(agent, 'cancel-capture').waitFor()
    await id(agent, 'field-state-card_number').getByText('Being keyed', { exact: true }).waitFor()
  }
  /** The agent hears the IVR end its sentence, before anybody is measured. */
  const ivrIsQuiet = () =>
    agent.evaluate(
      (unheard) =>
        new Promise((done) => {
          const { leg } = window.__tonegate
          const ivr = leg.legs.find((l) => l.role === 'ivr').legId
          let quiet = 0
          const off = leg.on('level', (levels) => {
            quiet = levels.find((l) => l.legId === ivr)?.dbm0 <= unheard ? quiet + 1 : 0
            if (quiet < 4) return
            off()
            done()
          })
        }),
      UNHEARD,
    )
  const outcome = (text) => id(agent, 'outcome').getByText(text).waitFor({ timeout: 20_000 })

  await talk('before,')

  say('--- to the IVR, by keyboard')
  await id(agent, 'transfer').focus()
  await agent.keyboard.press('Enter')
  await words('alone with the payment IVR')
  await button('Take back')
  check(await id(agent, 'transfer').evaluate((b) => b === document.activeElement), 'the focus stays on the button')
  check((await state()) === 'with_ivr', 'the platform reads with_ivr')
  const again = await asked(server, `/v1/conferences/${conference}/transfer`, { to: 'ivr' })
  overheard.note('api', 'response', again.text)
  const { code } = JSON.parse(again.text)
  check(again.status === 409 && code === 'transfer_in_progress', `a second transfer is ${again.status} ${code}`)
  for (const violation of await axe(agent)) check(false, `axe: ${violation}`)
  const [atAgent, atCustomer] = await Promise.all([recordBoth(agent, 4), record(phone, 3)])
  musicOnly('agent', 'while the customer talks to the IVR', atAgent)
  const loud = level(atCustomer.samples)
  check(loud < UNHEARD, `the customer hears nothing of the agent: ${db(loud)} (under ${UNHEARD})`)

  await id(phone, 'send-as-voice').check({ force: true })
  const [inVoice] = await Promise.all([recordBoth(agent, 4), phone.waitForTimeout(SETTLE_S * 1000).then(() => press('159'))])
  musicOnly('agent', 'while keys sound in the voice', inVoice)

  say('--- the IVR reads a card, and the agent is back')
  await id(phone, 'send-as-event').check({ force: true })
  await takePayment()
  const number = newNumber()
  // With the last key it may be over.
  const [keyed] = await Promise.all([recordBoth(agent, 3), press(number)])
  musicOnly('agent', 'while the card is keyed,', keyed)
  await outcome('Card accepted')
  await together()
  const latest = overheard.messages('agent', 'received', 'capture_progress').at(-1).capture_id
  const { result } = await api(`/v1/captures/${latest}`)
  check(/^tok_/.test(result.token) && result.last4 === number.slice(-4), 'the platform has the token of the card that was keyed')
  check((await state()) === 'together' && (await reasons()).join() === 'completed', 'the platform reads that they are together again, since it was completed')
  await ivrIsQuiet()
  await talk('after the payment,')

  say('--- taken back in the middle of a number, with keys that sound meanwhile')
  await id(phone, 'send-as-voice').check({ force: true })
  await id(agent, 'transfer').click()
  await words('alone with the payment IVR')
  await takePayment()
  await press(newNumber().slice(0, 5))
  const around = recordBoth(agent, 5)
  const keys = phone.waitForTimeout(SETTLE_S * 1000).then(() => press('7418529630'))
  await agent.waitForTimeout(SETTLE_S * 1000 + 1000)
  await agent.keyboard.press('Alt+Shift+KeyT')
  await outcome('Cancelled')
  await together()
  await keys
  for (const recording of await around) {
    check(multimon(recording) === '' && keysIn(recording.samples, recording.rate) === '' && recording.samples.length > 4 * recording.rate, 'no key is read in what the agent hears before, at and after the return')
  }
  check((await api(`/v1/captures/${overheard.messages('agent', 'received', 'capture_progress').at(-1).capture_id}`)).state === 'cancelled', 'the platform reads that the capture was cancelled')
  check((await reasons()).join() === 'completed,taken_back', 'and that the agent took the customer back')
  await ivrIsQuiet()
  await talk('taken back,')

  say('--- the customer on hold')
  await id(agent, 'hold-customer').click()
  await id(agent, 'on-hold-customer').waitFor()
  const [quiet, held] = await Promise.all([record(agent, 3), record(phone, 3)])
  check(level(quiet.samples) < UNHEARD, `the agent hears nothing of a customer on hold: ${db(level(quiet.samples))} (under ${UNHEARD})`)
  musicOnly('customer', 'on hold', [held])
  await id(agent, 'hold-customer').click()
  await id(agent, 'on-hold-customer').waitFor({ state: 'detached' })
  await talk('off hold,')

  say('--- afterwards')
  const { items } = await api(`/v1/audit?conference_id=${conference}&limit=50`)
  const acts = items.filter((e) => e.action === 'transferred').map((e) => `${e.actor}:${e.detail}`)
  check(acts.join() === 'leg:ivr,system:agent,leg:ivr,leg:agent', `the record has ${acts.join(', ')}`)
  await overheard.look('agent', agent)
  await api(`/v1/conferences/${conference}/end`, {})
  for (const page of [phone, agent]) await page.getByText('Call ended').waitFor()
  await overheard.settled()
  for (const page of [phone, agent]) for (const fault of page.faults) check(false, `console error: ${fault}`)
  const told = overheard.messages('customer', 'received', 'transfer')
  check(told.length === 0, 'the customer’s page is not told of transfers')
} catch (error) {
  check(false, error.stack)
} finally {
  await Promise.all(browsers.map((b) => b.close().catch(() => {})))
}
if (server) {
  const has = (texts) => numbers.some((n) => texts.some((text) => holds(text, n, RUN)) || holds(overTime(texts), n, RUN))
  const agents = overheard.of('agent')
  check(agents.length > 20 && !has(agents), `nothing that the agent's page shows, sends and is told holds a card (${agents.length} texts)`)
  check(!has(overheard.of('api')), 'nor what the platform reads')
  const code = await server.stop()
  check(code === 0, `the server ends with ${code} after SIGINT`)
  const lines = server.log.trim().split('\n')
  check(lines.length > 5 && !has([...lines, server.out]), `nor the server's log (${lines.length} lines at debug)`)
  const troubles = lines.filter((line) => !/^\{"level":"(debug|info)"/.test(line))
  check(troubles.length === 0, `the server's log reports no trouble${troubles.map((line) => `\n  ${line}`).join('')}`)
}
provider?.stop()
finish('the IVR had the customer to itself, and the agent nothing but music')
