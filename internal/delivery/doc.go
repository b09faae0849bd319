// Package delivery brings sealed recordings to where they are kept: an
// S3-compatible store, an HTTPS endpoint of the customer's own, or a folder.
//
// A [Spool] holds the files meanwhile. What it promises is small: a file is deleted
// here only after the far end has told the same length and the same SHA-256 of what
// it holds, and that this was so is on the disk. Whatever else happens (no room, no
// answer, half an answer, a wrong hash, a restart in the middle) the file stays, and
// is tried again, after a second at first and a quarter of an hour at last. No call
// waits for any of it.
//
// A [Store] is one kind of far end. It brings bytes there, goes on where an earlier
// attempt got to, and says what the far end says it has; it is the spool that
// compares. Its errors are of a [Cause], which is all that legs, platforms and
// metrics are told.
//
// The package carries files. It has no key, and no way to what is in them.
package delivery
