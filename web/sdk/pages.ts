import type { Leg, PageRule } from './types'

const MAX = 512

/** Takes percent-encoding off, however often it was put on. What is not UTF-8 stays as it is. */
function decoded(name: string): string {
  for (let i = 0; i < 8; i++) {
    const next = name.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run)
      } catch {
        return run
      }
    })
    if (next === name) break
    name = next
  }
  return name
}

/**
 * A page as it is told: decoded, without query and fragment, where numbers stand,
 * and with a bullet in place of seven digits or more, whatever parts them by up to
 * three characters. The name is for a rule, not for people.
 */
export function pageName(page: string): string {
  return decoded(page).replace(/[?#].*$/s, '').replace(/\p{Nd}(?:\P{Nd}{0,3}\p{Nd}){6,}/gu, '•').slice(0, MAX)
}

/** Whether a recording is paused on a page, given whether it was on the one before. */
export function pausedOn({ pause, resume = [] }: PageRule, page: string, paused: boolean): boolean {
  const matches = (patterns: readonly string[]) => patterns.some((p) => glob(p).test(page))
  if (matches(pause)) return true
  return resume.length === 0 || matches(resume) ? false : paused
}

const glob = (pattern: string) =>
  new RegExp(`^${decoded(pattern).split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'is')

interface Navigation extends EventTarget {}

/**
 * Reports the page's path now and whenever it changes; returns the undo. It hears
 * of `history.pushState` where the browser has the Navigation API; elsewhere, and
 * for routes that are no paths, call `leg.reportPage` from the router.
 */
export function followPages(leg: Leg, name: () => string = () => location.pathname): () => void {
  const report = () => {
    const page = name()
    if (pageName(page) !== leg.page) leg.reportPage(page)
  }
  const { navigation } = globalThis as { navigation?: Navigation }
  navigation?.addEventListener('currententrychange', report)
  addEventListener('popstate', report)
  addEventListener('hashchange', report)
  report()
  return () => {
    navigation?.removeEventListener('currententrychange', report)
    removeEventListener('popstate', report)
    removeEventListener('hashchange', report)
  }
}
