package live

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	okStatus     = `{"version":"33.0.0","modules":[],"memory":{"maxMemory":1,"directMemory":1}}`
	okProperties = `{"druid.service":"druid/coordinator","sun.java.command":"org.apache.druid.cli.Main server coordinator"}`
)

// serve answers some paths, and 404 for all others.
func serve(t *testing.T, handlers map[string]http.HandlerFunc) *httptest.Server {
	server := httptest.NewServer(handler(t, handlers))
	t.Cleanup(server.Close)
	return server
}

func handler(t *testing.T, handlers map[string]http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Accept-Encoding") != "" || r.ContentLength > 0 {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
		if h := handlers[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})
}

func saying(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// A server may answer whatever it likes: that is a message, and soon.
func TestHostile(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	elsewhere := serve(t, map[string]http.HandlerFunc{"/status": func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }})
	for want, h := range map[string]http.HandlerFunc{
		"it answers with more than 8 MiB": func(w http.ResponseWriter, _ *http.Request) {
			for _, err := w.Write(nil); err == nil; _, err = w.Write(make([]byte, 1<<16)) {
			}
		},
		"it does not answer within 500ms": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		},
		"which is not followed": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/status?token=hunter2", http.StatusFound)
		},
		"compressed, which nobody asked for": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		},
		"is not JSON":            saying("<html>" + strings.Repeat("x", 1000)),
		"names no version":       saying(`{"version":{"a":1}}`),
		"/status names no v":     saying(`["33.0.0"]`),
		"asks for a login":       status(401),
		"READ on the resourc":    status(403),
		"not a process of Druid": status(404),
		"with status 500":        status(500),
		"answers nothing":        saying(""),
		"not HTTP: ": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprint(conn, "SSH-2.0-OpenSSH_9.6\r\n")
			conn.Close()
		},
		"in the middle of an answer": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
			conn.Close()
		},
		"end": func(w http.ResponseWriter, _ *http.Request) { // a head without an end
			conn, _, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			for _, err := fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n"); err == nil; _, err = fmt.Fprintf(conn, "X: %s\r\n", strings.Repeat("y", 1<<16)) {
			}
		},
	} {
		t.Run(want, func(t *testing.T) {
			server := serve(t, map[string]http.HandlerFunc{"/status": h})
			c, err := newClient(Access{})
			require.NoError(t, err)
			if strings.HasSuffix(want, "500ms") {
				c.patience = 500 * time.Millisecond // others may take what a busy machine takes
			}
			start := time.Now()
			_, err = Collect(t.Context(), server.URL, Access{Ask: c.get})
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "hunter2")
			if !strings.HasPrefix(want, "not HTTP") && want != "end" {
				require.NotContains(t, err.Error(), "not HTTP")
			}
			require.True(t, strings.HasPrefix(err.Error(), server.URL+": "), err)
			require.Less(t, time.Since(start), 20*time.Second)
		})
	}
	_, err := Collect(t.Context(), "http://127.0.0.1:1", Access{})
	require.EqualError(t, err, "http://127.0.0.1:1: it cannot be reached: connection refused")
}

// What is no address of a cluster is not asked, and no password of it is shown.
func TestAddresses(t *testing.T) {
	for name, want := range map[string]string{
		"http://user:hunter2@router:8888": "http://router:8888: a user and a password do not belong into an address",
		"http://":                         "is not the address of a cluster",
		"http://router:8888/?q=1":         "ends behind its port",
		"http://router:port":              "http://...: is not the address of a cluster",
		"https://a b/":                    "https://...: is not",
	} {
		_, err := Collect(t.Context(), name, Access{Ask: func(context.Context, string) Answer { t.Error(name); return Answer{} }})
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// A run ends within a second of its context, whatever the server does.
func TestCancel(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	server := serve(t, map[string]http.HandlerFunc{"/status": saying(okStatus), "/status/properties": hang})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Collect(ctx, server.URL, Access{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 5*time.Second)
}

// A certificate has to be believed, and to be for the host that was named.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(handler(t, map[string]http.HandlerFunc{"/status": saying(okStatus), "/status/properties": saying(okProperties)}))
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	wrong := "https://localhost:" + u.Port() // the certificate is for 127.0.0.1 and example.com
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	broken := filepath.Join(t.TempDir(), "broken.pem")
	require.NoError(t, os.WriteFile(broken, []byte("no PEM"), 0o600))

	for _, c := range []struct {
		name, address string
		access        Access
		want          string
	}{
		{"unknown authority", server.URL, Access{}, "name its file with --ca-file"},
		{"known", server.URL, Access{CA: ca}, ""},
		{"another host", wrong, Access{CA: ca}, "its certificate is for another host"},
		{"insecure", wrong, Access{Insecure: true}, ""},
		{"not TLS", strings.Replace(serve(t, nil).URL, "http:", "https:", 1), Access{}, "does not speak TLS"},
		{"no such file", server.URL, Access{CA: ca + "x"}, "no such file"},
		{"no certificate", server.URL, Access{CA: broken}, "holds no certificate"},
	} {
		_, err := Collect(t.Context(), c.address, c.access)
		if c.want == "" {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorContains(t, err, c.want, c.name)
		}
	}
}

// The login goes to every process of the cluster, and in the clear to none that was
// reached by TLS.
func TestLogin(t *testing.T) {
	var seen sync.Map
	asked := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			seen.Store(r.Host+r.URL.Path, r.Header.Get("Authorization"))
			fmt.Fprint(w, body)
		}
	}
	other := serve(t, map[string]http.HandlerFunc{"/status": asked(okStatus)})
	plain := map[string]http.HandlerFunc{
		"/status": asked(okStatus), "/status/properties": asked(okProperties),
		"/druid/coordinator/v1/cluster": asked(fmt.Sprintf(`{"historical":[{"host":"127.0.0.1","plaintextPort":%s}]}`, port(other.URL))),
	}
	server := serve(t, plain)
	for want, a := range map[string]Access{
		"":                     {},
		"Bearer t0ken":         {Login: Login{Token: "t0ken", User: "x", Password: "y"}},
		"Basic YW5uOmh1bnRlcg": {Login: Login{User: "ann", Password: "hunter"}},
		"Basic Ym9iOng=":       {Netrc: "machine 10.0.0.1 login eve password e\n# machine 127.0.0.1 login no password no\nmachine 127.0.0.1\n  login bob\n  password x\n"},
		"Basic ZGVmOmQ=":       {Netrc: "macdef init\nmachine 127.0.0.1 login m password m\n\ndefault login def password d"},
	} {
		seen.Clear()
		_, err := Collect(t.Context(), server.URL, a)
		require.NoError(t, err)
		for _, base := range []string{server.URL, other.URL} {
			got, ok := seen.Load(strings.TrimPrefix(base, "http://") + "/status")
			require.True(t, ok)
			require.True(t, strings.HasPrefix(got.(string), want) && (want != "" || got == ""), got)
		}
	}
	// What .netrc has for one host goes to no other, whatever the cluster announces.
	seen.Clear()
	_, err := Collect(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), Access{Netrc: "machine localhost login bob password x"})
	require.NoError(t, err)
	got, _ := seen.Load("localhost:" + port(server.URL) + "/status")
	require.Equal(t, "Basic Ym9iOng=", got)
	got, ok := seen.Load("127.0.0.1:" + port(other.URL) + "/status")
	require.True(t, ok)
	require.Empty(t, got)
	secure := httptest.NewTLSServer(handler(t, plain))
	defer secure.Close()
	seen.Clear()
	c, err := Collect(t.Context(), secure.URL, Access{Insecure: true, Login: Login{User: "ann", Password: "hunter"}})
	require.NoError(t, err)
	_, sent := seen.Load(strings.TrimPrefix(other.URL, "http://") + "/status")
	require.False(t, sent)
	require.Equal(t, "it has no TLS, and a login is not sent in the clear", c.Processes[0].Status.Problem)
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	return port
}

// What a cluster announces is asked, each process once, some at a time, and nothing
// that is no host and port.
func TestDiscover(t *testing.T) {
	var now, most atomic.Int64
	var asked sync.Map
	ask := func(_ context.Context, address string) Answer {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		time.Sleep(time.Millisecond)
		if _, again := asked.LoadOrStore(address, true); again {
			t.Error("twice:", address)
		}
		u, err := url.Parse(address)
		require.NoError(t, err)
		answer := map[string]string{"/status": okStatus, "/status/properties": okProperties}[u.Path]
		if u.Path == "/druid/coordinator/v1/cluster" {
			nodes := []map[string]any{{"host": "router/../../etc", "plaintextPort": 1}, {"host": "x@evil.example", "plaintextPort": 80}, {"host": "h", "plaintextPort": 70000}, {"plaintextPort": 1}}
			for i := range 100 {
				nodes = append(nodes, map[string]any{"host": "data" + strconv.Itoa(i), "plaintextPort": 8083, "tlsPort": 8283})
			}
			nodes = append(nodes, nodes...)
			text, err := json.Marshal(map[string]any{
				"historical":  nodes,
				"coordinator": []any{map[string]any{"host": "c", "plaintextPort": 8081}},
				"overlord":    []any{map[string]any{"host": "c", "plaintextPort": 8081}},
				"peon":        []any{map[string]any{"host": "task", "plaintextPort": 8100}},
				"broker":      []any{map[string]any{"host": "::1", "plaintextPort": 8082}},
			})
			require.NoError(t, err)
			answer = string(text)
		}
		if answer == "" {
			return Answer{Status: 404, Problem: "it answers with status 404"}
		}
		data, err := normal([]byte(answer), address)
		require.NoError(t, err)
		return Answer{Status: 200, Data: data}
	}
	c, err := Collect(t.Context(), "http://c:8081/", Access{Ask: ask})
	require.NoError(t, err)
	roles, unasked := map[string]int{}, 0
	for _, p := range c.Processes {
		roles[p.Role]++
		if p.URL == "" {
			unasked++
		}
	}
	require.Equal(t, map[string]int{"coordinator": 1, "broker": 1, "historical": 104}, roles)
	require.Equal(t, 4, unasked)
	require.LessOrEqual(t, most.Load(), int64(atOnce))
	for _, address := range []string{"http://data7:8083/status", "http://[::1]:8082/status/properties", "http://c:8081/status"} {
		_, ok := asked.Load(address)
		require.True(t, ok, address)
	}
	asked.Range(func(address, _ any) bool {
		require.NotContains(t, address, "evil")
		require.NotContains(t, address, "etc")
		return true
	})
}

// Answers of other types than Druid's are those of a process that says nothing.
func TestOtherTypes(t *testing.T) {
	for _, body := range []string{`[]`, `"x"`, `1`, `null`, `{"coordinator":"x"}`, `{"coordinator":[1]}`, `{"coordinator":{"a":[]}}`, `[[[[]]]]`, strings.Repeat("[", 20000) + strings.Repeat("]", 20000)} {
		answers := map[string]string{"http://c:8081/status": okStatus, "http://c:8081/status/properties": body}
		for _, path := range []string{"cluster", "servers?simple", "leader", "datasources", "config/compaction"} {
			answers["http://c:8081/druid/coordinator/v1/"+path] = body
		}
		answers["http://c:8081/druid/indexer/v1/workers"] = body
		c, err := Collect(t.Context(), "http://c:8081", Recorded(answers))
		require.NoError(t, err, body)
		require.Len(t, c.Processes, 1, body)
	}
}

// The first part of an address is the same in capitals.
func TestIsURL(t *testing.T) {
	for name, want := range map[string]bool{"http://a": true, "HTTP://a": true, "Https://a:1": true, "https:/a": false, "ftp://a": false, "httpx://a": false, "conf/": false, "://": false} {
		require.Equal(t, want, IsURL(name), name)
	}
	u, err := parse("HTTP://Router:8888")
	require.NoError(t, err)
	require.Equal(t, "http", u.Scheme)
}
