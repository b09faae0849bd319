package signaling

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/internal/call"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/mixer/mask"
)

// CaptureRequest asks for a capture.
type CaptureRequest struct {
	Fields              []FieldRequest `json:"fields,omitempty" maxItems:"8" required:"false" doc:"What to collect, in this order; empty: digits."`
	Collector           string         `json:"collector,omitempty" enum:"builtin,external" required:"false"`
	Connector           string         `json:"connector,omitempty" maxLength:"64" required:"false" doc:"Who gets the card once all fields are valid; empty: nobody, the digits are wiped."`
	Action              string         `json:"action,omitempty" enum:"tokenize,charge" required:"false" doc:"What the connector is asked for; tokenize moves no money and is the default."`
	Amount              *Amount        `json:"amount,omitempty" required:"false" doc:"Of a charge."`
	Mask                string         `json:"mask,omitempty" enum:"field,strip,mute" default:"field" required:"false"`
	MaxDigits           int            `json:"max_digits,omitempty" minimum:"1" maximum:"40" required:"false" doc:"Of the field digits."`
	OnDemand            bool           `json:"on_demand,omitempty" required:"false" doc:"Ask for no field until retry names it: the agent leads. Done, as ever, once all are valid."`
	ReleaseOnSubmit     bool           `json:"release_on_submit,omitempty" required:"false" doc:"Disarm masking when the card goes to the provider, not at its outcome; tones stay masked as outside captures."`
	MaxAttempts         int            `json:"max_attempts,omitempty" minimum:"1" maximum:"10" required:"false"`
	FirstKeyTimeoutMS   int            `json:"first_key_timeout_ms,omitempty" minimum:"1000" maximum:"60000" required:"false"`
	InterdigitTimeoutMS int            `json:"interdigit_timeout_ms,omitempty" minimum:"1000" maximum:"60000" required:"false"`
	Language            string         `json:"language,omitempty" maxLength:"35" required:"false" doc:"Of the built-in IVR's prompts, as a folder of --prompts is named; empty: the server's."`
	EndKey              string         `json:"end_key,omitempty" enum:"#,*,none" required:"false" doc:"Ends an entry; # by default."`
	ClearKey            string         `json:"clear_key,omitempty" enum:"#,*,none" required:"false" doc:"Clears an entry; * by default."`
	CancelKey           string         `json:"cancel_key,omitempty" enum:"#,*,none" required:"false" doc:"Cancels the capture; none by default."`
	TimeoutS            int            `json:"timeout_s,omitempty" minimum:"5" maximum:"3600" required:"false"`
}

// Amount is an amount of money.
type Amount struct {
	Value    int64  `json:"value" minimum:"1" maximum:"99999999999" doc:"In minor units, such as cents."`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" doc:"ISO 4217."`
}

// FieldRequest asks for a field: by the name of its kind, or as an object for a
// field of the platform's own.
type FieldRequest struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	MinLength int    `json:"min_length"`
	MaxLength int    `json:"max_length"`
	Pattern   string `json:"pattern"`
}

var errField = errors.New("a field is the name of a kind, or an object")

// UnmarshalJSON reads either form.
func (f *FieldRequest) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*f = FieldRequest{}
		return json.Unmarshal(data, &f.Name)
	}
	type plain FieldRequest
	own := plain{Kind: "digits"}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&own) != nil {
		return errField
	}
	*f = FieldRequest(own)
	return nil
}

// Schema implements huma.SchemaProvider.
func (FieldRequest) Schema(huma.Registry) *huma.Schema {
	whole := func(low, high float64) *huma.Schema {
		return &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high}
	}
	long := 200
	own := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"name"},
		Description: "A field of the platform's own.",
		Properties: map[string]*huma.Schema{
			"name":       {Type: huma.TypeString, Pattern: "^[a-z][a-z_]{0,31}$"},
			"kind":       {Type: huma.TypeString, Enum: []any{"digits", "postal_code", "bank_account", "pin"}, Default: "digits"},
			"min_length": whole(1, 40),
			"max_length": whole(1, 40),
			"pattern":    {Type: huma.TypeString, MaxLength: &long, Description: "RE2, over the whole entry."},
		},
	}
	named := &huma.Schema{
		Type: huma.TypeString,
		Enum: []any{"card_number", "expiry", "cvv", "postal_code", "bank_account", "pin", "digits"},
	}
	for _, s := range []*huma.Schema{own, named} {
		s.PrecomputeMessages()
	}
	return &huma.Schema{OneOf: []*huma.Schema{named, own}}
}

// controlKey is the symbol of a key that controls an entry; zero is the default.
func controlKey(name string) byte {
	switch name {
	case "":
		return 0
	case "none":
		return ivr.NoKey
	default:
		return name[0]
	}
}

func (r *CaptureRequest) spec() call.CaptureSpec {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	mode := mask.Field
	if r.Mask != "" {
		mode = modeOf(r.Mask)
	}
	out := call.CaptureSpec{Collector: r.Collector, Language: r.Language, Payment: call.PaymentSpec{Connector: r.Connector}, Params: ivr.Params{
		Mode: mode, OnDemand: r.OnDemand, ReleaseOnSubmit: r.ReleaseOnSubmit, MaxDigits: r.MaxDigits, Attempts: r.MaxAttempts, FirstKey: ms(r.FirstKeyTimeoutMS),
		InterDigit: ms(r.InterdigitTimeoutMS), Total: time.Duration(r.TimeoutS) * time.Second,
		EndKey: controlKey(r.EndKey), ClearKey: controlKey(r.ClearKey), CancelKey: controlKey(r.CancelKey),
	}}
	if r.Action == "charge" {
		out.Payment.Action = psp.Charge
	}
	if r.Amount != nil {
		out.Payment.Amount, out.Payment.Currency = r.Amount.Value, r.Amount.Currency
	}
	for _, f := range r.Fields {
		out.Fields = append(out.Fields, call.FieldSpec{Name: f.Name, Kind: f.Kind, Min: f.MinLength, Max: f.MaxLength, Pattern: f.Pattern})
	}
	return out
}

// CaptureField is one field's progress.
type CaptureField struct {
	Name          string `json:"name"`
	State         string `json:"state" enum:"pending,entering,valid,rejected,failed"`
	DigitsEntered int    `json:"digits_entered"`
	Masked        string `json:"masked" doc:"Bullets; of an accepted card number also its last four."`
	Brand         string `json:"brand,omitempty" doc:"Of an accepted card number."`
	Attempt       int    `json:"attempt,omitempty" doc:"From 1, once it was asked for."`
	Reason        string `json:"reason,omitempty" doc:"Why it was rejected."`
}

// CaptureMasking says when masking was armed.
type CaptureMasking struct {
	State   string     `json:"state" enum:"arming,armed,released"`
	ArmedAt *time.Time `json:"armed_at,omitempty"`
}

// CaptureResult is what came of a payment.
type CaptureResult struct {
	Token           string `json:"token,omitempty" doc:"The provider's, in place of the card."`
	Brand           string `json:"brand,omitempty"`
	Last4           string `json:"last4,omitempty"`
	Exp             string `json:"exp,omitempty" doc:"The card's last month, YYYY-MM."`
	PSPReference    string `json:"psp_reference,omitempty" doc:"The provider's id of a charge."`
	Envelope        string `json:"envelope,omitempty" doc:"The card, encrypted to the key of a sealed connector, in place of a token. It can be read for five minutes after the capture's end."`
	EnvelopeExpired bool   `json:"envelope_expired,omitempty" doc:"There was an envelope; it is no longer here."`
	Format          string `json:"format,omitempty" enum:"age,jwe" doc:"Of the envelope."`
}

// CaptureFailure is why a payment failed.
type CaptureFailure struct {
	Class string `json:"class" enum:"declined,slow,unavailable,nonsense,redirected,bad_certificate,echoed,circuit_open,cancelled,invalid_order"`
	Sent  bool   `json:"sent" doc:"The provider may have carried the order out: look there before trying again."`
}

// CaptureShape is a capture.
type CaptureShape struct {
	ID           string          `json:"id"`
	ConferenceID string          `json:"conference_id"`
	State        string          `json:"state" enum:"arming,collecting,submitting,completed,failed,cancelled,expired"`
	Reason       string          `json:"reason,omitempty"`
	Collector    string          `json:"collector"`
	Connector    string          `json:"connector,omitempty"`
	Mask         string          `json:"mask"`
	Masking      CaptureMasking  `json:"masking"`
	Fields       []CaptureField  `json:"fields"`
	Result       *CaptureResult  `json:"result"`
	Failure      *CaptureFailure `json:"failure,omitempty"`
}

func captureFields(p ivr.Progress) []CaptureField {
	fields := make([]CaptureField, 0, p.Count)
	for _, f := range p.Fields[:p.Count] {
		state := f.State.String()
		if f.State == ivr.Entering && !p.State.Open() {
			state = "failed"
		}
		fields = append(fields, CaptureField{
			Name: f.Name, State: state, DigitsEntered: f.Entered, Masked: masked(f), Brand: f.Brand.String(),
			Attempt: f.Attempt, Reason: f.Reason.String(),
		})
	}
	return fields
}

// masked shows an entry: a bullet for each key and, of an accepted card number,
// its last four.
func masked(f ivr.FieldProgress) string {
	last := f.LastFour.String()
	if f.State != ivr.Valid || last == "" {
		return strings.Repeat("•", f.Entered)
	}
	var out strings.Builder
	for i := range max(f.Entered-len(last), 4) {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteString("•")
	}
	return out.String() + " " + last
}

func captureShape(c call.Capture) CaptureShape {
	out := CaptureShape{
		ID: c.ID, ConferenceID: c.ConferenceID, State: c.Progress.State.String(), Reason: c.Progress.Reason.String(),
		Collector: c.Collector, Connector: c.Payment.Connector, Mask: c.Mode.String(), Masking: CaptureMasking{State: "arming"},
		Fields: captureFields(c.Progress),
	}
	if !c.ArmedAt.IsZero() {
		out.Masking = CaptureMasking{State: "armed", ArmedAt: &c.ArmedAt}
	}
	if c.Progress.State != ivr.Idle && !c.Progress.Armed {
		out.Masking.State = "released"
	}
	// The outcome is known a moment before the capture has ended.
	if r := c.Result; r != nil && c.Progress.State == ivr.Completed {
		out.Result = &CaptureResult{Token: r.Token, Brand: r.Brand.String(), Last4: r.LastFour.String(), Exp: r.Expiry,
			PSPReference: r.Reference, Envelope: r.Envelope, EnvelopeExpired: r.EnvelopeExpired, Format: r.Format}
	}
	out.Failure = failureShape(c)
	return out
}

func failureShape(c call.Capture) *CaptureFailure {
	if f := c.Failure; f != nil && c.Progress.State == ivr.FailedState {
		return &CaptureFailure{string(f.Class), f.Sent}
	}
	return nil
}
