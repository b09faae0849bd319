import type { Columns } from './tap'

/**
 * Carries pictures of what a tab hears to the console in the same browser.
 * Only demonstration calls put anything on it, and only after masking: an
 * agent's tab has nothing else to show.
 */
export interface BusMessage extends Columns {
  conferenceId: string
  role: string
}

const NAME = 'tonegate.demonstration'

export function busSender(conferenceId: string, role: string): { send(columns: Columns): void; close(): void } {
  const channel = new BroadcastChannel(NAME)
  return {
    send: (columns) => channel.postMessage({ ...columns, conferenceId, role } satisfies BusMessage),
    close: () => channel.close(),
  }
}

export function onBus(callback: (message: BusMessage) => void): () => void {
  const channel = new BroadcastChannel(NAME)
  channel.onmessage = ({ data }) => callback(data as BusMessage)
  return () => channel.close()
}
