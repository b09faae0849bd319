// Package bridge holds one call: its legs, what each may hear, and the one
// Tick in which 20 ms of everybody's audio becomes 20 ms for everybody.
//
// A [Conference] has no goroutine, clock, socket or logger. Whoever owns it
//
//   - calls its methods from one goroutine;
//   - hands in packets with [Conference.Receive] and a built-in leg's voice
//     with [Conference.Play] as they come;
//   - calls [Conference.Tick] every 20 ms and delivers the [Output].
//
// Who hears what:
//
//	customer    agent + IVR
//	IVR         customer + agent; the customer alone while a capture collects
//	agent       customer + IVR, each through a gate of its own
//	supervisor  what the agent hears + the agent, gated too
//	on hold     comfort music
//
// While a [Transfer] has the customer alone with the IVR the agent hears comfort
// music, and is heard by supervisors and the recorder only.
//
// The agent's and the supervisors' audio is a mask.AgentMix, which only gated
// sources can make. The customer's way to the IVR is not delayed, and while the
// customer is alone there it is the customer's decoded audio sample for sample.
package bridge
