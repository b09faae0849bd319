// The recorder near the agent, and pages that pause recordings, in real browsers:
// an operator's own desktop, served from an origin of its own, joins with the SDK,
// reports its pages, and records what its agent says and hears in the browser. The
// sealed file goes to the operator's store, and is opened with the same command as
// the server's own recording of the call. Then the desktop crashes on its payment
// page: the rule for that resumes, and what was recorded is found and opened.
//
//   npm run recorder                     builds the server from this checkout
//   npm run recorder -- --server BINARY  takes that server instead
//
// CHROMIUM names another browser than /usr/bin/chromium. Nothing is skipped.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { joins, launch, open } from './browser.mjs'
import { beginRun } from './run.mjs'
import { level, multimon, OTHER_VOICE, readG711, readWav, resample, resemblance, SAME_VOICE, VOICE_S, writeWav } from './sound.mjs'
import { keysIn } from './tones.mjs'
import { build, platform, start } from './tonegate.mjs'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const { values: options } = parseArgs({ options: { server: { type: 'string' } } })

/** A key of 100 ms, its gap, and what a busy machine takes to click. */
const KEY_EVERY_MS = 270
const STRETCH_S = 6
/** Limits in dBm0, as in payment.mjs. */
const SPOKEN = -40
/** What was under way on the wire when a pause began or ended. */
const EDGE_S = 0.3
/** How long the desktop's page is busy, and by how much a recording may lag behind the clock before it has a gap. */
const BLOCKED_MS = 3000
const LAG_S = 0.6

const { folder, say, check, finish } = beginRun('recorder')
const id = (page, name) => page.getByTestId(name)

/** The operator's desktop and store. The first upload meets a store that is busy. */
function operator() {
  const stored = new Map()
  let busy = true
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method === 'PUT') {
      if (busy) {
        busy = false
        return response.writeHead(503).end()
      }
      const body = Buffer.concat(chunks)
      stored.set(request.url.split('/').at(-1), { body, headers: request.headers })
      const sha256 = createHash('sha256').update(body).digest('hex')
      return response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ size: body.length, sha256 }))
    }
    // One page for all routes, as a single-page application has it.
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Desk</title><audio id="call"></audio>')
  })
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done({ stored, server, origin: `http://127.0.0.1:${server.address().port}` })))
}

/** A stretch of speech for a browser's microphone to repeat. */
function speech(name, from) {
  const { rate, samples } = readWav(join(root, `internal/demo/speech/${name}.wav`))
  const loop = { rate, samples: samples.slice(from * rate, (from + 8) * rate) }
  const file = join(folder, `${name}.wav`)
  writeWav(file, resample(loop, 48000))
  return { loop, file }
}

/** A busy machine tears speech, and a pause moves it: of a stretch's pieces, the median, the lower of two. */
function alike({ rate, samples }, loop) {
  if (samples.length < VOICE_S * rate) throw new Error(`a stretch of ${(samples.length / rate).toFixed(1)} s is too short to know a voice by`)
  const likes = []
  for (let at = 0; at + VOICE_S * rate <= samples.length; at += rate / 2) {
    likes.push(resemblance({ rate, samples: samples.subarray(at, at + VOICE_S * rate) }, loop))
  }
  return likes.sort((a, b) => a - b)[(likes.length - 1) >> 1]
}

let server
let store
const browsers = []
try {
  const binary = options.server ? resolve(options.server) : build(root, folder)
  store = await operator()
  server = await start(binary, folder, ['--allow-origin', new URL(store.origin).host])
  say(`server at ${server.origin}, operator at ${store.origin}`)
  const [identity, another] = [await generateX25519Identity(), await generateX25519Identity()]
  const recipient = await identityToRecipient(identity)
  writeFileSync(join(folder, 'key.txt'), `${identity}\n`)
  writeFileSync(join(folder, 'another.txt'), `${another}\n`)

  const api = platform(server)
  const conference = await api('/v1/conferences', {
    recording: { recipients: [recipient], pages: { pause: ['/payment*'], resume_after_s: 2 } },
    legs: [{ role: 'customer' }, { role: 'agent' }, { role: 'ivr', kind: 'builtin' }, { role: 'supervisor' }],
  })
  const leg = (role) => conference.legs.find((l) => l.role === role)
  const link = async (role, path) => ({ path, code: (await api(`/v1/legs/${leg(role).id}/join_codes`, {})).code })
  /** What `tonegate recording open` makes of a file. */
  const opened = (recordingId, file, key = 'key.txt') => {
    const ran = spawnSync(binary, ['recording', 'open', '--identity', join(folder, key), '--conference', conference.id, '--out', join(folder, 'out'), file], { encoding: 'utf8' })
    const path = join(folder, 'out', recordingId)
    return ran.status > 1 || key !== 'key.txt'
      ? { status: ran.status, said: ran.stderr }
      : { status: ran.status, said: ran.stderr, timeline: JSON.parse(readFileSync(`${path}.json`, 'utf8')), ...readG711(`${path}.wav`) }
  }

  const voices = { customer: speech('customer', 0), agent: speech('agent', 0) }
  const party = async (name, origin, more) => {
    const chromium = await launch([`--use-file-for-fake-audio-capture=${voices[name].file}`])
    browsers.push(chromium)
    return open(chromium, origin, { farend: false, ...more })
  }
  const [theirs, ours] = await Promise.all([party('customer', server.origin), party('agent', store.origin)])
  const phone = await theirs.context.newPage()
  const forCustomer = await link('customer', '/phone')
  await phone.goto(`${forCustomer.path}#${forCustomer.code}`)
  await phone.getByRole('checkbox').setChecked(true)
  await id(phone, 'join').click()
  await id(phone, 'own-state').getByText('Connected', { exact: true }).waitFor()
  await id(phone, 'send-as-voice').check({ force: true })
  const supervisor = await joins(theirs.context)(await link('supervisor', '/agent'))
  const panel = (words) => id(supervisor, 'recording').getByText(words, { exact: true }).waitFor()
  const press = async (keys) => {
    for (const key of keys) {
      const next = Date.now() + KEY_EVERY_MS
      await id(phone, `key-${key}`).click()
      await phone.waitForTimeout(Math.max(0, next - Date.now()))
    }
  }

  const desk = await ours.context.newPage()
  const sent = []
  desk.on('request', (request) => sent.push(request))
  await desk.goto('/orders')
  await desk.evaluate(
    async ({ sdk, url, token }) => {
      const [{ joinConference, followPages }, recorder] = await Promise.all([import(`${sdk}/tonegate.js`), import(`${sdk}/recorder.js`)])
      const leg = await joinConference({
        url,
        token,
        audioElement: document.querySelector('audio'),
        audioProcessing: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      })
      if (leg.state !== 'connected') await new Promise((done) => leg.on('state', (state) => state === 'connected' && done()))
      followPages(leg)
      Object.assign(window, { leg, recorder })
    },
    { sdk: `${server.origin}/sdk`, url: leg('agent').join.signaling_url, token: leg('agent').join.token },
  )
  const record = () =>
    desk.evaluate(async (recipients) => {
      window.tape = await window.recorder.recordLeg(window.leg, { recipients, pages: { pause: ['/payment*'] } })
      return window.tape.recordingId
    }, [recipient])
  /** Waits until the desktop was told the levels of so many seconds of the call. */
  const heardFor = (seconds) =>
    desk.evaluate(
      (times) =>
        new Promise((done) => {
          const off = window.leg.on('level', () => {
            if (--times > 0) return
            off()
            done()
          })
        }),
      2 * seconds + 1,
    )
  const go = (path) => desk.evaluate((path) => history.pushState(null, '', path), path)
  const tape = (state) => desk.waitForFunction((state) => window.tape.state === state, state)
  await panel('Recording')
  const recordingId = await record()
  check(true, 'the desktop joins from its own origin and records')
  const tab = await ours.context.newPage()
  await tab.goto('/orders')
  const refused = await tab.evaluate(
    async ([sdk, recordingId]) => (await import(`${sdk}/recorder.js`)).uploadRecording(recordingId, { url: '/store/early' }).catch(({ code }) => code),
    [`${server.origin}/sdk`, recordingId],
  )
  check(refused === 'recording_in_use' && !store.stored.has('early'), 'another tab cannot upload a call under way')
  await tab.close()

  say('--- speech, keys, a payment page, speech, a pause by the platform, speech')
  await heardFor(STRETCH_S)
  await press('15902604')
  await go('/payment/4111111111111111?card=4111111111111111')
  await panel('Recording paused (payment page)')
  await tape('paused')
  await heardFor(1)
  await press('7777')
  await go('/orders')
  await panel('Recording')
  await tape('recording')
  await heardFor(STRETCH_S)
  const put = (state) => api(`/v1/conferences/${conference.id}/recording`, { state }, { method: 'PUT' })
  const ofServer = (await put('paused')).id
  await tape('paused')
  await heardFor(1.5)
  // The page's thread does nothing else while the server resumes.
  const blocked = desk.evaluate((ms) => {
    const end = Date.now() + ms
    while (Date.now() < end);
    return Date.now()
  }, BLOCKED_MS)
  await put('recording')
  const unblocked = await blocked
  await tape('recording')
  await heardFor(6)
  await desk.evaluate(() => window.tape.stop())
  await put('stopped')
  await panel('Recording stopped')

  say('--- what waits in the browser, and what leaves it')
  const kept = await desk.evaluate(
    () =>
      new Promise((done, failed) => {
        const opening = indexedDB.open('tonegate-recordings')
        opening.onerror = failed
        opening.onsuccess = () => {
          const all = opening.result.transaction([...opening.result.objectStoreNames]).objectStore('segments').getAll()
          all.onsuccess = () => done({ stores: [...opening.result.objectStoreNames], values: all.result.map((value) => String.fromCharCode(...value)) })
        }
      }),
  )
  const sealed = (text) =>
    text.startsWith('TGR1') && text.slice(8, 29) === 'age-encryption.org/v1' && ![conference.id, 'PCMU', 'started_at'].some((word) => text.includes(word))
  check(kept.stores.join() === 'segments' && kept.values.length > 30 && kept.values.every(sealed), `IndexedDB holds ${kept.values.length} sealed segments and nothing else`)
  const uploaded = await desk.evaluate((recordingId) => window.recorder.uploadRecording(recordingId, { url: `/store/${recordingId}`, token: window.leg.resumeSecret }), recordingId)
  const { body, headers } = store.stored.get(recordingId)
  check(uploaded.size === body.length && sealed(body.toString('latin1')) && headers['content-type'] === 'application/octet-stream', `${body.length} sealed bytes are uploaded, after a store that was busy`)
  check((await desk.evaluate(() => window.recorder.waitingRecordings())).length === 0, 'once confirmed, the browser forgets them')
  const written = sent.filter((request) => request.method() !== 'GET').map((request) => `${request.method()} ${request.url()}`)
  const once = `PUT ${store.origin}/store/${recordingId}`
  check(written.join() === [once, once].join(), `nothing else left the desktop over HTTP (${sent.length} requests)`)

  const file = join(folder, `${recordingId}.age`)
  writeFileSync(file, body)
  check(opened(recordingId, file, 'another.txt').said.includes('not sealed to this key'), 'another key does not open it')
  const own = opened(recordingId, file)
  check(own.status === 0 && own.timeline.complete && own.timeline.ended === 'stopped', `tonegate recording open opens what the browser sealed: ${(own.timeline.duration_ms / 1000).toFixed(1)} s`)
  const theServers = opened(ofServer, join(folder, 'data', 'recordings', `${ofServer}.age`))
  check(theServers.status === 0, 'as it opens what the server sealed')
  const roles = ({ legs }) => [...new Set(legs.map((l) => l.role))].sort().join()
  const firstPause = ({ pauses }) => pauses[0].start_ms / 1000
  for (const [whose, { timeline, agent, heard, rate }] of Object.entries({ browser: own, server: theServers })) {
    const told = timeline.pauses.map((p) => p.reason).join()
    const pauses = timeline.pauses.map((p) => [p.start_ms / 1000, p.end_ms / 1000])
    check(told === 'page,request' && pauses.every(([from, to]) => to - from > 1), `${whose}: the timeline has a pause by page and one that was asked for`)
    // A machine that is busy makes gaps, which are told.
    check(roles(timeline) === 'agent,customer,ivr,supervisor', `${whose}: there were ${roles(timeline)}, and ${timeline.gaps.length} gaps`)
    const part = (samples, from, to) => samples.subarray(Math.round(from * rate), Math.round(to * rate))
    const [page, request] = pauses
    for (const [from, to] of pauses) {
      // Times are whole milliseconds, rounded down.
      check([agent, heard].every((channel) => part(channel, from + 0.001, to).every((x) => x === 0)), `${whose}: both channels are silent from ${from.toFixed(2)} to ${to.toFixed(2)} s`)
    }
    // The browser that was busy hears again later than the server.
    let resumed = request[1]
    if (whose === 'browser') {
      resumed = (unblocked - Date.parse(timeline.started_at)) / 1000
      const [from, to] = [request[0] + 0.001, resumed - LAG_S]
      const silent = [agent, heard].every((channel) => part(channel, from, to).every((x) => x === 0))
      check(to - from > BLOCKED_MS / 1000 && silent && timeline.gaps.length > 0, `browser: nothing of ${(to - from).toFixed(1)} s in which it was paused, and then busy`)
    }
    const end = timeline.duration_ms / 1000
    // When the browser began to record.
    const began = firstPause(timeline) - firstPause(own.timeline)
    for (const [what, from, to] of [['before the page', began + EDGE_S, began + STRETCH_S], ['after it', page[1] + EDGE_S, request[0]], ['after the pause', resumed + EDGE_S, end - EDGE_S]]) {
      for (const [who, channel] of [['agent', agent], ['customer', heard]]) {
        const samples = part(channel, from, to)
        const loud = level(samples)
        const [like, unlike] = [who, who === 'agent' ? 'customer' : 'agent'].map((name) => alike({ rate, samples }, voices[name].loop))
        check(loud > SPOKEN && like > SAME_VOICE && unlike < OTHER_VOICE * like, `${whose}: the ${who} is heard ${what}: ${loud.toFixed(1)} dBm0, ${(100 * like).toFixed(0)} % alike (over ${SPOKEN}, over ${100 * SAME_VOICE} %), ${(100 * unlike).toFixed(0)} % like the other`)
      }
    }
    check(keysIn(heard, rate) === '' && multimon({ rate, samples: heard }) === '', `${whose}: no key is read in what the agent heard`)
  }
  const at = ({ timeline }, pause) => Date.parse(timeline.started_at) + timeline.pauses[pause].start_ms
  say(`     the two place the pauses ${[0, 1].map((n) => Math.abs(at(own, n) - at(theServers, n))).join(' and ')} ms apart`)

  say('--- the desktop crashes on its payment page')
  await put('recording')
  const cut = await record()
  await heardFor(2)
  await go('/payment')
  await panel('Recording paused (payment page)')
  await desk.close()
  await panel('Recording')
  const { items } = await api(`/v1/audit?conference_id=${conference.id}&limit=100`)
  const acts = items.filter((e) => e.action === 'recording_changed').map((e) => `${e.actor} ${e.detail}`)
  check(acts.slice(-2).join() === 'leg page_entered,system page_timeout', `the record says who and why: ${acts.join(', ')}`)
  check(!/payment|4111/.test(JSON.stringify(items)), 'and names no page')
  const next = await ours.context.newPage()
  await next.goto('/orders')
  const waiting = await next.evaluate(async (sdk) => {
    const { waitingRecordings, uploadRecording } = await import(`${sdk}/recorder.js`)
    const [found] = await waitingRecordings()
    await uploadRecording(found.recordingId, { url: `/store/${found.recordingId}`, confirm: 'status' })
    return found
  }, `${server.origin}/sdk`)
  check(waiting.recordingId === cut, 'what the crashed page recorded waits in the browser')
  writeFileSync(join(folder, `${cut}.age`), store.stored.get(cut).body)
  const torn = opened(cut, join(folder, `${cut}.age`))
  check(torn.status === 1 && torn.said.includes('the end is missing') && torn.timeline.duration_ms > 1500, `and opens up to its last half second: ${(torn.timeline.duration_ms / 1000).toFixed(1)} s`)

  await api(`/v1/conferences/${conference.id}/end`, {})
  for (const page of [phone, supervisor]) await page.getByText('Call ended').waitFor()
  for (const fault of [...theirs.faults, ...ours.faults]) check(false, `console error: ${fault}`)
} catch (error) {
  check(false, error.stack)
} finally {
  await Promise.all(browsers.map((b) => b.close().catch(() => {})))
  store?.server.close()
}
if (server) {
  const code = await server.stop()
  check(code === 0, `the server ends with ${code} after SIGINT`)
  const lines = server.log.trim().split('\n')
  check(!/payment|4111111/.test(server.log), "the server's log at debug names no page")
  const troubles = lines.filter((line) => !/^\{"level":"(debug|info)"/.test(line))
  check(troubles.length === 0, `the server's log reports no trouble${troubles.map((line) => `\n  ${line}`).join('')}`)
}
finish('recorded in the browser, sealed, paused and opened')
