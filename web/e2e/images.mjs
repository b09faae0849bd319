// Takes the pictures for the documentation, of a call as it is in daily use.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { open } from './browser.mjs'

const id = (page, name) => page.getByTestId(name)

/** `phones` is a browser with the customer's voice, `desks` one for all others: the console shows what its neighbours hear. */
export async function pictures(root, server, phones, desks) {
  const options = { farend: false, colorScheme: 'light', viewport: { width: 1280, height: 900 } }
  const [{ context: theirs }, { context: ours }] = await Promise.all([open(phones, server.origin, options), open(desks, server.origin, options)])
  const desk = await ours.newPage()
  await desk.goto('/')
  await id(desk, 'api-key').fill(server.apiKey)
  await id(desk, 'sign-in').click()
  await id(desk, 'ivr-browser').check()
  const [started] = await Promise.all([desk.waitForResponse('**/v1/demonstrations'), id(desk, 'start-demo').click()])
  const [forPhone, forAgent, forIVR] = (await started.json()).links
  const join1 = async (context, { path, code }) => {
    const page = await context.newPage()
    await page.goto(`${path}#${code}`)
    await id(page, 'join').click()
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    return page
  }
  const phone = await join1(theirs, forPhone)
  const agent = await join1(ours, forAgent)
  const ivr = await join1(ours, forIVR)
  await id(phone, 'send-as-voice').check({ force: true })
  await id(agent, 'mask-strip').check()
  await id(agent, 'take-payment').click()
  await id(agent, 'complete-capture').waitFor()
  await phone.waitForTimeout(4000)
  for (const key of '5544') {
    await id(phone, `key-${key}`).click()
    await phone.waitForTimeout(450)
  }
  await phone.mouse.move(0, 0)
  await phone.waitForTimeout(2500)
  await id(agent, 'bullets').getByText('4 keys').waitFor()
  const pages = { phone, agent, ivr, console: desk }
  const shots = join(root, 'web/e2e/shots')
  const images = join(root, 'docs/images')
  mkdirSync(shots, { recursive: true })
  mkdirSync(images, { recursive: true })
  for (const page of Object.values(pages)) await page.evaluate(() => scrollTo(0, 0))
  for (const [name, page] of Object.entries(pages)) await page.screenshot({ path: join(images, `${name}.png`), animations: 'disabled' })
  for (const [name, page] of Object.entries(pages)) {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: join(shots, `call-${name}.dark.png`), animations: 'disabled' })
  }
}
