// One call, three browsers: a customer, an agent and a payment IVR, each in a
// Chromium of its own, against a server built and started here. Random keys go
// over the call as named events, as tones in the voice and as both; then it is
// measured what the agent heard, and searched what the agent could have read.
//
//   npm run browsers                       builds the server from this checkout
//   npm run browsers -- --server BINARY    takes that server instead: give it a
//     broken one to see the checks bite. They did: with a gate that ignores its
//     spans (mixer/mask: Push) the agent reads all 20 keys of both phases with
//     tones, at -9 dBm0, and the field is not silent; with events relayed to the
//     agent as tones, all 20 in all five phases; with each key told as it comes,
//     the search in the traffic and the progress grid fail.
//   npm run browsers -- --update-images    also takes docs/images
//   npm run browsers -- --keep FOLDER      keeps what agent and IVR heard
//
// CHROMIUM names another browser than /usr/bin/chromium. Nothing is skipped:
// what is missing fails, with its remedy.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { launch, open } from './browser.mjs'
import { pictures } from './images.mjs'
import { Overheard } from './overhear.mjs'
import { beginRun } from './run.mjs'
import { holds, overTime, sequence } from './secrets.mjs'
import { during, level, multimon, OTHER_VOICE, pairOf, readWav, resample, resemblance, SAME_VOICE, trace, writeWav } from './sound.mjs'
import { asked, build, start } from './tonegate.mjs'
import { overhearWire, soundOf, wireSince } from './wire.mjs'
import { decode } from './tones.mjs'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const { values: options } = parseArgs({ options: { server: { type: 'string' }, 'update-images': { type: 'boolean' }, keep: { type: 'string' } } })

/** How each phase sends its keys; the clicks' interval leaves each key its time. */
const PHASES = [
  { mask: 'strip', way: 'event', speech: true, every: 270 },
  { mask: 'field', way: 'event', speech: true, every: 270 },
  { mask: 'strip', way: 'event', speech: false, every: 270 },
  { mask: 'strip', way: 'voice', speech: false, every: 270 },
  { mask: 'strip', way: 'both', speech: false, every: 420 },
]
/** Limits in dBm0. A key reaches the IVR at about -10. */
const SPOKEN = -40
const UNHEARD = -45
const PRESENT = -25
/** How far a voice at a key's frequencies may differ from itself a loop later. */
const TOLERANCE_DB = 6
const LOOP_S = 8
/** What was said before a phase has been heard by then. */
const SETTLE_S = 1.5
/** How often a phase is keyed at most, if the customer's sound stood still meanwhile. */
const TRIES = 3
/** When a key that was pressed may sound at the other end: the earliest, the latest. */
const AROUND_S = [-0.1, 1.4]
/** The count may come each 500 ms; what the browser notes of it is late at times. */
const GRID_MS = 250

const { folder, say, check, finish } = beginRun('browsers')
const db = (x) => `${x.toFixed(1)} dBm0`
const id = (page, name) => page.getByTestId(name)
const sleepUntil = (time) => new Promise((done) => setTimeout(done, Math.max(0, time - Date.now())))

/** Everything that passes between the pages and the server, except the built files. */
const overheard = new Overheard()
const traffic = overheard.texts

/** Runs in each page: no processing of the microphone, a hand to lay over it, a note of each press and of each standstill of the sound. */
function prepare() {
  // The sound's clock against the wall clock: where it falls behind, the sound stood still.
  window.__stalls = []
  const Native = window.AudioContext
  window.AudioContext = class extends Native {
    // What it makes is sent: other contexts only listen.
    createMediaStreamDestination() {
      const behind = () => performance.now() - this.currentTime * 1000
      let before
      setInterval(() => {
        if (this.state !== 'running') return (before = undefined)
        const now = behind()
        if (now - (before ?? now) > 100) window.__stalls.push({ at: performance.timeOrigin + performance.now(), ms: Math.round(now - before) })
        before = now
      }, 50)
      return super.createMediaStreamDestination()
    }
  }
  const devices = navigator.mediaDevices
  const open = devices?.getUserMedia.bind(devices)
  if (open) {
    devices.getUserMedia = async () => {
      const raw = await open({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } })
      const context = new AudioContext()
      const hand = context.createGain()
      const out = context.createMediaStreamDestination()
      context.createMediaStreamSource(raw).connect(hand).connect(out)
      window.__cover = (covered) => (hand.gain.value = covered ? 0 : 1)
      return out.stream
    }
  }
  window.__presses = []
  addEventListener(
    'click',
    (event) => {
      const key = event.target.closest?.('[data-testid^="key-"]')
      if (key) window.__presses.push({ key: key.querySelector('.face').textContent, at: performance.timeOrigin + performance.now() })
    },
    true,
  )
}

const frames = (name, kind, type) =>
  traffic
    .filter((t) => t.name === name && t.kind === kind)
    .map(({ text, at }) => ({ at, ...JSON.parse(text) }))
    .filter((message) => !type || message.type === type)

/** Records all the named pages over the same stretch; with the wall clock of the first sample. */
async function record(pages, seconds) {
  const recorded = await Promise.all(
    Object.values(pages).map((page) =>
      page.evaluate(async (s) => {
        const at = performance.timeOrigin + performance.now()
        return { at, ...(await window.__tonegate.recordBase64(s)) }
      }, seconds),
    ),
  )
  return Object.fromEntries(Object.keys(pages).map((name, i) => [name, { at: recorded[i].at, ...decode(recorded[i]) }]))
}

function speechLoop(name) {
  const { rate, samples } = readWav(join(root, 'internal/demo/speech', `${name}.wav`))
  const loop = { rate, samples: samples.slice(0, LOOP_S * rate) }
  const file = join(folder, `${name}.wav`)
  const wide = resample(loop, 48000)
  if (multimon(wide) !== '') throw new Error(`multimon-ng reads keys in ${name}'s speech itself: take another stretch`)
  writeWav(file, wide)
  return { loop, file }
}

const traces = new Map()
/** The trace of one frequency in a recording, computed once. */
function traceOf(recording, frequency) {
  const known = traces.get(recording) ?? traces.set(recording, new Map()).get(recording)
  if (!known.has(frequency)) known.set(frequency, trace(recording, frequency))
  return known.get(frequency)
}

/** Loudest levels of a key's row, its column, and both at once, in a stretch. */
function loudest(recording, key, from = 0, to = Infinity) {
  const [row, column] = pairOf(key).map((f) => during(traceOf(recording, f), from, Math.min(to, recording.samples.length / recording.rate)))
  return { row: Math.max(...row), column: Math.max(...column), both: Math.max(...row.map((x, i) => Math.min(x, column[i]))) }
}

const around = (recording, { key, at }) => loudest(recording, key, ...AROUND_S.map((s) => (at - recording.at) / 1000 + s))

/** Whether one sequence is another one with keys left out. */
const isWithin = (part, whole) => {
  let i = 0
  for (const key of whole) if (key === part[i]) i++
  return i === part.length
}

const browsers = []
/** The sequences pressed so far. */
const used = []
let server
try {
  const customerVoice = speechLoop('customer')
  const agentVoice = speechLoop('agent')
  const binary = options.server ? resolve(options.server) : build(root, folder)
  server = await start(binary, folder)
  say(`server at ${server.origin}`)

  const page = async (name, browser) => {
    const { context, faults } = browser
    const page = await context.newPage()
    await overheard.listen(name, page)
    page.faults = faults
    return page
  }
  const browser = async (...args) => {
    const chromium = await launch(args)
    browsers.push(chromium)
    // Three browsers on two cores: what they draw would cost them the sound.
    return open(chromium, server.origin, { farend: false, reducedMotion: 'reduce' })
  }
  const microphone = (file) => `--use-file-for-fake-audio-capture=${file}`
  const [theirs, ours, third] = await Promise.all([browser(microphone(customerVoice.file)), browser(microphone(agentVoice.file)), browser()])
  for (const { context } of [theirs, ours, third]) await context.addInitScript(prepare)
  for (const { context } of [ours, third]) await context.addInitScript(overhearWire)

  // The console signs in by its one-time link and starts the call.
  const desk = await page('console', ours)
  await desk.goto(`/#login=${server.login}`)
  await id(desk, 'ivr-browser').check()
  const [started] = await Promise.all([desk.waitForResponse('**/v1/demonstrations'), id(desk, 'start-demo').click()])
  const { conference_id: conference, links } = await started.json()
  const link = (role) => links.find((l) => l.role === role)
  const join1 = async (name, role, where) => {
    const joining = await page(name, where)
    await joining.goto(`${link(role).path}#${link(role).code}`)
    await id(joining, 'join').click()
    return joining
  }
  const [phone, agent, ivr] = await Promise.all([join1('phone', 'customer', theirs), join1('agent', 'agent', ours), join1('ivr', 'ivr', third)])
  for (const page of [phone, agent, ivr]) await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor({ timeout: 20_000 })
  for (const role of ['customer', 'agent', 'ivr']) await id(desk, `leg-state-${role}`).getByText('Connected').waitFor({ timeout: 10_000 })
  await ivr.waitForFunction(() => window.__tonegate.stats().then((s) => s.packetsReceived > 50))
  const { sendCodec } = await phone.evaluate(() => window.__tonegate.stats())
  check(sendCodec === 'audio/PCMU', `three browsers are on the call, with ${sendCodec}`)
  await id(phone, 'toggle-abcd').click()

  // Talk, before any payment: each hears the other. It is also the measure of
  // what a voice alone has at the keys' frequencies: one whole loop of it.
  const talk = await record({ agent, phone, ivr }, LOOP_S + 1)
  const hears = (who, whom, recording, { loop }, other) => {
    const loud = level(recording.samples)
    const [like, unlike] = [resemblance(recording, loop), resemblance(recording, other.loop)]
    check(loud > SPOKEN && like > SAME_VOICE, `${who} hears ${whom} at ${db(loud)}, ${(100 * like).toFixed(0)} % alike (over ${SPOKEN}, over ${100 * SAME_VOICE} %)`)
    check(unlike < OTHER_VOICE * like, `${who} does not hear itself (${(100 * unlike).toFixed(0)} % alike)`)
  }
  hears('the agent', 'the customer', talk.agent, customerVoice, agentVoice)
  hears('the customer', 'the agent', talk.phone, agentVoice, customerVoice)
  const both = level(talk.ivr.samples)
  check(both > SPOKEN, `the IVR hears the talk at ${db(both)} (over ${SPOKEN})`)
  check(multimon(talk.agent) === '', 'no key is read in plain talk at the agent')

  const seen = []
  /** Notes all that the pages show; it is searched when nobody is timed. */
  const lookAtPages = async (when) => {
    for (const [name, page] of Object.entries({ agent, ivr, console: desk })) {
      const html = await page.content()
      seen.push({ name, when, text: `${html}\n${html.replace(/<[^>]*>/g, '')}\n${await page.locator('body').innerText()}\n${await page.title()}` })
    }
  }

  /**
   * One payment with fresh keys. A customer's browser whose sound stood still on a
   * busy machine did not send all that was pressed as it was pressed. The agent is judged
   * all the same. The IVR is not, if it misses keys, but has none that was not pressed, none
   * twice, and none in another place: then it returns true, for the keys to be pressed again.
   */
  const payment = async ({ mask, way, speech, every, name }, again) => {
    let repeat = false
    const arrives = (ok, what) => {
      if (ok || !repeat) return check(ok, what)
      say(`---- ${what}`)
    }
    const keys = sequence()
    used.push(keys)
    await id(agent, `mask-${mask}`).check()
    await id(agent, 'take-payment').click()
    await id(agent, 'complete-capture').waitFor()
    await id(agent, 'masking').getByText('Secure capture: armed').waitFor()
    await phone.evaluate(() => (window.__presses.length = window.__stalls.length = 0))
    const seconds = SETTLE_S + (keys.length * every) / 1000 + AROUND_S[1] + 0.6
    const framesBefore = traffic.length
    const recording = record({ agent, ivr }, seconds)
    const from = Date.now() + SETTLE_S * 1000
    for (const [i, key] of [...keys].entries()) {
      await sleepUntil(from + i * every)
      await id(phone, `key-${{ '*': 'star', '#': 'hash' }[key] ?? key}`).click()
      if (i === 9) await lookAtPages('while they are pressed')
    }
    const { agent: heard, ivr: got } = await recording
    const [wire, agentWire] = [soundOf(await wireSince(ivr, got.at)), soundOf(await wireSince(agent, heard.at))]
    const duringKeys = traffic.slice(framesBefore)
    const [presses, stalls] = await phone.evaluate(() => [window.__presses, window.__stalls])
    if (options.keep) {
      mkdirSync(options.keep, { recursive: true })
      const base = join(options.keep, name.replaceAll(', ', '-').replaceAll(' ', '_'))
      writeWav(`${base}.agent.wav`, heard)
      writeWav(`${base}.ivr.wav`, got)
      writeWav(`${base}.agent.wire.wav`, agentWire)
      writeWav(`${base}.ivr.wire.wav`, wire)
      writeFileSync(`${base}.json`, JSON.stringify({ keys, presses: presses.map(({ key, at }) => ({ key, agent: (at - heard.at) / 1000, ivr: (at - got.at) / 1000 })) }, null, 1))
    }
    const last = presses.at(-1)
    const whole = presses.map((p) => p.key).join('') === keys && (last.at - heard.at) / 1000 + AROUND_S[1] < seconds
    check(whole, `${keys.length} keys were pressed while agent and IVR were recorded`)

    // The IVR gets the keys; the same measure that is to find nothing at the
    // agent finds each of them here, at the time it was pressed.
    for (const [who, sound] of [['IVR', wire], ['agent', agentWire]]) {
      check(sound.lost === 0 && sound.others === 0, `the ${who}'s packets are one stream of PCMU without a gap (${sound.lost} samples missing, ${sound.others} other packets)`)
    }
    // What it reads is taken from the packets: what a browser makes of them on a
    // busy machine is no work of the bridge's.
    const read = multimon(wire)
    const stood = stalls.filter(({ at }) => at > presses[0].at && at < last.at + 1000 * AROUND_S[1])
    if (stood.length > 0) say(`---- the customer's sound stood still for ${stood.map(({ ms }) => ms).join(', ')} ms`)
    repeat = again && stood.length > 0 && read.length < keys.length && isWithin(read, keys)
    arrives(read === keys, `the IVR reads the ${keys.length} keys${read === keys ? '' : `: pressed ${keys}, read ${read}`}`)
    const faintest = Math.min(...presses.map((press) => around(wire, press).both))
    arrives(faintest > PRESENT, `the IVR's faintest key is at ${db(faintest)} (over ${PRESENT})`)

    // The agent gets none.
    for (const [where, sound] of [['as it sounds', heard], ['in its packets', agentWire]]) {
      const leaked = multimon(sound)
      check(leaked === '' && sound.samples.length > (seconds - 1) * sound.rate, `the agent reads no key ${where}${leaked === '' ? '' : ` but ${leaked.length}`}`)
    }
    const measured = presses.map((press) => ({ key: press.key, ...around(heard, press) }))
    if (speech) {
      const over = measured.flatMap(({ key, ...here }) => {
        const voice = loudest(talk.agent, key)
        return ['row', 'column', 'both'].map((which) => here[which] - voice[which])
      })
      const worst = Math.max(...over)
      check(worst < TOLERANCE_DB, `the agent hears no more at a key's frequencies than the voice alone has: ${worst.toFixed(1)} dB over it (under ${TOLERANCE_DB})`)
    } else {
      const inPackets = presses.map((press) => around(agentWire, press))
      const worst = Math.max(...[...measured, ...inPackets].map(({ row, column }) => Math.max(row, column)))
      check(worst < UNHEARD, `a key's frequencies reach the agent at ${db(worst)} at most (under ${UNHEARD})`)
      // The agent talks all the while, and the IVR must not hear it.
      const [from, to] = [0.4, 0.05].map((s) => Math.round(((presses[0].at - got.at) / 1000 - s) * got.rate))
      const before = level(got.samples, from, to)
      check(before < UNHEARD, `the IVR does not hear the agent during the capture: ${db(before)} (under ${UNHEARD})`)
    }
    const at = (press, later) => Math.round(((press.at - heard.at) / 1000 + later) * heard.rate)
    const between = level(heard.samples, at(presses[0], AROUND_S[1]), at(last, 0.5))
    if (mask === 'field') check(between < UNHEARD, `the field silences the customer: ${db(between)} (under ${UNHEARD})`)
    else if (speech) check(between > SPOKEN, `the customer is heard between the keys: ${db(between)} (over ${SPOKEN})`)

    // The agent sees how many, on a grid that hides when.
    const bullets = id(agent, 'bullets')
    // A star and a hash are for the IVR to interpret; they do not count.
    const counted = keys.replace(/[*#]/g, '').length
    await bullets.getByText(`${counted} keys`, { exact: true }).waitFor({ timeout: 3000 }).catch(() => {})
    const shown = (await bullets.innerText()).replace(/\s+/g, ' ').trim()
    const right = new RegExp(`^[^\\d•]*(•{4} ?){${counted / 4}} ?${counted} keys$`)
    arrives(right.test(shown), `the agent's panel reads "${shown}"`)
    const counts = duringKeys.filter((t) => t.name === 'agent' && t.kind === 'received' && t.text.includes('capture_progress'))
    const gaps = counts.slice(1).map((t, i) => t.at - counts[i].at)
    check(counts.length > 2 && counts.length <= 2 * seconds + 2 && Math.min(...gaps) > GRID_MS, `the count came ${counts.length} times, at least ${Math.round(Math.min(...gaps))} ms apart (over ${GRID_MS})`)
    const told = new Set(duringKeys.filter((t) => t.kind === 'received' && t.name !== 'agent').map((t) => JSON.parse(t.text).type))
    const sent = new Set(duringKeys.filter((t) => t.kind === 'sent').map((t) => JSON.parse(t.text).type))
    const harmless = (set, ...types) => [...set].every((type) => types.includes(type))
    check(harmless(told, 'masking', 'level', 'quality', 'pong') && harmless(sent, 'ping'), `keys cause no message elsewhere (received: ${[...told].join(' ')}; sent: ${[...sent].join(' ') || 'none'})`)
    await lookAtPages('after they were pressed')
    await id(agent, 'complete-capture').click()
    await id(agent, 'take-payment').waitFor()
    return repeat
  }

  for (const { mask, way, speech, every } of PHASES) {
    const name = `${mask}, ${way === 'event' ? 'events' : way === 'voice' ? 'tones in the voice' : 'both'}, ${speech ? 'talking' : 'silent'}`
    say(`--- ${name}`)
    await phone.evaluate((covered) => window.__cover(covered), !speech)
    await id(phone, `send-as-${way}`).check({ force: true })
    for (let n = 1; await payment({ mask, way, speech, every, name }, n < TRIES); n++) say('---- the keys are pressed again')
  }

  say('--- afterwards')
  await phone.evaluate(() => window.__cover(false))
  const again = await record({ agent, phone }, 3)
  for (const [who, { samples }] of Object.entries(again)) check(level(samples) > SPOKEN, `the ${who} hears the other again: ${db(level(samples))} (over ${SPOKEN})`)

  // What anyone could have read.
  const ask = async (path) => {
    const { status, text } = await asked(server, path)
    overheard.note('api', 'response', text)
    check(status === 200, `GET ${path.replace(conference, '…')} answers ${status}`)
    return text
  }
  const captures = [...new Set(frames('agent', 'received', 'capture_progress').map((m) => m.capture_id))]
  check(captures.length === used.length, `there were ${captures.length} captures`)
  for (const capture of captures) await ask(`/v1/captures/${capture}`)
  await ask(`/v1/conferences/${conference}`)
  await ask('/metrics')
  await id(desk, 'end-call').click()
  for (const page of [phone, agent, ivr]) await page.getByText('Call ended').waitFor()
  await lookAtPages('after the call')
  const ended = JSON.parse(await ask(`/v1/conferences/${conference}`))
  check(ended.state === 'ended', 'the call ended in all browsers')
  await overheard.settled()
  for (const { name, when, text } of seen) if (used.some((keys) => holds(text, keys))) check(false, `the ${name} page shows keys ${when}`)
  const told = traffic.filter(({ text }) => used.some((keys) => holds(text, keys)))
  for (const what of new Set(told.map(({ name, kind }) => `${name}: ${kind}`))) check(false, `the keys are in traffic: ${what}`)
  for (const name of new Set(traffic.map((t) => t.name))) {
    const story = overTime(traffic.filter((t) => t.name === name && t.kind !== 'request').map((t) => t.text))
    if (used.some((keys) => holds(story, keys))) check(false, `the keys are told one by one to ${name}`)
  }
  const volume = traffic.reduce((sum, { text }) => sum + text.length, 0)
  check(told.length === 0 && volume > 10_000, `no frame, body or console line holds the keys (${traffic.length} texts, ${Math.round(volume / 1024)} KiB; the pages were looked at ${seen.length} times)`)
  const outsiders = frames('phone', 'received', 'capture_progress').length + frames('ivr', 'received', 'capture_progress').length
  check(outsiders === 0, 'neither customer nor IVR is told of progress')
  if (options['update-images']) {
    say('--- pictures')
    await pictures(root, server, theirs.context.browser(), ours.context.browser())
  }
  for (const fault of [theirs, ours, third].flatMap((b) => b.faults)) check(false, `console error: ${fault}`)

} catch (error) {
  check(false, error.stack)
} finally {
  await Promise.all(browsers.map((b) => b.close().catch(() => {})))
}
if (server) {
  const code = await server.stop()
  check(code === 0, `the server ends with ${code} after SIGINT`)
  const lines = server.log.trim().split('\n')
  const all = `${server.log}\n${server.out}\n${overTime(lines)}`
  check(lines.length > 5 && !used.some((keys) => holds(all, keys)), `the server's log holds no keys (${lines.length} lines at debug)`)
  const troubles = lines.filter((line) => !/^\{"level":"(debug|info)"/.test(line))
  check(troubles.length === 0, `the server's log reports no trouble${troubles.map((line) => `\n  ${line}`).join('')}`)
}
finish('the IVR got every key, the agent none')
