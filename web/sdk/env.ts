/** What the SDK takes from the browser, so that tests can hand in their own. */
export interface Env {
  WebSocket: typeof WebSocket
  RTCPeerConnection: typeof RTCPeerConnection
  MediaStream: typeof MediaStream
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>
  audioCapabilities(): RTCRtpCapabilities | null
  createAudioContext(): AudioContext
  /** Calls back when the network is said to be back; returns the undo. */
  onOnline(callback: () => void): () => void
  random(): number
}

export function browserEnv(): Env {
  return {
    WebSocket: globalThis.WebSocket,
    RTCPeerConnection: globalThis.RTCPeerConnection,
    MediaStream: globalThis.MediaStream,
    getUserMedia: (constraints) => {
      // Absent on pages that are not served over HTTPS or from localhost.
      if (!navigator.mediaDevices) {
        return Promise.reject(new DOMException('no media devices here', 'SecurityError'))
      }
      return navigator.mediaDevices.getUserMedia(constraints)
    },
    audioCapabilities: () => globalThis.RTCRtpReceiver?.getCapabilities?.('audio') ?? null,
    createAudioContext: () => new AudioContext(),
    onOnline: (callback) => {
      globalThis.addEventListener('online', callback)
      return () => globalThis.removeEventListener('online', callback)
    },
    random: Math.random,
  }
}
