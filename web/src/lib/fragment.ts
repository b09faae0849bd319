/**
 * Reads the one-time code out of the address and takes it away from there, so
 * that neither the history, a bookmark nor a shared screen keeps it.
 */
export function takeFragment(): string {
  const fragment = decodeURIComponent(location.hash.slice(1))
  if (location.hash) history.replaceState(null, '', location.pathname)
  return fragment
}
