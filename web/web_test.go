package web

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPagesAreServedStrictly(t *testing.T) {
	for address := range pages {
		res := get(t, http.MethodGet, address)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", address, res.StatusCode)
		}
		for name, want := range map[string]string{
			"Content-Type":           "text/html; charset=utf-8",
			"Cache-Control":          "no-cache",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
			"Permissions-Policy":     "microphone=(self)",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", address, name, got, want)
			}
		}
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", address, policy)
		}
	}
}

// A page whose assets are missing is a blank page, so follow every reference.
func TestPagesReferToFilesThatExist(t *testing.T) {
	reference := regexp.MustCompile(`(?:src|href)="([^"]+)"`)
	for address := range pages {
		refs := reference.FindAllStringSubmatch(body(t, get(t, http.MethodGet, address)), -1)
		if len(refs) < 3 {
			t.Errorf("%s: only %d references", address, len(refs))
		}
		for _, ref := range refs {
			res := get(t, http.MethodGet, ref[1])
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s: %s answers %d", address, ref[1], res.StatusCode)
			}
			if got := res.Header.Get("Cache-Control"); got != cacheAsset {
				t.Errorf("%s: Cache-Control is %q", ref[1], got)
			}
		}
	}
}

func TestPagesHaveNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>\s*[^\s<]|javascript:`)
	for address := range pages {
		if found := inline.FindString(body(t, get(t, http.MethodGet, address))); found != "" {
			t.Errorf("%s holds %q, which its own policy blocks", address, found)
		}
	}
}

func TestAssetsNameNoOtherHost(t *testing.T) {
	other := regexp.MustCompile(`https?://[a-z0-9.-]+`)
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		for _, host := range other.FindAllString(string(content), -1) {
			// XML namespaces are names, not addresses.
			if host != "http://www.w3.org" {
				t.Errorf("%s names %s", name, host)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSDK(t *testing.T) {
	res := get(t, http.MethodGet, "/sdk/tonegate.js")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d", res.StatusCode)
	}
	if got := res.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("Content-Type is %q", got)
	}
	if got := res.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin is %q", got)
	}
	if !strings.Contains(body(t, res), "joinConference") {
		t.Error("the bundle does not export joinConference")
	}
	if res := get(t, http.MethodGet, "/sdk/tonegate.d.ts"); res.StatusCode != http.StatusOK {
		t.Errorf("declarations: status %d", res.StatusCode)
	}
}

// The recorder is an entry of its own: only who records loads the cryptography.
func TestRecorder(t *testing.T) {
	for name, word := range map[string]string{"recorder.js": "recordLeg", "recorder.worklet.js": "registerProcessor", "recorder.d.ts": "recordLeg"} {
		res := get(t, http.MethodGet, "/sdk/"+name)
		if res.StatusCode != http.StatusOK || res.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: status %d, Access-Control-Allow-Origin %q", name, res.StatusCode, res.Header.Get("Access-Control-Allow-Origin"))
		}
		if !strings.Contains(body(t, res), word) {
			t.Errorf("%s does not hold %s", name, word)
		}
	}
	const mark = "age-encryption.org"
	if !strings.Contains(body(t, get(t, http.MethodGet, "/sdk/recorder.js")), mark) {
		t.Error("the recorder does not seal")
	}
	if strings.Contains(body(t, get(t, http.MethodGet, "/sdk/tonegate.js")), mark) {
		t.Error("the SDK itself holds the recorder's cryptography")
	}
}

func TestEverythingElseIsNotFound(t *testing.T) {
	for _, address := range []string{"/index.html", "/phone/", "/assets/", "/assets", "/sdk/", "/favicon.ico", "/web.go", "/assets/../index.html", "/v1/conferences"} {
		if res := get(t, http.MethodGet, address); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", address, res.StatusCode)
		}
	}
}

func TestOnlyReading(t *testing.T) {
	res := get(t, http.MethodPost, "/")
	if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
	if res := get(t, http.MethodHead, "/phone"); res.StatusCode != http.StatusOK {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}

func TestRevalidation(t *testing.T) {
	tag := get(t, http.MethodGet, "/").Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	for _, sent := range []string{tag, "W/" + tag, `"other", ` + tag} {
		if res := get(t, http.MethodGet, "/", "If-None-Match", sent); res.StatusCode != http.StatusNotModified {
			t.Errorf("If-None-Match %s: %d", sent, res.StatusCode)
		}
	}
	if res := get(t, http.MethodGet, "/", "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
		t.Errorf("another tag: %d", res.StatusCode)
	}
}
