// Package recording writes a call down so that only the holder of a key that the
// server does not have can hear it, and reads that again.
//
// # What is in it
//
// Two channels of G.711: channel 1 is the agent's own voice, gated; channel 2 is
// what the agent heard (customer and IVR, masked), without what press-to-talk let
// through. Both are mask.AgentMix, and nothing else compiles: whatever reaches the
// disk was the agent's to hear first. Beside the sound stands a timeline: who
// joined, captures and pauses as intervals, gaps. It has no member for a digit.
//
// The time base is the call's. A pause, or a tick that never came, is silence of
// the same length and never a cut.
//
// # The file
//
// A file is a sequence of segments, one for each half second, and nothing else:
//
//	"TGR1"        4 bytes
//	length        4 bytes, big-endian: the bytes that follow, at most 64 KiB
//	sealed        a whole age file (age-encryption.org/v1, binary) to all recipients
//
// age authenticates in chunks of 64 KiB, four seconds of a call. A file of its own
// for each half second loses less when the process dies, and uses nothing of age
// but its front door. What is sealed is a line of JSON (RFC 8259, UTF-8) that ends
// in "\n", and the sound of [Segment.Samples] sample pairs:
//
//	{"recording_id":"rec_…","conference_id":"conf_…","thread":"<22 characters>",
//	 "started_at":"2026-11-24T10:00:00.5Z","encoding":"PCMU","seq":7,"start":28000,
//	 "samples":4000,"events":[{"type":"leg_joined","at":28160,"leg_id":"leg_…","role":"agent"}]}
//
// (here broken for reading). start counts the sample pairs before this segment, at
// 8000 a second from started_at; at counts in the same way. The sound is 2×samples
// bytes of G.711, the two channels in turn, channel 1 first; or no byte at all, if
// the whole segment is silent. encoding is PCMU or PCMA (RFC 3551) and the same in
// all segments. The last segment, and no other, has "end": why the recording
// ended. The events are those of [Event].
//
// # What is found
//
// Every segment names its recording, its conference, its number and its place in
// time, so segments that were swapped, repeated, left out or brought from another
// file are found, and a file under another's name is. Anybody can seal to a public
// key, so a segment also carries the recording's thread: 16 random bytes (base64url)
// that only who can open the file knows. A whole file that was made up is found by
// its SHA-256, which the server tells when a recording is ready.
//
// A reader goes on behind what it cannot open: one byte that was changed costs one
// segment. [Open] tells what is missing.
package recording
