package proof

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Result is the evidence. Its cards are synthetic, and their numbers are not in
// it.
type Result struct {
	At       time.Time `json:"at"`
	Took     string    `json:"took"`
	Passed   bool      `json:"passed"`
	Commit   string    `json:"commit"`
	Go       string    `json:"go"`
	Platform string    `json:"platform"`
	Kernel   string    `json:"kernel"`
	Seed     uint64    `json:"seed"`
	Runs     int       `json:"runs"`
	Memory   []string  `json:"memory_levels"`
	Parts    []string  `json:"parts"`
	Sabotage string    `json:"sabotage,omitempty"`
	Checks   []Check   `json:"checks"`
	// What two calls may differ in, each with its reason.
	Ignored       map[string]string `json:"members_left_out"`
	WhileEntering []string          `json:"members_left_out_of_a_field_being_keyed"`
	Unmeant       []string          `json:"messages_left_out_of_real_calls"`
	Pictures      []Picture         `json:"-"`
}

func (r *Result) red() (out []Check) {
	for _, c := range r.Checks {
		if !c.Passed {
			out = append(out, c)
		}
	}
	return out
}

// print writes a line for each check, and one for each fault.
func (r *Result) print(w io.Writer) {
	for _, c := range r.Checks {
		mark := "ok "
		if !c.Passed {
			mark = "RED"
		}
		figure := c.Figure
		if figure == "" {
			figure = fmt.Sprint(c.Tried)
		}
		fmt.Fprintf(w, "%s  %s: %s\n", mark, c.Name, figure)
		for _, f := range c.Faults {
			fmt.Fprintf(w, "     %s\n", f)
		}
	}
	fmt.Fprintf(w, "%d checks, %d red, in %s\n", len(r.Checks), len(r.red()), r.Took)
}

//go:embed evidence.gohtml
var page string

// write writes evidence.html, which needs nothing beside it, and evidence.json.
func (r *Result) write(folder string) error {
	r.Passed = len(r.red()) == 0 && len(r.Checks) > 0
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "evidence.json"), append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	t, err := template.New("evidence").Funcs(template.FuncMap{
		"inline": func(png []byte) template.URL {
			return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
		},
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	f, err := os.Create(filepath.Join(folder, "evidence.html"))
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	defer f.Close()
	if err := t.Execute(f, r); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return f.Close()
}
