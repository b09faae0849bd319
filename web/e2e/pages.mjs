// Walks every page through its states against the mock server, in light, dark
// and on a small screen; takes a picture of each, runs axe on each, and fails
// on any violation or console error. Pictures go to e2e/shots (not committed).
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { axe, launch, open } from './browser.mjs'
import { listening } from './listening.mjs'
import { LOGIN_CODE, startMock } from './mock_server.mjs'
import { transferring } from './transferring.mjs'
import { recorded } from './recorded.mjs'

const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots')
rmSync(shots, { recursive: true, force: true })
mkdirSync(shots, { recursive: true })

const only = process.argv[2]
const failures = []
const check = (ok, what) => ok || failures.push(what)

async function walk(browser, variant, options) {
  const mock = await startMock()
  const { context, faults } = await open(browser, mock.origin, options)
  const shoot = async (page, name) => {
    await page.screenshot({ path: join(shots, `${name}.${variant}.png`), fullPage: true, animations: 'disabled' })
    for (const violation of await axe(page)) failures.push(`${name}.${variant}: ${violation}`)
  }
  const id = (page, name) => page.getByTestId(name)
  try {
    // Console: signing in.
    const desk = await context.newPage()
    await desk.goto('/')
    await shoot(desk, 'console-1-sign-in')
    await id(desk, 'api-key').fill('wrong')
    await id(desk, 'sign-in').click()
    await desk.getByText('was not accepted').waitFor()
    await shoot(desk, 'console-2-refused')
    await desk.goto(`/?#login=${LOGIN_CODE}`)
    await id(desk, 'start-demo').waitFor()
    check(!desk.url().includes('login'), 'the login code stays in the address')
    await desk.getByText('No conferences yet').waitFor()
    await shoot(desk, 'console-3-empty')

    // A demonstration call with all three tabs.
    await id(desk, 'start-demo').click()
    await id(desk, 'open-phone').waitFor()
    await shoot(desk, 'console-4-started')
    const tab = async (name) => {
      const [page] = await Promise.all([context.waitForEvent('page'), id(desk, name).click()])
      await id(page, 'join').waitFor()
      check(!page.url().includes('#'), `${name}: the code stays in the address`)
      return page
    }
    const phone = await tab('open-phone')
    const agent = await tab('open-agent')
    const ivr = await tab('open-ivr')
    await shoot(phone, 'phone-1-ready')
    await shoot(agent, 'agent-1-ready')
    await shoot(ivr, 'ivr-1-ready')
    for (const page of [phone, agent, ivr]) {
      check(await id(page, 'join').evaluate((b) => b === document.activeElement), 'the join button has no focus')
      await id(page, 'join').click()
      await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    }
    const [conference] = mock.conferences.values()
    await phone.waitForTimeout(only ? 9000 : 4000)

    const offer = (page) => page.evaluate(() => window.__farend.offers[0])
    check(/telephone-event\/8000/.test(await offer(phone)), 'the phone offers no named events')
    check(!/opus|G722|red\/|48000/i.test(await offer(phone)), 'the phone offers more than G.711')
    check(!/telephone-event/.test(await offer(ivr)), 'the IVR offers named events')

    await id(phone, 'key-4').click()
    await phone.keyboard.press('2')
    await phone.keyboard.press('#')
    await id(phone, 'pressed').getByText('42#').waitFor()
    await id(phone, 'toggle-abcd').click()
    await shoot(phone, 'phone-2-call')
    await id(phone, 'send-as-both').check({ force: true })
    await id(phone, 'mute').click()
    await id(phone, 'toggle-abcd').click()
    await shoot(phone, 'phone-3-muted')
    const heard = await ivr.evaluate(() => window.__tonegate.recordBase64(0.5))
    check(heard.sampleRate >= 44100 && Buffer.from(heard.data, 'base64').length === heard.sampleRate * 2, 'recording has the wrong length')
    check((await phone.evaluate(() => window.__tonegate.stats())).sendCodec === 'audio/PCMU', 'the phone does not send PCMU')
    await shoot(ivr, 'ivr-2-call')
    await shoot(desk, 'console-5-call')

    // A payment.
    await shoot(agent, 'agent-2-call')
    await id(agent, 'take-payment').click()
    await id(agent, 'bullets').waitFor()
    await id(agent, 'masking').getByText('Secure capture: armed').waitFor()
    mock.keyed(conference, 11)
    await id(agent, 'bullets').getByText('11 keys').waitFor()
    check(!(await agent.content()).includes('4242'), 'the agent sees digits of a masked field')
    await shoot(agent, 'agent-3-collecting')
    await id(agent, 'complete-capture').click()
    await id(agent, 'take-payment').waitFor()
    await shoot(agent, 'agent-4-completed')
    mock.mask(conference, { state: 'mute', mode: 'mute', armed: false })
    await id(agent, 'masking').getByText('Muted').waitFor()
    await shoot(agent, 'agent-5-muted')

    // A lost socket heals, with the audio running on.
    mock.unreachable = true
    mock.socketOf(conference.legs[1]).cut()
    await agent.getByText('Reconnecting…').waitFor()
    await shoot(agent, 'agent-6-reconnecting')
    mock.unreachable = false
    await id(agent, 'own-state').getByText('Connected', { exact: true }).waitFor()

    // Ends: hanging up, being superseded, the end for all.
    await id(phone, 'hangup').click()
    await phone.getByText('You left the call').waitFor()
    await shoot(phone, 'phone-4-ended')
    mock.socketOf(conference.legs[2]).close(4409)
    await ivr.getByText('moved to another tab').waitFor()
    await shoot(ivr, 'ivr-3-superseded')
    await id(desk, 'end-call').click()
    await desk.getByText('The call has ended').waitFor()
    await desk.getByText('Nobody is on this call any more').first().waitFor()
    await agent.getByText('ended for everybody').waitFor()
    await shoot(desk, 'console-6-ended')

    // Pages without a link, with a spent one, and without a microphone.
    const lost = await context.newPage()
    await lost.goto('/phone')
    await lost.getByText('Open this page from its link').waitFor()
    await shoot(lost, 'phone-5-no-link')
    await lost.goto('/agent#spent')
    await lost.getByText('has been used or has expired').waitFor()
    await shoot(lost, 'agent-7-bad-link')
    const plain = mock.create({ demonstration: false, external_id: 'call-8812' })
    const deaf = await context.newPage()
    await deaf.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    })
    await deaf.goto(`/agent#${mock.links(plain)[1].code}`)
    await id(deaf, 'join').click()
    await deaf.getByText('The microphone is blocked').waitFor()
    await shoot(deaf, 'agent-8-no-microphone')
    await id(deaf, 'join').click()
    await id(deaf, 'own-state').getByText('Connected', { exact: true }).waitFor()
    check(await deaf.evaluate(() => window.__tonegate === undefined), 'the hook is there in a real call')
    check((await id(deaf, 'spectrogram').count()) === 0, 'a real call draws a spectrogram')
    await shoot(deaf, 'agent-9-real-call')

    // Pages that draw and sound beside them would make these slow.
    for (const page of context.pages()) await page.close()
    await payment(context, mock, shoot)
    await listening(context, mock, shoot, check)
    await transferring(context, mock, shoot, check)
    await recorded(context, mock, shoot, check)
    for (const fault of faults) failures.push(`${variant}: ${fault}`)
  } finally {
    await context.close()
    mock.close()
  }
}

/** A payment with the built-in IVR, as the agent takes it by keyboard and as a supervisor sees it. */
async function payment(context, mock, shoot) {
  const id = (page, name) => page.getByTestId(name)
  const call = mock.create({ ivr: 'builtin', supervisor: true })
  const [, forAgent, forSupervisor] = mock.links(call)
  const join = async ({ path, code }) => {
    const page = await context.newPage()
    await page.goto(`${path}#${code}`)
    await id(page, 'join').waitFor()
    // The button takes the focus by itself, right after it appears.
    await page.waitForFunction(() => document.activeElement?.dataset.testid === 'join')
    await page.keyboard.press('Enter')
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    return page
  }
  const agent = await join(forAgent)
  const supervisor = await join(forSupervisor)
  await shoot(agent, 'agent-pay-1-choices')
  await shoot(supervisor, 'supervisor-1-call')
  check((await id(supervisor, 'take-payment').count()) === 0, 'a supervisor is offered a payment')

  // A charge wants an amount; what is chosen is what is asked for.
  await id(agent, 'action').selectOption('charge')
  await id(agent, 'amount').fill('19,999')
  await agent.getByText('This is no amount').waitFor()
  await id(agent, 'take-payment').click({ force: true })
  check(mock.asked === undefined || !mock.asked.connector, 'a payment is started without an amount')
  await shoot(agent, 'agent-pay-2-amount')
  await id(agent, 'amount').fill('19.99')
  await id(agent, 'take-payment').focus()
  await agent.keyboard.press('Enter')
  await id(agent, 'field-row-cvv').waitFor()
  const { fields, connector, action, amount, mask } = mock.asked
  check(JSON.stringify([fields, connector, action, amount, mask]) === '[["card_number","expiry","cvv"],"psp-main","charge",{"value":1999,"currency":"EUR"},"field"]', 'something else is asked for than was chosen')
  check(await agent.evaluate(() => document.activeElement.id === 'payment'), 'the focus is lost when a payment begins')

  const said = (text) => id(agent, 'announce').getByText(text).waitFor()
  const state = (page, field, words) => id(page, `field-state-${field}`).getByText(words, { exact: true }).waitFor()
  mock.field(call, 'card_number', { digits_entered: 12, masked: '4242424242' })
  await said('Card number: 12 keys.')
  check(!/4242/.test(await agent.content()), 'the agent sees digits of a field in progress')
  mock.field(call, 'card_number', { state: 'rejected', reason: 'luhn', digits_entered: 0, masked: '', attempt: 2 })
  await agent.getByText('has a wrong digit.', { exact: false }).first().waitFor()
  mock.field(call, 'card_number', { state: 'valid', reason: undefined, digits_entered: 16, masked: '•••• •••• •••• 4242', brand: 'visa' })
  await id(agent, 'bullets').getByText('•••• •••• •••• 4242').waitFor()
  check(!/\d{4}/.test(await id(agent, 'announce').innerText()), 'digits of the card are spoken')
  mock.field(call, 'expiry', { state: 'valid', digits_entered: 4, masked: '••••' })
  await state(supervisor, 'expiry', 'Accepted')
  await shoot(agent, 'agent-pay-3-collecting')
  await shoot(supervisor, 'supervisor-2-collecting')
  check(!/4242|•|Visa|keys/.test(await id(supervisor, 'bullets').innerText()), 'a supervisor sees more than states')

  // Every field can be asked for again, by its button and by its keys.
  const attempt = (name) => call.capture.fields.find((f) => f.name === name).attempt
  await agent.keyboard.press('Alt+Shift+Digit1')
  await state(agent, 'card_number', 'Being keyed')
  check(attempt('card_number') === 3 && !/4242/.test(await agent.content()), 'the card number is not asked for again')
  await id(agent, 'redo-expiry').focus()
  await shoot(agent, 'agent-pay-4-focus')
  await agent.keyboard.press('Enter')
  await state(agent, 'expiry', 'Being keyed')
  for (const field of ['card_number', 'cvv', 'expiry']) mock.field(call, field, { state: 'valid', digits_entered: 4, masked: '••••' })
  mock.captureState(call, 'submitting')
  await id(agent, 'outcome').getByText('Waiting for psp-main').waitFor()
  await shoot(agent, 'agent-pay-5-submitting')
  mock.over(call, 'completed', { receipt: { of: 'charge', ending: 'k3xq' } })
  await id(agent, 'outcome').getByText('ends in k3xq').waitFor()
  await said('Paid')
  await shoot(agent, 'agent-pay-6-paid')

  for (const [reason, failure, words] of [
    ['declined', { class: 'declined', sent: true }, 'declined the card'],
    ['provider_timeout', { class: 'slow', sent: true }, 'did not answer in time'],
    ['provider_unreachable', { class: 'unavailable', sent: false }, 'is down'],
  ]) {
    await agent.keyboard.press('Alt+Shift+KeyP')
    await id(agent, 'cancel-capture').waitFor()
    mock.over(call, 'failed', { reason, failure })
    await id(agent, 'outcome').getByText(words).waitFor()
  }
  await shoot(agent, 'agent-pay-7-down')
  await agent.keyboard.press('Alt+Shift+KeyP')
  await id(agent, 'cancel-capture').waitFor()
  await agent.keyboard.press('Alt+Shift+KeyC')
  await id(agent, 'capture-state').getByText('Cancelled').waitFor()
  await state(supervisor, 'card_number', 'Not finished')
  await agent.close()
  await supervisor.close()
}

const browser = await launch()
try {
  const variants = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    small: { colorScheme: 'light', viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' },
  }
  for (const [name, options] of Object.entries(variants)) {
    if (!only || only === name) await walk(browser, name, options)
  }
} finally {
  await browser.close()
}
for (const failure of failures) console.error(failure)
console.log(failures.length === 0 ? 'pages: all states shown, no violation' : `pages: ${failures.length} failures`)
process.exitCode = failures.length === 0 ? 0 : 1
