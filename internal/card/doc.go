// Package card says what a field of a payment must look like: the number of a
// payment card, its expiry date and security code, a postal code, and fields of
// the platform's own.
//
// It is pure: bytes and the time go in, a verdict comes out. The bytes are the
// keys as ASCII symbols, and they are the arena's own: every function here is
// made to be called inside [tonegate/dtmf.Digits.Reveal]. None keeps, copies or
// changes them, and none makes a string of them. A verdict is a [Reason] out of
// a closed set; it never says which digit was wrong. What may be told of an
// accepted field is an [Accepted]: brand, last four, expiry month.
//
// # Sources
//
// The primary account number has up to 19 digits (ISO/IEC 7812-1 §4.1): issuer
// identification number, individual account identification, and a check digit
// by the Luhn formula (Annex B), which finds every wrong digit and every
// transposition of neighbours but 09 for 90. Which issuer identification
// numbers belong to which brand, and what lengths a brand issues, is what the
// brands publish; the table is in brand.go. Numbers shorter than 12 digits are
// issued by no brand in it.
//
// The expiry date is keyed as embossed, MMYY, and is good to the end of its
// month. The security code has three digits, on American Express cards four. A
// PIN has 4 to 12 digits (ISO 9564-1).
package card
