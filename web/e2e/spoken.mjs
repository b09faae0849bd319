// The spoken card: the customer talks during a capture that mutes it. The agent
// hears nothing, while the button is held the customer but not the tones that
// are keyed meanwhile, and after the release nothing again.
import { join } from 'node:path'
import { level, readWav, resample, resemblance, SAME_VOICE, VOICE_S, writeWav } from './sound.mjs'
import { decode, keysIn } from './tones.mjs'

/** Limits in dBm0, as in browsers.mjs. */
const SPOKEN = -40
const UNHEARD = -45
/** What was under way when a recording began has been heard by then. */
const SETTLE_S = 0.7
const LOOP_S = 8

/** A stretch of a party's speech for a browser's microphone to repeat. */
export function speech(root, folder, name = 'customer') {
  const { rate, samples } = readWav(join(root, `internal/demo/speech/${name}.wav`))
  const loop = { rate, samples: samples.slice(0, LOOP_S * rate) }
  const file = join(folder, `${name}.wav`)
  writeWav(file, resample(loop, 48000))
  return { loop, file }
}

/** Takes a call with the built-in IVR, whose customer talks all the time. */
export async function spoken({ agent, phone, conference, loop, keys, press, api, check }) {
  const id = (page, name) => page.getByTestId(name)
  const listen = async (seconds) => {
    const { rate, samples } = decode(await agent.evaluate((s) => window.__tonegate.recordBase64(s), SETTLE_S + seconds))
    return { rate, samples: samples.subarray(Math.round(SETTLE_S * rate)) }
  }
  const hears = (what, recording) => {
    const loud = level(recording.samples)
    const like = resemblance(recording, loop)
    check(loud > SPOKEN && like > SAME_VOICE, `the agent hears the customer ${what}: ${loud.toFixed(1)} dBm0, ${(100 * like).toFixed(0)} % alike (over ${SPOKEN}, over ${100 * SAME_VOICE} %)`)
  }
  const nothing = (what, { samples }) => {
    const loud = level(samples)
    check(loud < UNHEARD, `the agent hears nothing ${what}: ${loud.toFixed(1)} dBm0 (under ${UNHEARD})`)
  }
  const hold = async () => {
    await id(agent, 'listen').hover()
    await agent.mouse.down()
    await id(agent, 'masking').getByText('You hear the customer').waitFor()
  }
  const release = async () => {
    await agent.mouse.up()
    await id(agent, 'masking').getByText('Muted for the secure capture').waitFor()
  }

  await phone.waitForFunction(() => window.__tonegate.stats().then((s) => s.packetsSent > 50))
  hears('before the payment', await listen(VOICE_S))
  // Long waits: the IVR is not to speak of late keys while it is measured.
  await api(`/v1/conferences/${conference}/captures`, { mask: 'mute', first_key_timeout_ms: 60_000, interdigit_timeout_ms: 60_000 }, { headers: { 'Idempotency-Key': 'spoken' } })
  await id(agent, 'masking').getByText('Muted for the secure capture').waitFor()
  // The agent hears the IVR ask; then it is quiet.
  await agent.evaluate(
    (unheard) =>
      new Promise((done) => {
        const { leg } = window.__tonegate
        const ivr = leg.legs.find((l) => l.role === 'ivr').legId
        // Levels are samples, and the IVR pauses between its sentences.
        let spoke = false
        let quiet = 0
        const off = leg.on('level', (levels) => {
          const { dbm0 } = levels.find((l) => l.legId === ivr)
          spoke ||= dbm0 > unheard
          quiet = spoke && dbm0 <= unheard ? quiet + 1 : 0
          if (quiet < 4) return
          off()
          done()
        })
      }),
    UNHEARD,
  )
  nothing('of the customer who talks on', await listen(VOICE_S))
  await hold()
  hears('while the button is held', await listen(VOICE_S))
  await release()
  nothing('once it is released', await listen(2))

  await hold()
  const listening = listen(VOICE_S)
  await press(keys)
  const { samples, rate } = await listening
  await release()
  check(keysIn(samples, rate) === '', 'no key is read in what the agent hears while it is held and keys sound')
  check(level(samples) > SPOKEN, `although the customer is heard meanwhile: ${level(samples).toFixed(1)} dBm0 (over ${SPOKEN})`)
  await agent.waitForFunction(() => window.__tonegate.leg.capture.fields[0].digitsEntered > 0)
  check(true, 'the IVR got keys')
  nothing('once it is released again', await listen(2))

  await id(agent, 'cancel-capture').click()
  await id(agent, 'masking').getByText('tones are masked').waitFor()
  const { items } = await api(`/v1/audit?conference_id=${conference}&limit=50`)
  const talked = items.map(({ action }) => action).filter((action) => action.startsWith('talk_'))
  check(talked.join() === 'talk_pressed,talk_released,talk_pressed,talk_released', `the record has ${talked.join(', ')}`)
}
