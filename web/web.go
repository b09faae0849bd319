// Package web serves the browser side of Tonegate from files that are part of
// the binary: the console at /, the three pages of a call at /phone, /agent and
// /ivr, and the SDK at /sdk/tonegate.js.
//
// The files in dist are built from the sources beside this one by
// "npm run build" and are committed, so that building the server needs no
// Node; "npm run check" proves that they match.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// contentSecurityPolicy admits this origin's own files and nothing inline. The
// signalling address may name another host, hence ws: and wss:.
const contentSecurityPolicy = "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob:; " +
	"worker-src 'self' blob:; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; " +
	"base-uri 'none'; form-action 'self'"

const (
	// Built assets carry a hash of their content in their name.
	cacheAsset = "public, max-age=31536000, immutable"
	// Pages name the assets of one build; a stale one would ask for files that
	// a newer binary no longer has.
	cachePage = "no-cache"
	// The SDK's name is stable, so a fix must reach its users soon.
	cacheSDK = "public, max-age=300"
)

// pages are the only addresses that answer with HTML.
var pages = map[string]string{
	"/":      "index.html",
	"/phone": "phone.html",
	"/agent": "agent.html",
	"/ivr":   "ivr.html",
}

// file is one answer, made when the handler is.
type file struct {
	body   []byte
	header http.Header
}

// Handler serves the pages, their assets and the SDK to GET and HEAD; every
// other path is a 404, so it may stand behind more specific routes at "/".
func Handler() http.Handler {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	files, err := load(root)
	if err != nil {
		panic(err) // reading embedded files cannot fail
	}
	return handler(files)
}

func handler(files map[string]file) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		for name, values := range f.header {
			h[name] = values
		}
		if matches(r.Header.Get("If-None-Match"), f.header.Get("ETag")) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(f.body) // the client has gone if this fails
	})
}

// load reads every file that has an address.
func load(root fs.FS) (map[string]file, error) {
	files := make(map[string]file)
	for address, name := range pages {
		f, err := read(root, name, cachePage)
		if err != nil {
			return nil, err
		}
		f.header.Set("Content-Security-Policy", contentSecurityPolicy)
		f.header.Set("Permissions-Policy", "microphone=(self)")
		f.header.Set("Cross-Origin-Opener-Policy", "same-origin")
		files[address] = f
	}
	for dir, cache := range map[string]string{"assets": cacheAsset, "sdk": cacheSDK} {
		entries, err := fs.ReadDir(root, dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			name := path.Join(dir, entry.Name())
			f, err := read(root, name, cache)
			if err != nil {
				return nil, err
			}
			if dir == "sdk" {
				// Other sites import it as a module, which needs leave.
				f.header.Set("Access-Control-Allow-Origin", "*")
				f.header.Set("Cross-Origin-Resource-Policy", "cross-origin")
			}
			// An audio worklet is a document of its own to the browser.
			f.header.Set("Content-Security-Policy", contentSecurityPolicy)
			files["/"+name] = f
		}
	}
	return files, nil
}

func read(root fs.FS, name, cache string) (file, error) {
	body, err := fs.ReadFile(root, name)
	if err != nil {
		return file{}, err
	}
	sum := sha256.Sum256(body)
	h := make(http.Header)
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", cache)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	return file{body: body, header: h}, nil
}

// contentType does not ask the system's tables for what is known: some map .js
// to text/plain, and a module of that type does not load.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ts":
		return "text/plain; charset=utf-8"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// matches reports whether an If-None-Match header names tag. Intermediaries
// may weaken the tag, which does not matter here.
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			return true
		}
	}
	return false
}
