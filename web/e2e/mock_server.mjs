// A stand-in for the Go server: the REST calls the console makes and the
// signalling, without media. Pages under test get their far end from
// farend.js. Run by hand: node e2e/mock_server.mjs [port]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accept } from './websocket.mjs'

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../dist')
const CSP =
  "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob:; worker-src 'self' blob:; style-src 'self'; " +
  "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const PAGES = { '/': 'index.html', '/phone': 'phone.html', '/agent': 'agent.html', '/ivr': 'ivr.html' }

export const API_KEY = 'tgk_mock_key'
export const LOGIN_CODE = 'mock-login'

export function startMock(port = 0) {
  const conferences = new Map()
  const codes = new Map()
  const tokens = new Map()
  const sockets = new Map()
  let serial = 0
  const id = (prefix) => `${prefix}_${String(++serial).padStart(6, '0')}`

  const publicLeg = (leg) => ({ id: leg.id, conference_id: leg.conference.id, role: leg.role, kind: leg.kind, state: leg.state, muted: false, on_hold: leg.held === true })
  const publicConference = (c) => ({
    id: c.id,
    state: c.state,
    created_at: c.created_at,
    external_id: c.external_id,
    demonstration: c.demonstration,
    legs: c.legs.map(publicLeg),
  })

  function create({ ivr = 'browser', external_id, demonstration = true, supervisor = false } = {}) {
    const conference = {
      id: id('conf'),
      external_id,
      demonstration,
      state: 'created',
      created_at: new Date().toISOString(),
      masking: { state: 'strip', mode: 'strip', armed: false },
      talk: false,
      grants: ['speak', 'capture', 'talk', 'record', 'transfer', 'hold'],
      transfer: 'together',
      recording: null,
      capture: null,
      legs: [],
    }
    for (const role of ['customer', 'agent', 'ivr', ...(supervisor ? ['supervisor'] : [])]) {
      const builtin = role === 'ivr' && ivr === 'builtin'
      conference.legs.push({ id: id('leg'), role, kind: builtin ? 'builtin' : 'external', state: builtin ? 'connected' : 'invited', conference })
    }
    conferences.set(conference.id, conference)
    return conference
  }

  const codeFor = (leg) => {
    const code = id('code')
    codes.set(code, leg)
    return code
  }

  const links = (conference) =>
    conference.legs
      .filter((leg) => leg.kind === 'external')
      .map((leg) => ({ role: leg.role, leg_id: leg.id, code: codeFor(leg), path: { customer: '/phone', ivr: '/ivr' }[leg.role] ?? '/agent' }))

  const wireLeg = (leg) => ({ leg_id: leg.id, role: leg.role, kind: leg.kind, state: leg.state, ...(leg.held ? { on_hold: true } : {}) })

  function broadcast(conference, message, roles) {
    for (const leg of conference.legs) if (!roles || roles.includes(leg.role)) sockets.get(leg.id)?.send(message)
  }

  function setState(leg, state, type = 'leg_state') {
    leg.state = state
    broadcast(leg.conference, { type, ...wireLeg(leg) })
  }

  /** As a role is told: press-to-talk is the agent's alone. */
  const maskingFor = ({ masking, talk }, role) => (talk && role === 'agent' ? { state: 'armed', mode: 'strip', armed: true, talk } : masking)

  function mask(conference, masking, talk = false) {
    Object.assign(conference, { masking, talk })
    for (const leg of conference.legs) sockets.get(leg.id)?.send({ type: 'masking', ...maskingFor(conference, leg.role) })
  }

  function progress(conference) {
    const { capture_id, state, reason, fields } = conference.capture
    broadcast(conference, { type: 'capture_progress', ...conference.capture }, ['agent'])
    const states = fields.map(({ name, state }) => ({ name, state, digits_entered: 0, masked: '' }))
    broadcast(conference, { type: 'capture_progress', capture_id, state, ...(reason ? { reason } : {}), fields: states }, ['supervisor'])
  }

  function transfer(conference, state) {
    conference.transfer = state
    broadcast(conference, { type: 'transfer', state }, ['agent', 'supervisor'])
  }

  function end(conference, reason = 'ended') {
    conference.state = 'ended'
    for (const leg of conference.legs) {
      sockets.get(leg.id)?.send({ type: 'bye', reason })
      sockets.get(leg.id)?.close(1000)
      leg.state = 'left'
    }
  }

  /** What a test can make happen. */
  const control = {
    conferences,
    create,
    links,
    mask,
    end,
    /** Press-to-talk opens or ends, as a server does it. */
    talk: (conference, pressed) => mask(conference, conference.masking, pressed),
    /** The agent is somewhere, as a server tells it. */
    transfer,
    /** The customer has pressed this many keys. */
    keyed(conference, count) {
      // A server may show the last four; the agent's page must not even so.
      const masked = '•'.repeat(Math.max(0, count - 4)) + '4242'.slice(0, count)
      conference.capture.fields[0] = { name: 'digits', state: 'entering', digits_entered: count, masked }
      progress(conference)
    },
    captureState(conference, state, more = {}) {
      Object.assign(conference.capture, { state, ...more })
      progress(conference)
    },
    /** What became of a field; the next that waits is asked for once it is valid. */
    field(conference, name, members) {
      const { fields } = conference.capture
      Object.assign(fields.find((f) => f.name === name), members)
      const next = fields.find((f) => f.state === 'pending')
      if (members.state === 'valid' && next) Object.assign(next, { state: 'entering', attempt: 1 })
      progress(conference)
    },
    /** The capture is over, as a server ends it. */
    over(conference, state, more) {
      for (const f of conference.capture.fields) if (f.state === 'entering' && state !== 'completed') f.state = 'failed'
      control.captureState(conference, state, more)
      mask(conference, { state: 'strip', mode: 'strip', armed: false })
    },
    /** What becomes of the recording, told to all. */
    record(conference, state, reason) {
      conference.recording = { state, ...(reason ? { reason } : {}) }
      for (const leg of conference.legs) sockets.get(leg.id)?.send({ type: 'recording', ...conference.recording })
    },
    socketOf: (leg) => sockets.get(leg.id),
    /** While set, the network eats every new connection. */
    unreachable: false,
    /** The last capture_start. */
    asked: undefined,
    /** The types of all that was asked about press-to-talk. */
    talked: [],
  }

  function message(leg, connection, m) {
    const { conference } = leg
    const finish = (state) => {
      if (!conference.capture || conference.capture.state !== 'collecting') {
        return connection.send({ type: 'error', code: 'no_capture', detail: 'No capture is running.' })
      }
      control.over(conference, state)
    }
    switch (m.type) {
      case 'offer':
        conference.state = 'active'
        setTimeout(() => setState(leg, 'connected', 'leg_joined'), 60)
        return
      case 'capture_start':
        mask(conference, { state: m.mask === 'mute' ? 'mute' : 'armed', mode: m.mask ?? 'field', armed: true })
        conference.capture = {
          capture_id: id('cap'),
          state: 'collecting',
          ...(m.connector ? { connector: m.connector } : {}),
          fields: (m.fields ?? ['digits']).map((name, i) => ({ name, state: i === 0 ? 'entering' : 'pending', digits_entered: 0, masked: '', ...(i === 0 ? { attempt: 1 } : {}) })),
        }
        control.asked = m
        progress(conference)
        return
      case 'capture_retry':
        for (const f of conference.capture.fields) if (f.state === 'entering') f.state = 'pending'
        control.field(conference, m.field, { state: 'entering', digits_entered: 0, masked: '', brand: undefined, attempt: (conference.capture.fields.find((f) => f.name === m.field).attempt ?? 0) + 1 })
        return
      case 'capture_complete':
        return finish('completed')
      case 'capture_cancel':
        return finish('cancelled')
      case 'talk_press':
        control.talked.push(m.type)
        if (!conference.masking.armed || conference.masking.mode !== 'mute') {
          return connection.send({ type: 'error', re: m.type, code: 'talk_not_muted', detail: 'Not muted.' })
        }
        return control.talk(conference, true)
      case 'talk_release':
        control.talked.push(m.type)
        return conference.talk && control.talk(conference, false)
      case 'transfer': {
        const back = m.to === 'agent'
        if (conference.transfer !== (back ? 'with_ivr' : 'together')) {
          return connection.send({ type: 'error', re: m.type, code: back ? 'not_transferred' : 'transfer_in_progress', detail: 'Not now.' })
        }
        if (back && conference.capture?.state === 'collecting') finish('cancelled')
        transfer(conference, back ? 'returning' : 'parking')
        return setTimeout(() => transfer(conference, back ? 'together' : 'with_ivr'), back ? 400 : 20)
      }
      case 'hold': {
        const held = conference.legs.find((l) => l.id === m.leg_id)
        held.held = m.on_hold
        return setState(held, held.state)
      }
      case 'recording':
        return control.record(conference, m.state)
      case 'ping':
        return connection.send({ type: 'pong', n: m.n })
      case 'leave':
        setState(leg, 'left', 'leg_left')
        sockets.delete(leg.id)
        return connection.close(1000)
    }
  }

  function signal(request, socket) {
    if (control.unreachable) return socket.destroy()
    let leg
    const connection = accept(request, socket, {
      message(m) {
        if (leg) return message(leg, connection, m)
        leg = m.token ? tokens.get(m.token) : undefined
        if (m.token) tokens.delete(m.token)
        if (m.resume) leg = [...conferences.values()].flatMap((c) => c.legs).find((l) => l.id === m.leg_id && l.resume === m.resume)
        if (!leg) return connection.close(4401)
        if (leg.conference.state === 'ended') return connection.close(4404)
        leg.resume = id('resume')
        leg.state = m.resume ? 'connected' : 'joining'
        sockets.get(leg.id)?.close(4409)
        sockets.set(leg.id, connection)
        connection.send({
          type: 'joined',
          conference_id: leg.conference.id,
          leg_id: leg.id,
          role: leg.role,
          grants: leg.role === 'agent' ? leg.conference.grants : ['speak'],
          resume: leg.resume,
          ice_servers: [],
          demonstration: leg.conference.demonstration,
          legs: leg.conference.legs.map(wireLeg),
          masking: maskingFor(leg.conference, leg.role),
          capture: leg.role === 'agent' ? leg.conference.capture : null,
          ...(['agent', 'supervisor'].includes(leg.role) ? { transfer: { state: leg.conference.transfer } } : {}),
          recording: leg.conference.recording,
          connectors: leg.role === 'agent' ? ['psp-main', 'psp-backup'] : [],
        })
        broadcast(leg.conference, { type: 'leg_state', ...wireLeg(leg) })
      },
      close() {
        if (leg && sockets.get(leg.id) === connection) {
          sockets.delete(leg.id)
          if (leg.role === 'agent' && leg.conference.talk) control.talk(leg.conference, false)
          if (leg.state !== 'left') setState(leg, 'reconnecting')
        }
      },
    })
  }

  async function api(request, path) {
    const problem = (status, code, detail) => [status, { type: 'about:blank', title: detail, status, detail, code, request_id: 'req_mock' }]
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {}
    if (path === '/version') return [200, { version: '0.1.0' }]
    if (path === '/v1/console_sessions/exchange') {
      return body.code === LOGIN_CODE ? [200, { api_key: API_KEY, expires_at: inAnHour() }] : problem(404, 'code_invalid', 'The code is unknown or was used.')
    }
    if (path === '/v1/join_codes/exchange') {
      const leg = codes.get(body.code)
      if (!leg) return problem(404, 'code_invalid', 'The code is unknown or was used.')
      codes.delete(body.code)
      const token = id('token')
      tokens.set(token, leg)
      return [200, { token, expires_at: inAnHour(), ice_servers: [] }]
    }
    if (request.headers.authorization !== `Bearer ${API_KEY}`) return problem(401, 'unauthorized', 'The API key is not valid.')
    if (path === '/v1/demonstrations') {
      const conference = create({ ivr: body.ivr })
      return [201, { conference_id: conference.id, links: links(conference) }]
    }
    if (path === '/v1/conferences') return [200, { items: [...conferences.values()].reverse().map(publicConference), next_cursor: null }]
    const [, kind, target, verb] = path.match(/^\/v1\/(conferences|legs)\/([^/]+)(?:\/(\w+))?$/) ?? []
    if (kind === 'legs' && verb === 'join_codes') {
      const leg = [...conferences.values()].flatMap((c) => c.legs).find((l) => l.id === target)
      return leg ? [201, { code: codeFor(leg), expires_at: inAnHour() }] : problem(404, 'leg_not_found', 'No such leg.')
    }
    const conference = conferences.get(target)
    if (!conference) return problem(404, 'conference_not_found', 'No such conference.')
    if (verb === 'end') end(conference)
    return [200, publicConference(conference)]
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://mock').pathname
    if (path.startsWith('/v1/') || path === '/version') {
      api(request, path).then(
        ([status, body]) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body)),
        () => response.writeHead(500).end(),
      )
      return
    }
    const name = PAGES[path] ?? (/^\/(assets|sdk)\/[\w.-]+$/.test(path) ? path.slice(1) : undefined)
    try {
      const body = readFileSync(join(dist, name))
      response
        .writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' })
        .end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  server.on('upgrade', signal)
  return new Promise((done) =>
    server.listen(port, '127.0.0.1', () =>
      done(
        Object.assign(control, {
          origin: `http://127.0.0.1:${server.address().port}`,
          close() {
            for (const socket of sockets.values()) socket.cut()
            server.closeAllConnections()
            server.close()
          },
        }),
      ),
    ),
  )
}

const inAnHour = () => new Date(Date.now() + 3600e3).toISOString()

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock(Number(process.argv[2] ?? 8090))
  console.log(`mock at ${mock.origin}/#login=${LOGIN_CODE}`)
}
