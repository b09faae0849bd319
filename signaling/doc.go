// Package signaling is the surface of the server: the REST API, the WebSocket
// protocol of legs, and the WHIP-shaped exchange of SDP over plain HTTP.
//
// It translates and nothing else: what a request means is decided in package
// call, who may make it in package auth. docs/SIGNALING.md is its protocol.
//
// No message in either direction has a member that can carry a key, and errors
// never repeat the value that was wrong.
package signaling
