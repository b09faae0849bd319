// Injected before a page's own scripts. It answers the page's offers with a
// second RTCPeerConnection in the same page, so that the SDK negotiates with a
// real WebRTC stack although the mock server has none, and plays something
// that looks like a call: syllables, and keys where the role would hear them.
;(() => {
  const send = WebSocket.prototype.send
  const role = location.pathname.slice(1)
  window.__farend = { offers: [] }

  WebSocket.prototype.send = function (text) {
    const message = JSON.parse(text)
    if (message.type === 'offer') {
      window.__farend.offers.push(message.sdp)
      void answer(this, message.sdp)
    }
    if (message.type === 'candidate') {
      const { candidate, sdp_mid: sdpMid } = message
      if (candidate) void window.__farend.pc?.addIceCandidate({ candidate, sdpMid }).catch(() => {})
    }
    send.call(this, text)
  }

  async function answer(socket, sdp) {
    let { pc } = window.__farend
    if (!pc) {
      pc = window.__farend.pc = new RTCPeerConnection()
      for (const track of play().getTracks()) pc.addTrack(track)
    }
    await pc.setRemoteDescription({ type: 'offer', sdp })
    await pc.setLocalDescription(await pc.createAnswer())
    if (pc.iceGatheringState !== 'complete') {
      await new Promise((done) => {
        pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done())
        setTimeout(done, 1000)
      })
    }
    const data = JSON.stringify({ type: 'answer', sdp: pc.localDescription.sdp })
    socket.dispatchEvent(new MessageEvent('message', { data }))
  }

  function play() {
    const context = new AudioContext()
    const out = context.createMediaStreamDestination()
    const rate = context.sampleRate
    const buffer = context.createBuffer(1, rate * 8, rate)
    const samples = buffer.getChannelData(0)
    let seed = 7
    const random = () => ((seed = (seed * 16807) % 2147483647) / 2147483647) * 2 - 1
    // Voiced syllables: a gliding pitch with harmonics under three formants.
    let phase = 0
    for (let i = 0; i < samples.length; i++) {
      const t = i / rate
      const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.6 * t)) * (Math.sin(2 * Math.PI * 0.23 * t) > -0.35 ? 1 : 0)
      const pitch = 118 + 26 * Math.sin(2 * Math.PI * 0.7 * t) + 9 * Math.sin(2 * Math.PI * 3.1 * t)
      phase += (2 * Math.PI * pitch) / rate
      let voice = 0
      for (let h = 1; h * pitch < 3700; h++) {
        const f = h * pitch
        const near = (centre, width) => Math.exp(-(((f - centre) / width) ** 2))
        const formants = near(520 + 180 * Math.sin(2 * Math.PI * 1.3 * t), 160) + 0.5 * near(1500 + 500 * Math.sin(2 * Math.PI * 0.9 * t), 220) + 0.25 * near(2600, 300)
        voice += Math.sin(h * phase) * (0.04 + formants)
      }
      samples[i] = 0.09 * voice * syllable + 0.0009 * random()
    }
    if (role === 'ivr') {
      const low = [697, 770, 852, 941]
      const high = [1209, 1336, 1477]
      for (let n = 0; n < 24; n++) {
        const from = Math.round((0.3 + n * 0.32) * rate)
        const [f, g] = [low[(n * 7) % 4], high[(n * 5) % 3]]
        for (let i = from; i < from + 0.12 * rate; i++) samples[i] = 0.2 * (Math.sin((2 * Math.PI * f * i) / rate) + Math.sin((2 * Math.PI * g * i) / rate))
      }
    }
    const source = context.createBufferSource()
    source.buffer = buffer
    source.loop = true
    source.connect(out)
    source.start()
    return out.stream
  }
})()
