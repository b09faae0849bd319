package ivr

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"

	"tonegate/internal/card"
	"tonegate/internal/wav"
)

//go:embed prompts
var embedded embed.FS

// Prompt names a recording.
type Prompt uint8

// The prompts, in the order of promptFiles. A rejection is spoken as an error
// and the field's retry; neither names a brand or a digit.
const (
	Greeting Prompt = iota
	Enter           // free digits
	EnterCardNumber
	EnterExpiry
	EnterSecurityCode
	EnterPostalCode
	EnterBankAccount
	EnterPIN
	Again // free digits
	AgainCardNumber
	AgainExpiry
	AgainSecurityCode
	AgainPostalCode
	AgainBankAccount
	AgainPIN
	Nothing // came
	BadCardNumber
	BadExpiry
	PastExpiry
	BadSecurityCode
	BadLength
	BadEntry
	Accepted
	Cleared
	OneMoment
	Thanks
	Refused // by the provider
	Failed
	Unable
	Cancelled
	AgentLost // told to a customer who waits, by whoever runs the call
	promptCount
)

var promptFiles = [promptCount]string{
	"greeting.wav",
	"enter.wav", "enter_card_number.wav", "enter_expiry.wav", "enter_cvv.wav", "enter_postal_code.wav",
	"enter_bank_account.wav", "enter_pin.wav",
	"again.wav", "again_card_number.wav", "again_expiry.wav", "again_cvv.wav", "again_postal_code.wav",
	"again_bank_account.wav", "again_pin.wav",
	"nothing.wav", "bad_card_number.wav", "bad_expiry.wav", "past_expiry.wav", "bad_cvv.wav", "bad_length.wav", "bad_entry.wav",
	"accepted.wav", "cleared.wav", "one_moment.wav", "thanks.wav", "refused.wav", "failed.wav", "unable.wav", "cancelled.wav",
	"agent_lost.wav",
}

// String returns the name of the prompt's file without its ending.
func (p Prompt) String() string {
	name := promptFiles[p]
	return name[:len(name)-len(".wav")]
}

var byKind = map[card.Kind][2]Prompt{
	card.Digits: {Enter, Again}, card.CardNumber: {EnterCardNumber, AgainCardNumber},
	card.ExpiryDate: {EnterExpiry, AgainExpiry}, card.SecurityCode: {EnterSecurityCode, AgainSecurityCode},
	card.PostalCode: {EnterPostalCode, AgainPostalCode}, card.BankAccount: {EnterBankAccount, AgainBankAccount},
	card.PIN: {EnterPIN, AgainPIN},
}

// enterPrompt asks for a field.
func enterPrompt(k card.Kind) Prompt { return byKind[k][0] }

// againPrompt asks for it once more.
func againPrompt(k card.Kind) Prompt { return byKind[k][1] }

// errorPrompt says what was wrong.
func errorPrompt(k card.Kind, why card.Reason) Prompt {
	switch {
	case k == card.CardNumber:
		return BadCardNumber
	case k == card.ExpiryDate && why == card.Past:
		return PastExpiry
	case k == card.ExpiryDate:
		return BadExpiry
	case k == card.SecurityCode:
		return BadSecurityCode
	case why == card.Length:
		return BadLength
	default:
		return BadEntry
	}
}

// Prompts are the recordings of one language, at 8 kHz.
type Prompts [promptCount][]int16

// Languages are prompts by language tag (RFC 5646), such as en or pt-BR.
type Languages map[string]*Prompts

// Builtin returns the embedded English prompts.
func Builtin() (*Prompts, error) {
	all, err := BuiltinLanguages()
	return all["en"], err
}

// BuiltinLanguages returns all embedded prompts.
func BuiltinLanguages() (Languages, error) {
	sub, err := fs.Sub(embedded, "prompts")
	if err != nil {
		return nil, fmt.Errorf("embedded prompts: %w", err)
	}
	return LoadLanguages(sub)
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// LoadLanguages reads a folder that has a folder of prompts for each language,
// named by its tag. All faults are in one error.
func LoadLanguages(folder fs.FS) (Languages, error) {
	items, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	all := Languages{}
	var faults []error
	for _, item := range items {
		if !item.IsDir() || !languageTag.MatchString(item.Name()) {
			continue
		}
		sub, err := fs.Sub(folder, item.Name())
		if err == nil {
			all[item.Name()], err = Load(sub)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("language %s: %w", item.Name(), err))
		}
	}
	if len(items) == 0 || len(all) == 0 && len(faults) == 0 {
		faults = append(faults, errors.New("prompts: no folder of a language, such as en"))
	}
	return all, errors.Join(faults...)
}

// Load reads a folder of prompts of one language. All missing or unusable files
// are named in one error.
func Load(folder fs.FS) (*Prompts, error) {
	var p Prompts
	var faults []error
	for i, name := range promptFiles {
		f, err := folder.Open(path.Clean(name))
		if err != nil {
			faults = append(faults, fmt.Errorf("prompt %s: %w", name, err))
			continue
		}
		p[i], err = wav.Read(f)
		_ = f.Close()
		if err != nil {
			faults = append(faults, fmt.Errorf("prompt %s: %w", name, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return &p, nil
}
