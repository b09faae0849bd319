/**
 * Sealed segments in IndexedDB, until they are uploaded. The key of a segment is
 * its recording and its number; nothing else is kept, and nothing unsealed.
 */
import { TonegateError } from '../errors'
import type { Waiting } from '../recorder-types'

const NAME = 'tonegate-recordings'
const SEGMENTS = 'segments'

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function over(write: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    write.oncomplete = () => resolve()
    write.onabort = () => reject(write.error)
  })
}

const all = (recordingId: string) => IDBKeyRange.bound([recordingId, 0], [recordingId, Infinity])

export class Chunks {
  readonly #db: IDBDatabase

  private constructor(db: IDBDatabase) {
    this.#db = db
  }

  static async open(): Promise<Chunks> {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(SEGMENTS)
    try {
      return new Chunks(await asked(request))
    } catch {
      throw new TonegateError('no_storage', 'This browser keeps nothing here: is the window a private one?')
    }
  }

  async add(recordingId: string, seq: number, sealed: Uint8Array): Promise<void> {
    const write = this.#db.transaction(SEGMENTS, 'readwrite')
    write.objectStore(SEGMENTS).add(sealed, [recordingId, seq])
    await over(write)
  }

  /** The sealed file, its segments in order, and their numbers. */
  async read(recordingId: string): Promise<{ file: Blob; numbers: number[] }> {
    const store = this.#db.transaction(SEGMENTS).objectStore(SEGMENTS)
    const [keys, segments] = await Promise.all([asked(store.getAllKeys(all(recordingId))), asked(store.getAll(all(recordingId)))])
    if (segments.length === 0) throw new TonegateError('recording_not_found', 'This browser has no such recording.')
    return {
      file: new Blob(segments as Uint8Array<ArrayBuffer>[], { type: 'application/octet-stream' }),
      numbers: (keys as [string, number][]).map(([, seq]) => seq),
    }
  }

  async list(): Promise<Waiting[]> {
    const sizes = new Map<string, number>()
    const cursor = this.#db.transaction(SEGMENTS).objectStore(SEGMENTS).openCursor()
    await new Promise<void>((resolve, reject) => {
      cursor.onerror = () => reject(cursor.error)
      cursor.onsuccess = () => {
        const at = cursor.result
        if (!at) return resolve()
        const [recordingId] = at.key as [string, number]
        sizes.set(recordingId, (sizes.get(recordingId) ?? 0) + (at.value as Uint8Array).length)
        at.continue()
      }
    })
    return [...sizes].map(([recordingId, size]) => ({ recordingId, size }))
  }

  /** Forgets these segments and no others, as more may have been written since; without numbers all. */
  async remove(recordingId: string, numbers?: readonly number[]): Promise<void> {
    const write = this.#db.transaction(SEGMENTS, 'readwrite')
    for (const which of numbers?.map((seq) => [recordingId, seq]) ?? [all(recordingId)]) write.objectStore(SEGMENTS).delete(which)
    await over(write)
  }

  close(): void {
    this.#db.close()
  }
}
