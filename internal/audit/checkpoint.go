package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Checkpoint is a signed statement of what the record held at a time.
type Checkpoint struct {
	Count     uint64    `json:"count"` // lines
	Head      string    `json:"head"`  // hash of the last of them, hex
	Time      time.Time `json:"time"`
	Signature string    `json:"signature"` // Ed25519, base64
}

// Errors of checkpoints.
var (
	ErrCheckpoint = errors.New("not a checkpoint")
	ErrSignature  = errors.New("the checkpoint's signature is not by this key")
)

func (c *Checkpoint) signed() []byte {
	return fmt.Appendf(nil, "tonegate audit checkpoint 1\n%d\n%s\n%s\n", c.Count, c.Head, c.Time.Format(time.RFC3339Nano))
}

func sign(key ed25519.PrivateKey, count uint64, head hash, now time.Time) Checkpoint {
	c := Checkpoint{Count: count, Head: head.String(), Time: now.UTC().Round(0)}
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, c.signed()))
	return c
}

// Line returns the checkpoint as one word for a log: its JSON in base64url,
// where no run of a hash's digits can be taken for a card number.
func (c Checkpoint) Line() string {
	text, _ := json.Marshal(c) // cannot fail: strings, a number and a time of this century
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseCheckpoint reads a checkpoint's JSON, or its [Checkpoint.Line].
func ParseCheckpoint(text []byte) (*Checkpoint, error) {
	var c Checkpoint
	if plain, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimSpace(text))); err == nil {
		text = plain
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("%w: want the JSON of an event's checkpoint", ErrCheckpoint)
	}
	if h, err := hex.DecodeString(c.Head); err != nil || len(h) != len(hash{}) || c.Signature == "" {
		return nil, fmt.Errorf("%w: head or signature is missing", ErrCheckpoint)
	}
	return &c, nil
}

// Verify checks the signature.
func (c *Checkpoint) Verify(key ed25519.PublicKey) error {
	signature, err := base64.StdEncoding.DecodeString(c.Signature)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, c.signed(), signature) {
		return ErrSignature
	}
	return nil
}
