package signaling

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// uploads lets pages of the origins that may connect also upload what their
// browsers sealed, and read what became of it (CORS, of the Fetch standard). It is
// for that one resource: everything else is for servers, or for pages of this one.
func (s *server) uploads(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if !isContent(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		if origin != "" && s.mayConnect(origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Upload-Offset, Upload-Complete")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				// No credentials of the browser's own: the bearer is the page's to send.
				h.Set("Access-Control-Allow-Methods", "PUT, HEAD")
				h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Repr-Digest, Tonegate-Leg, Upload-Offset, Upload-Complete")
				h.Set("Access-Control-Max-Age", "600")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// isContent reports whether a path is that of a recording's file.
func isContent(p string) bool {
	id, ok := strings.CutPrefix(p, "/v1/recordings/")
	id, content := strings.CutSuffix(id, "/content")
	return ok && content && !strings.Contains(id, "/")
}

// mayConnect reads --allow-origin as the WebSocket does: a pattern of a host, or
// of scheme and host.
func (s *server) mayConnect(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	for _, pattern := range s.cfg.Origins {
		target := u.Host
		if strings.Contains(pattern, "://") {
			target = u.Scheme + "://" + u.Host
		}
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(target)); ok && err == nil {
			return true
		}
	}
	return false
}
