// A server of one's own for a test: built, started, watched, stopped.
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'

export function build(root, folder) {
  const binary = join(folder, 'tonegate')
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: root, stdio: 'inherit' })
  return binary
}

/** Resolves when the server has printed where it is; `more` are flags. */
export function start(binary, folder, more = []) {
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--media', '127.0.0.1:0', '--data', join(folder, 'data'), '--log-level', 'debug', ...more], {
    // Without a key given it makes one, and prints it with a link to the console.
    env: { ...process.env, TONEGATE_API_KEY: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const server = { child, out: '', log: '' }
  child.stderr.setEncoding('utf8').on('data', (text) => (server.log += text))
  const over = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)))
  // SIGINT, as from Ctrl-C; whatever else happens, it does not outlive us.
  process.on('exit', () => child.kill('SIGKILL'))
  server.stop = async () => {
    child.kill('SIGINT')
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    const code = await over
    clearTimeout(late)
    return code
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    void over.then((code) => reject(new Error(`the server ended with ${code}:\n${server.out}${server.log}`)))
    child.stdout.setEncoding('utf8').on('data', (text) => {
      server.out += text
      const [, origin, login] = server.out.match(/Console\s+(http\S+)\/#login=(\S+)/) ?? []
      const [, apiKey] = server.out.match(/API key\s+(tgk_\S+)/) ?? []
      if (!origin || !apiKey || !server.out.includes('Stop with')) return
      resolve(Object.assign(server, { origin, login, apiKey }))
    })
  })
}

/** Calls the server's API as a platform does; `note` gets each answer's text. Its answers are good, or it throws. */
export const platform = (server, note = () => {}) => async (path, body, options) => {
  const { status, text } = await asked(server, path, body, options)
  note(text)
  if (status >= 300) throw new Error(`${path} answers ${status}: ${text}`)
  return JSON.parse(text)
}

/** One request to the API, whatever comes of it: a GET, or a POST when it has a body, unless `method` says otherwise. */
export async function asked(server, path, body, { method = body ? 'POST' : 'GET', headers = {} } = {}) {
  const response = await fetch(server.origin + path, {
    method,
    headers: { Authorization: `Bearer ${server.apiKey}`, 'Content-Type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, text: await response.text() }
}

/** A provider for test cards; resolves with what it prints, its address and its authority's certificate. */
export function startProvider(binary, folder, name, ...flags) {
  const ca = join(folder, `${name}.pem`)
  const child = spawn(binary, ['psp-stub', '--seed', name, '--ca-out', ca, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const provider = { name, ca, out: '' }
  process.on('exit', () => child.kill('SIGKILL'))
  provider.stop = () => child.kill('SIGINT')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the provider ended with ${code}:\n${provider.out}`)))
    child.stderr.setEncoding('utf8').on('data', (text) => (provider.out += text))
    child.stdout.setEncoding('utf8').on('data', (text) => {
      provider.out += text
      const [, url] = provider.out.match(/at (https:\S+)/) ?? []
      if (url) resolve(Object.assign(provider, { url }))
    })
  })
}
