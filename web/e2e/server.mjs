// Plays a demonstration call against a running server, in a real browser:
//   TONEGATE_API_KEY=… node e2e/server.mjs http://127.0.0.1:8080
// The IVR must hear every key and the agent none, while named events, tones in
// the voice, and both at once are sent. A second argument picks the ways.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, open } from './browser.mjs'
import { decode, keysIn } from './tones.mjs'

const origin = process.argv[2] ?? 'http://127.0.0.1:8080'
const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots')
mkdirSync(shots, { recursive: true })
const failures = []
const check = (ok, what) => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`)
  if (!ok) failures.push(what)
}
const id = (page, name) => page.getByTestId(name)

const browser = await launch()
try {
  const { context, faults } = await open(browser, origin, { farend: false })
  const desk = await context.newPage()
  await desk.goto('/')
  await id(desk, 'api-key').fill(process.env.TONEGATE_API_KEY ?? '')
  await id(desk, 'sign-in').click()
  await id(desk, 'ivr-browser').check()
  await id(desk, 'start-demo').click()
  const join1 = async (name, microphone) => {
    const [page] = await Promise.all([context.waitForEvent('page'), id(desk, name).click()])
    await id(page, 'join').waitFor()
    if (microphone === false) await page.getByRole('checkbox').uncheck()
    await id(page, 'join').click()
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor({ timeout: 15000 })
    return page
  }
  // Without microphones: Chromium's fake one beeps.
  const phone = await join1('open-phone', false)
  const agent = await join1('open-agent', false)
  const ivr = await join1('open-ivr')
  check(true, 'three tabs are connected')
  await id(desk, 'leg-state-ivr').getByText('Connected').waitFor()
  const { sendCodec, packetsSent } = await phone.evaluate(() => window.__tonegate.stats())
  check(sendCodec === 'audio/PCMU' && packetsSent > 0, 'the phone sends PCMU')

  for (const way of process.argv[3]?.split(',') ?? ['event', 'voice', 'both']) {
    await id(phone, `send-as-${way}`).check({ force: true })
    await id(agent, 'mask-strip').check()
    await id(agent, 'take-payment').click()
    await id(agent, 'complete-capture').waitFor()
    check(/Secure capture: armed/.test(await id(agent, 'masking').innerText()), `${way}: masking is armed`)
    const sides = [ivr, agent].map((page) => page.evaluate(() => window.__tonegate.recordBase64(9)))
    await phone.waitForTimeout(300)
    for (const key of '42917') {
      await id(phone, `key-${key}`).click()
      await phone.waitForTimeout(400)
    }
    const [heardByIVR, heardByAgent] = (await Promise.all(sides)).map((recorded, side) => {
      const { samples, rate } = decode(recorded)
      writeFileSync(join(shots, `server-${['ivr', 'agent'][side]}-${way}-${rate}.f32`), samples)
      return keysIn(samples, rate)
    })
    check(heardByIVR === '42917', `${way}: the IVR hears 42917 (${heardByIVR})`)
    check(heardByAgent === '', `${way}: the agent hears none (${heardByAgent.length})`)
    await id(agent, 'bullets').getByText('5 keys').waitFor({ timeout: 3000 }).catch(() => {})
    const bullets = await id(agent, 'bullets').innerText()
    check(/5 keys/.test(bullets) && !/42917/.test(await agent.content()), `${way}: the agent sees five bullets (${bullets.replace(/\s+/g, ' ')})`)
    await agent.screenshot({ path: join(shots, `server-agent-${way}.png`), fullPage: true })
    await desk.screenshot({ path: join(shots, `server-console-${way}.png`), fullPage: true })
    await id(agent, 'complete-capture').click()
    await id(agent, 'take-payment').waitFor()
  }
  await id(desk, 'end-call').click()
  await phone.getByText('Call ended').waitFor()
  await agent.getByText('Call ended').waitFor()
  await desk.getByText('The call has ended').waitFor()
  check(true, 'ending the call ends it in every tab')
  for (const fault of faults) check(false, fault)
} finally {
  await browser.close()
}
process.exitCode = failures.length === 0 ? 0 : 1
