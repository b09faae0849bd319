// The recording on the agent's desktop, by hand and by itself, as the agent and a
// supervisor see it.
import { joins } from './browser.mjs'

export async function recorded(context, mock, shoot, check) {
  const join = joins(context)
  const id = (page, name) => page.getByTestId(name)
  const call = mock.create({ ivr: 'builtin', supervisor: true })
  const [, forAgent, forSupervisor] = mock.links(call)
  const agent = await join(forAgent)
  const supervisor = await join(forSupervisor)
  const says = (words, page = agent) => id(page, 'recording').getByText(words, { exact: true }).waitFor()
  const button = id(agent, 'toggle-recording')
  const offered = async () => (await button.getAttribute('aria-disabled')) === 'false'
  check((await id(agent, 'recording').count()) === 0, 'a recording is shown where there is none')

  mock.record(call, 'recording')
  await says('Recording')
  await shoot(agent, 'agent-recorded-1-on')
  await agent.keyboard.press('Alt+Shift+KeyR')
  await says('Recording paused')
  await says('Recording paused', supervisor)
  check((await id(supervisor, 'toggle-recording').count()) === 0, 'a supervisor is offered to pause')
  await shoot(agent, 'agent-recorded-2-paused')
  await button.focus()
  await agent.keyboard.press('Enter')
  await says('Recording')

  mock.record(call, 'paused', 'page')
  await says('Recording paused (payment page)')
  check(!(await offered()), 'what a page pauses is offered to be resumed by hand')
  await agent.keyboard.press('Alt+Shift+KeyR')
  await button.click({ force: true })
  await says('Recording paused (payment page)')
  await shoot(agent, 'agent-recorded-3-page')
  mock.record(call, 'paused', 'capture')
  await says('Recording paused (secure capture)')
  mock.record(call, 'recording')
  await says('Recording')
  check(await offered(), 'a recording that goes on cannot be paused')
  mock.record(call, 'failed')
  await says('Recording failed: the call goes on')
  check((await button.count()) === 0, 'what has failed is offered to be paused')
  await shoot(agent, 'agent-recorded-4-failed')
  await agent.close()
  await supervisor.close()
}
