package pspstub

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// wire is the generic connector's request; all its values are strings but
// parameters, the custom fields.
type wire struct {
	TransactionID string            `json:"transaction_id"`
	Method        string            `json:"method"`
	CardNumber    string            `json:"cardnumber"`
	CVV           string            `json:"cvv"`
	ExpiryMonth   string            `json:"expiry_month"`
	ExpiryYear    string            `json:"expiry_year"`
	PostalCode    string            `json:"postal_code"`
	Description   string            `json:"description"`
	ChargeAmount  string            `json:"chargeAmount"`
	TokenType     string            `json:"token_type"`
	CurrencyCode  string            `json:"currency_code"`
	Parameters    map[string]string `json:"parameters"`
}

// digits returns the request's members with digits, each as name=digits.
func (w *wire) digits() (names, digits []string) {
	all := map[string]string{
		"cardnumber": w.CardNumber, "cvv": w.CVV, "expiry_month": w.ExpiryMonth, "expiry_year": w.ExpiryYear,
		"postal_code": w.PostalCode,
	}
	maps.Copy(all, w.Parameters)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			names, digits = append(names, name), append(digits, name+"="+all[name])
		}
	}
	return names, digits
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<14))
	var in wire
	if r.Method != http.MethodPost || r.URL.Path != "/pay" || err != nil || json.Unmarshal(body, &in) != nil {
		http.Error(w, "not an order", http.StatusBadRequest)
		return
	}
	o := Order{
		TransactionID: in.TransactionID, IdempotencyKey: r.Header.Get("Idempotency-Key"),
		Authorization: r.Header.Get("Authorization"), Method: in.Method, Description: in.Description,
		Amount: in.ChargeAmount, TokenType: in.TokenType, Currency: in.CurrencyCode, Behaviour: p.now(),
	}
	names, digits := in.digits()
	o.Fields = names
	copy(o.fingerprint[:], p.fingerprint(digits))
	p.mu.Lock()
	p.orders = append(p.orders, o)
	p.mu.Unlock()
	if p.cfg.Seen != nil {
		p.cfg.Seen(o)
	}
	p.answer(w, r, o, &in)
}

func (p *Provider) answer(w http.ResponseWriter, r *http.Request, o Order, in *wire) {
	switch o.Behaviour {
	case Latency:
		if !p.wait(r, p.cfg.Latency) {
			return
		}
		write(w, http.StatusOK, p.good(o))
	case Decline:
		write(w, http.StatusPaymentRequired, map[string]any{"error_code": "card_declined", "error_message": "The card was declined."})
	case TimeOut:
		select {
		case <-r.Context().Done():
		case <-p.done:
		}
	case Failure:
		write(w, http.StatusServiceUnavailable, map[string]any{"error_code": "maintenance", "error_message": "Back soon."})
	case SlowLoris:
		p.trickle(w, r, p.good(o))
	case Echo:
		write(w, http.StatusOK, map[string]any{"token_id": in.CardNumber, "error_code": nil, "error_message": nil, "request": in})
	case Nonsense:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title><p>It works!")
	case Redirect:
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	default:
		write(w, http.StatusOK, p.good(o))
	}
}

// good is the answer to a charge, or to an order without an amount, which asks
// for a token.
func (p *Provider) good(o Order) map[string]any {
	out := map[string]any{"error_code": nil, "error_message": nil}
	if amount, _ := strconv.ParseFloat(o.Amount, 64); amount > 0 {
		out["charge_id"] = p.token("ch", o.IdempotencyKey)
	} else {
		out["token_id"] = p.token("tok", o.IdempotencyKey)
	}
	return out
}

func write(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// trickle sends a good answer one byte at a time.
func (p *Provider) trickle(w http.ResponseWriter, r *http.Request, body any) {
	b, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	for i := range b {
		if _, err := w.Write(b[i : i+1]); err != nil || http.NewResponseController(w).Flush() != nil || !p.wait(r, p.cfg.Latency) {
			return
		}
	}
}

// wait reports false if the client or the provider has gone.
func (p *Provider) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-p.done:
		return false
	}
}
