/**
 * Reads the one-time code out of the address and takes it away from there, so
 * that neither the history, a bookmark nor a shared screen keeps it.
 */
export function takeFragment(): string {
  const { hash, pathname } = location
  if (hash) history.replaceState(null, '', pathname)
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    // Mangled on its way here: as good as no link.
    return ''
  }
}
