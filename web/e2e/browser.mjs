import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const axeSource = readFileSync(join(here, '../node_modules/axe-core/axe.min.js'), 'utf8')

export const launch = (more = []) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      // Both ends are in one page, and nothing resolves .local names here.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      ...more,
    ],
  })

/** A context that collects what goes wrong, and whose pages have a far end of their own. */
export async function open(browser, origin, { farend = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, permissions: ['microphone'], baseURL: origin, ...options })
  if (farend) await context.addInitScript({ path: join(here, 'farend.js') })
  const faults = []
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`))
    page.on('console', (entry) => {
      // A refused request is logged by the browser itself; the pages show it.
      if (entry.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(entry.text())) faults.push(`${page.url()}: ${entry.text()}`)
    })
  })
  return { context, faults }
}

/** Opens links in pages of a context, and joins. */
export const joins =
  (context) =>
  async ({ path, code }) => {
    const page = await context.newPage()
    await page.goto(`${path}#${code}`)
    await page.getByTestId('join').click()
    await page.getByTestId('own-state').getByText('Connected', { exact: true }).waitFor()
    return page
  }

/** Runs axe on the page as it is; returns one line per violation. */
export async function axe(page) {
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(`${axeSource}; undefined`)
  const { violations } = await page.evaluate(() =>
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id} (${v.impact}): ${n.target.join(' ')}: ${n.failureSummary?.replaceAll('\n', ' ')}`))
}
