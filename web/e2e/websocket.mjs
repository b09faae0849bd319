// A WebSocket server in one page: text frames under 64 KiB and close frames,
// which is all the mock needs, without a dependency.
import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Upgrades the request; `handlers` gets parsed messages and the close. */
export function accept(request, socket, handlers) {
  const key = createHash('sha1').update(request.headers['sec-websocket-key'] + GUID).digest('base64')
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${key}\r\nSec-WebSocket-Protocol: tonegate.v1\r\n\r\n`,
  )
  let pending = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('close', () => handlers.close())
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data])
    for (;;) {
      if (pending.length < 2) return
      let length = pending[1] & 0x7f
      let at = 2
      if (length === 126) {
        if (pending.length < 4) return
        length = pending.readUInt16BE(2)
        at = 4
      }
      if (pending.length < at + 4 + length) return
      const mask = pending.subarray(at, at + 4)
      const payload = Buffer.from(pending.subarray(at + 4, at + 4 + length))
      for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i % 4]
      const opcode = pending[0] & 0x0f
      pending = pending.subarray(at + 4 + length)
      if (opcode === 8) return void socket.end()
      if (opcode === 1) handlers.message(JSON.parse(payload.toString()))
    }
  })
  const frame = (opcode, payload) => {
    const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 255])
    if (!socket.destroyed) socket.write(Buffer.concat([head, payload]))
  }
  return {
    send: (message) => frame(1, Buffer.from(JSON.stringify(message))),
    close(code) {
      frame(8, Buffer.from([code >> 8, code & 255]))
      socket.end()
    },
    /** Loses the connection without a word, as a network does. */
    cut: () => socket.destroy(),
  }
}
