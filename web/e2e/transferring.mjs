/** The agent's desktop while the customer is with the IVR, and holds: by pointer, by keyboard, in words. */
export async function transferring(context, mock, shoot, check) {
  const id = (page, name) => page.getByTestId(name)
  const join = async ({ path, code }) => {
    const page = await context.newPage()
    await page.goto(`${path}#${code}`)
    await id(page, 'join').click()
    await id(page, 'own-state').getByText('Connected', { exact: true }).waitFor()
    return page
  }
  const call = mock.create({ ivr: 'builtin', supervisor: true })
  const [forCustomer, forAgent, forSupervisor] = mock.links(call)
  const customer = await join(forCustomer)
  const agent = await join(forAgent)
  const supervisor = await join(forSupervisor)
  const button = id(agent, 'transfer')
  const words = (page, text) => id(page, 'masking').getByText(text).waitFor()

  await button.getByText('Send to IVR').waitFor()
  check((await id(supervisor, 'transfer').count()) === 0, 'a supervisor is offered a transfer')
  await button.focus()
  await agent.keyboard.press('Enter')
  await button.getByText('Take back').waitFor()
  await words(agent, 'alone with the payment IVR')
  await words(supervisor, 'music and the agent')
  check(await button.evaluate((b) => b === document.activeElement), 'the focus leaves the button of the transfer')
  await shoot(agent, 'agent-transfer-1-with-ivr')
  await shoot(supervisor, 'agent-transfer-2-supervisor')

  // A payment goes on; to take back cancels it.
  await id(agent, 'take-payment').click()
  await id(agent, 'cancel-capture').waitFor()
  await agent.keyboard.press('Alt+Shift+KeyT')
  await button.getByText('Send to IVR').waitFor()
  await id(agent, 'outcome').getByText('Cancelled').waitFor()
  await words(agent, 'tones are masked')

  // Brought back by the server, and refused by it.
  mock.transfer(call, 'returning')
  await button.getByText('Taking back…').waitFor()
  check((await button.getAttribute('aria-disabled')) === 'true', 'a transfer is offered while another is under way')
  await shoot(agent, 'agent-transfer-3-returning')
  mock.transfer(call, 'together')
  await button.getByText('Send to IVR').waitFor()
  call.transfer = 'with_ivr' // which nobody was told of
  await button.click()
  await agent.getByText('on the way already').waitFor()
  await agent.getByText('Dismiss').click()
  call.transfer = 'together'

  // Holds, of others and of oneself.
  for (const role of ['customer', 'ivr', 'agent']) {
    const hold = id(agent, `hold-${role}`)
    check((await hold.getAttribute('aria-pressed')) === 'false', `the ${role} is on hold from the start`)
    await hold.focus()
    await agent.keyboard.press('Space')
    await id(agent, `on-hold-${role}`).waitFor()
    await id(supervisor, `on-hold-${role}`).waitFor()
    check((await hold.getAttribute('aria-pressed')) === 'true', `the button does not say that the ${role} is on hold`)
    if (role === 'customer') await shoot(agent, 'agent-transfer-4-customer-on-hold')
    await hold.click()
    await id(agent, `on-hold-${role}`).waitFor({ state: 'detached' })
  }
  check((await id(supervisor, 'hold-customer').count()) === 0, 'a supervisor can put the customer on hold')
  for (const page of [customer, agent, supervisor]) await page.close()

  // A link without the grants.
  const plain = mock.create({ ivr: 'builtin' })
  plain.grants = ['speak', 'capture']
  const other = await join(mock.links(plain)[1])
  check((await id(other, 'transfer').count()) + (await id(other, 'hold-ivr').count()) === 0, 'a link without the grants can transfer or hold')
  await other.keyboard.press('Alt+Shift+KeyT')
  check(plain.transfer === 'together', 'a shortcut transfers without the grant')
  await other.close()
}
