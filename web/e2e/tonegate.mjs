// A server of one's own for a test: built, started, watched, stopped.
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'

export function build(root, folder) {
  const binary = join(folder, 'tonegate')
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: root, stdio: 'inherit' })
  return binary
}

/** Resolves when the server has printed where it is. */
export function start(binary, folder) {
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--media', '127.0.0.1:0', '--data', join(folder, 'data'), '--log-level', 'debug'], {
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
