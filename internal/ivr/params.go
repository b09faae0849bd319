package ivr

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/card"
	"tonegate/mixer/mask"
)

// Field is one field to collect.
type Field struct {
	// Name is the field's in the API: small letters and underscores, unique in
	// the capture.
	Name string
	Rule card.Rule
}

// NoKey switches a control key off.
const NoKey = '-'

// Params describe one capture. What is zero gets its default.
type Params struct {
	ID     string
	Mode   mask.Mode
	Fields []Field // default: one of free digits, named digits
	// MaxDigits is the length at which the default field is complete; 1…40.
	MaxDigits  int
	FirstKey   time.Duration // before the first key of an attempt; default 10 s
	InterDigit time.Duration // between keys; then the entry has ended; default 5 s
	Total      time.Duration // the capture expires; default 300 s
	Attempts   int           // at a field, each time it is asked for; default 3
	OnDemand   bool          // ask for a field only when Retry says so
	Submit     bool          // offer the digits to OnSubmit; else valid fields complete the capture and are wiped
	// SubmitTimeout is how long an outcome may take; default 30 s.
	SubmitTimeout   time.Duration
	ReleaseOnSubmit bool // disarm masking when submitting begins
	// Control keys as symbols, of * # A B C D, or NoKey. Defaults: #, *, none.
	EndKey, ClearKey, CancelKey byte
	// Prompts speak another language than the session's.
	Prompts *Prompts
}

// ErrBadParams is wrapped by errors about a capture's parameters.
var ErrBadParams = errors.New("capture parameters out of range")

// Defaults fills what is zero.
func (p *Params) Defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&p.FirstKey, 10*time.Second)
	set(&p.InterDigit, 5*time.Second)
	set(&p.Total, 300*time.Second)
	set(&p.SubmitTimeout, 30*time.Second)
	if p.MaxDigits == 0 {
		p.MaxDigits = 19
	}
	if p.Attempts == 0 {
		p.Attempts = 3
	}
	for _, k := range []struct {
		key   *byte
		value byte
	}{{&p.EndKey, '#'}, {&p.ClearKey, '*'}, {&p.CancelKey, NoKey}} {
		if *k.key == 0 {
			*k.key = k.value
		}
	}
}

var fieldName = regexp.MustCompile(`^[a-z][a-z_]{0,31}$`)

// Validate reports all parameters that are out of range. It does not repeat
// them: whatever was sent by mistake must not come back in an error.
func (p *Params) Validate() error {
	var faults []error
	check := func(ok bool, fault string) {
		if !ok {
			faults = append(faults, fmt.Errorf("%w: %s", ErrBadParams, fault))
		}
	}
	check(p.MaxDigits >= 1 && p.MaxDigits <= dtmf.MaxDigits, "max_digits wants 1 to 40")
	check(p.Attempts >= 1 && p.Attempts <= 10, "max_attempts wants 1 to 10")
	check(p.InterDigit >= time.Second && p.InterDigit <= time.Minute, "interdigit_timeout_ms wants 1000 to 60000")
	check(p.FirstKey >= time.Second && p.FirstKey <= time.Minute, "first_key_timeout_ms wants 1000 to 60000")
	check(p.Total >= 5*time.Second && p.Total <= time.Hour, "timeout_s wants 5 to 3600")
	check(p.SubmitTimeout >= time.Second && p.SubmitTimeout <= 5*time.Minute, "submit_timeout_s wants 1 to 300")
	check(len(p.Fields) <= MaxFields, fmt.Sprintf("fields wants %d at most", MaxFields))
	seen := map[string]bool{}
	for i, f := range p.Fields {
		check(fieldName.MatchString(f.Name), fmt.Sprintf("fields[%d] wants a name of small letters and underscores", i))
		check(!seen[f.Name], fmt.Sprintf("fields[%d] is named twice", i))
		seen[f.Name] = true
	}
	end, clear, cancel := controlKey(p.EndKey), controlKey(p.ClearKey), controlKey(p.CancelKey)
	check(end != badKey && clear != badKey && cancel != badKey, "control keys want one of * # A B C D, or - for none")
	twice := func(a, b dtmf.Key) bool { return a == b && a != noKey && a != badKey }
	check(!twice(end, clear) && !twice(end, cancel) && !twice(clear, cancel), "control keys want a key each")
	return errors.Join(faults...)
}

// fields returns what is to be collected.
func (p *Params) fields() ([]Field, error) {
	if len(p.Fields) > 0 {
		return p.Fields, nil
	}
	rule, err := card.NewRule(card.Spec{Kind: card.Digits, Max: p.MaxDigits})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadParams, err)
	}
	return []Field{{Name: card.Digits.String(), Rule: rule}}, nil
}

const (
	hash   dtmf.Key = 11
	noKey  dtmf.Key = dtmf.Keys
	badKey dtmf.Key = dtmf.Keys + 1
)

// controlKey returns the key of a symbol that may control an entry.
func controlKey(symbol byte) dtmf.Key {
	if symbol == NoKey {
		return noKey
	}
	if k, ok := dtmf.KeyOf(symbol); ok && k > 9 {
		return k
	}
	return badKey
}
