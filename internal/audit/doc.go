// Package audit keeps the record of who armed, talked, retried, cancelled and
// completed, and when, so that it can be shown that nobody changed it.
//
// # The file
//
// One line of JSON for each [Entry], its members always in the same order:
//
//	{"seq":7,"time":"2026-11-24T10:00:00.5Z","action":"capture_started",
//	 "actor":"leg","actor_id":"leg_…","role":"agent","conference_id":"conf_…",
//	 "capture_id":"cap_…","detail":"","prev":"<hash of line 6>","hash":"<…>"}
//
// (here broken for reading). hash is the SHA-256 of the raw 32 bytes of prev
// followed by the line's bytes up to `,"hash":`; prev of the first line is 32
// zero bytes. Every byte of a line is covered: by its hash, or by being the only
// form that is read.
//
// # Checkpoints
//
// A chain alone does not show that its end was cut off, or that somebody with
// the file rewrote all of it. A [Checkpoint] does: count, head hash and time,
// signed with Ed25519 over the text
//
//	"tonegate audit checkpoint 1\n<count>\n<head, hex>\n<time, RFC 3339>\n"
//
// It leaves the process by [Config.OnCheckpoint], to be kept where whoever can
// write the file cannot: after [Config.Every] lines, [Config.Delay] after the
// first line that no checkpoint covers, at [Open] if there are such lines, and
// at [Log.Close]. What was written since the last checkpoint that left is
// covered by the chain only.
//
// # Duties and promises
//
// [Log.Append] writes one line and waits for fsync, so an act can be recorded
// before it takes effect; acts are some dozen a call, not some thousand a
// second. A line that could not be written whole is taken back, and the act
// must not happen. A crash can leave a torn last line: it was never
// acknowledged, so [Open] cuts it off and records that it did. Any other fault
// of the file is an error of Open, by line; the file is left as it is.
//
// No member takes free text. Actions, roles and details are closed sets, and
// identifiers have the forms that this system makes, so that no digit of a card
// finds a place. One process at a time may have the file; the lock of the data
// folder sees to that.
package audit
