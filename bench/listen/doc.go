// Package listen is the adversary of the masking tests: a listener that tries
// to name keys in audio that should not contain any.
//
// It is a matched filter in the best position an eavesdropper could be in: it
// knows when each key was pressed and for how long, and only not which. For
// every window of a few lengths from 2 ms up to the tone's own, around the
// onset and up to 400 ms after it (delay, echo, a stray repeat), it fits each
// of the sixteen pairs of frequencies (ITU-T Q.23 §6) by least squares, rows
// and columns being free of each other, and names the pair of the window that
// fits best. It shares no code with the detector it is set upon, so that the
// two cannot be wrong in the same way, and a test keeps it so.
//
// [Listener.Scopes] listens to the parts of a stroke apart: to the whole tone,
// to its edges, to what follows it, and to row and column for themselves. A
// second listener is trained on masked audio and lives where it is used: it
// has to see what this one may not, the shape of the mask.
//
// A listener that hears nothing proves nothing when it is deaf. So before each
// run [Listener.Calibrate] makes it read tones that it synthesises itself: 2 ms
// of tone 20 dB above noise, and 40 ms of tone 50 dB down on a quiet line.
//
// All samples are 8 kHz linear PCM; onsets and durations are in samples.
package listen
