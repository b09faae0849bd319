import { joins } from './browser.mjs'

/** Press-to-talk in a payment that mutes the customer: what holds it, and all that ends it. */
export async function listening(context, mock, shoot, check) {
  const id = (page, name) => page.getByTestId(name)
  const join = joins(context)
  const call = mock.create({ ivr: 'builtin', supervisor: true })
  const [, forAgent, forSupervisor] = mock.links(call)
  const agent = await join(forAgent)
  const supervisor = await join(forSupervisor)
  const button = id(agent, 'listen')
  const take = async (mask) => {
    await id(agent, `mask-${mask}`).check()
    await id(agent, 'take-payment').click()
    await id(agent, 'cancel-capture').waitFor()
  }
  const open = () => id(agent, 'masking').getByText('You hear the customer').waitFor()
  const shut = async (why) => {
    await id(agent, 'masking').getByText('Muted').waitFor()
    check(!call.talk && (await button.getAttribute('aria-pressed')) === 'false', `listening goes on after ${why}`)
  }
  const help = (words) => agent.locator('#listen-help').getByText(words).waitFor()

  await take('strip')
  check((await button.count()) === 0, 'there is a button to listen although nothing is muted')
  await id(agent, 'cancel-capture').click()
  await id(agent, 'take-payment').waitFor()
  await take('mute')
  await button.waitFor()
  await shoot(agent, 'agent-listen-1-muted')

  // By pointer, also one that slips off the button.
  await button.hover()
  await agent.mouse.down()
  await open()
  await id(agent, 'listen-left').getByText(/^(10|9) s$/).waitFor()
  await shoot(agent, 'agent-listen-2-held')
  check((await id(supervisor, 'masking').innerText()).includes('Muted'), 'a supervisor is told that the agent listens')
  await agent.mouse.move(5, 5)
  check(call.talk, 'listening ends although the pointer is still down')
  await agent.mouse.up()
  await shut('the pointer was lifted')

  // By keyboard, on the button and from anywhere.
  for (const key of ['Space', 'Enter']) {
    await button.focus()
    await agent.keyboard.down(key)
    await open()
    await agent.keyboard.down(key) // repeats while it is held
    await agent.keyboard.up(key)
    await shut(`${key} was released`)
  }
  await id(agent, 'mute').focus()
  for (const key of ['Alt', 'Shift', 'L']) await agent.keyboard.down(key)
  await open()
  await agent.keyboard.up('L')
  await shut('the shortcut was released')
  for (const key of ['Shift', 'Alt']) await agent.keyboard.up(key)
  // By a screen reader, which clicks.
  await button.evaluate((b) => b.click())
  await open()
  await button.evaluate((b) => b.click())
  await shut('the second click')

  // Whatever takes the agent away from the button.
  for (const [what, away] of [
    ['the focus went on', () => agent.keyboard.press('Tab')],
    ['the window lost the focus', () => agent.evaluate(() => dispatchEvent(new Event('blur')))],
    [
      'the page was hidden',
      () =>
        agent.evaluate(() => {
          Object.defineProperty(document, 'hidden', { value: true, configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
          delete document.hidden
        }),
    ],
  ]) {
    await button.focus()
    await agent.keyboard.down('Space')
    await open()
    await away()
    await shut(what)
    await agent.keyboard.up('Space')
  }

  // The server's limit: what is still held opens nothing again.
  await button.focus()
  await agent.keyboard.down('Space')
  await open()
  mock.talk(call, false)
  await help('Time is up')
  await id(agent, 'listen-said').getByText('Time is up').waitFor()
  await agent.keyboard.down('Space')
  await shut('the limit')
  await shoot(agent, 'agent-listen-3-time-is-up')
  await agent.keyboard.up('Space')
  // What opens when nobody holds it any more is closed. The page said "Muted" all
  // the while, so it is the release that is waited for.
  const releases = () => mock.talked.filter((type) => type === 'talk_release').length
  const soFar = releases()
  mock.talk(call, true)
  for (const late = Date.now() + 10_000; releases() === soFar && Date.now() < late; ) await agent.evaluate(() => new Promise(requestAnimationFrame))
  await shut('it opened without being held')

  // A lost connection: it is not pressed again by itself.
  await button.focus()
  await agent.keyboard.down('Space')
  await open()
  const presses = () => mock.talked.filter((type) => type === 'talk_press').length
  const before = presses()
  mock.unreachable = true
  mock.socketOf(call.legs[1]).cut()
  await help('until the connection is back')
  check((await button.getAttribute('aria-disabled')) === 'true', 'the button to listen is offered without a connection')
  await shoot(agent, 'agent-listen-4-lost')
  mock.unreachable = false
  await id(agent, 'own-state').getByText('Connected', { exact: true }).waitFor()
  await shut('the connection was lost')
  await agent.keyboard.up('Space')
  check(presses() === before, 'a press is repeated after a lost connection')
  await button.focus()
  await agent.keyboard.down('Space')
  await open()
  mock.over(call, 'completed')
  await id(agent, 'take-payment').waitFor()
  check((await button.count()) === 0 && !call.talk, 'the button to listen outlives the payment')
  await agent.keyboard.up('Space')
  await agent.close()
  await supervisor.close()

  // A link without the grant.
  const plain = mock.create({ ivr: 'builtin' })
  plain.grants = ['speak', 'capture']
  const other = await join(mock.links(plain)[1])
  await id(other, 'mask-mute').check()
  await id(other, 'take-payment').click()
  await other.getByText('does not allow listening').waitFor()
  const asked = mock.talked.length
  await id(other, 'listen').click({ force: true })
  await other.keyboard.press('Alt+Shift+KeyL')
  await shoot(other, 'agent-listen-5-not-granted')
  check((await id(other, 'listen').getAttribute('aria-disabled')) === 'true' && mock.talked.length === asked, 'a link without the grant can press to listen')
  await other.close()
}
