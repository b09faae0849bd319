/** A typed event list whose subscribers cannot break each other. */
export class Emitter<Events extends { [K in keyof Events]: (...args: any[]) => void }> {
  readonly #callbacks = new Map<keyof Events, Set<Events[keyof Events]>>()

  on<K extends keyof Events>(event: K, callback: Events[K]): () => void {
    let set = this.#callbacks.get(event)
    if (!set) this.#callbacks.set(event, (set = new Set()))
    set.add(callback)
    return () => void set.delete(callback)
  }

  emit<K extends keyof Events>(event: K, ...args: Parameters<Events[K]>): void {
    // A copy: a callback may unsubscribe itself.
    for (const callback of [...(this.#callbacks.get(event) ?? [])]) {
      try {
        callback(...args)
      } catch (cause) {
        // The subscriber's fault must not stop the call; it surfaces as an
        // uncaught error of its own.
        queueMicrotask(() => {
          throw cause
        })
      }
    }
  }
}
