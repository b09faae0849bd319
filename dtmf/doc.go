// Package dtmf finds telephone keys in what one source sends: in its audio, as
// pairs of tones (ITU-T Q.23), and beside it, as named events (RFC 4733). It
// is a core without goroutine, clock, socket or log: frames and packets go in,
// values come out, and nothing allocates on the way.
//
// # Suspicion and confirmation
//
// Two questions are asked of every frame, and they have different answers.
// What must not be heard? A listener who knows what to expect names a key from
// 2 ms of tone, so the answer must come before anyone could be sure: suspicion
// is cheap, early and often wrong about a few milliseconds, and reaches back
// to before the tone began. Which keys were pressed? That answer must be right
// and may come late: confirmation follows ITU-T Q.24 and ETSI ES 201 235-3,
// which want tones of 40 ms to count and those below 20 ms not to, frequencies
// within 1.5 % to count and beyond 3.5 % not to.
//
// Both stand on one statistic: the least-squares fit of two sinusoids, one per
// band, to a window of samples. The weaker tone's energy over what the pair
// leaves unexplained is high for a key and hardly ever so for a voice, whose
// energy is spread over harmonics. Windows of 4 to 35 ms are laid over the
// newest samples every millisecond or so; the longer the window, the less is
// asked for. Three ever closer looks decide which of them are worth a fit, so
// that speech costs little: how much of its energy a window has at the strongest
// of eleven frequencies in steps of 80 Hz; the same of twenty-four in steps of 40
// Hz; and how well the strongest two of those, fitted jointly, score.
//
// # Evidence
//
// [Detector.Process] answers with an [Evidence]: spans of samples to mask,
// relative to the frame and reaching back by up to [LookAhead], and the keys
// that became known. A gate must delay what it protects by LookAhead, no more
// and no less. The zero Evidence says that nobody listened, and masks all.
//
// # Two transports
//
// A key may come as a tone, as a named event, or as both with up to 200 ms
// between them. Spans are the union of what either says. Keys are reported
// once: sightings pair by order, not by a window in time, because ten keys a
// second put several in any window. An IVR that hears the audio has already
// got what was in it, so an event is passed on to it as a [Relay] only if no
// tone brought the key within 200 ms; a tone that comes later still is to be
// cut from the IVR's audio ([Evidence.InBandCopies]). An event that was sent in
// place of audio does not wait, as no tone can sound there.
//
// # Keeping digits
//
// Keys of a field are kept in an [Arena] behind [Digits] handles, which print
// as a redaction mark under every verb and encoder.
//
// # Use
//
// Each source has a [Detector] and an [EventReceiver] of its own. For every
// 20 ms: pass packets of the telephone-event payload type to
// [EventReceiver.Receive] as they arrive; then call [EventReceiver.Tick], and
// Process with the frame and what Tick returned. A frame that did not arrive
// is passed as its substitute and marked as concealed, or as covered where a
// named event was sent in its place.
package dtmf
