// Command bench measures what the documentation promises, with figures that
// anybody can make again from a seed:
//
//	go run ./bench leak    what gets through the mask, and what it costs
//	go run ./bench proof   that a card leaves no trace, with an evidence file
//	go run ./bench load    what a server costs and how late it is under many calls
//	go run ./bench compare the same, and the same on Debian's Janus
//	go run ./bench micro   what this machine asks for each piece of a packet's way
//
// Load, compare and micro need Linux, compare also root and scripts/janus-deps.sh.
// The proof needs Linux and root: it reads the memory of a server that closes
// itself to debuggers. The leak's figures need recordings, codecs and other
// people's receivers that the product does not: Debian's
// asterisk-core-sounds-{en,es,it,fr,ru}-wav, asterisk-moh-opsound-wav, sox,
// libopus-dev and libspandsp-dev. What is not installed is reported as a failure
// of what needs it, never as a pass.
package main
