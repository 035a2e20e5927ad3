package preflight_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// googleCloud is a store with the bucket meadow, and who gives tokens for it and is the
// metadata of a machine, as far as preflight goes. What refuse says, it says to a request:
// "403 forbidden". make test-live asks fake-gcs-server the same.
type googleCloud struct {
	sync.Mutex
	t      *testing.T
	refuse map[string]string
	rights []string
	held   map[string]string
}

func googleServer(t *testing.T, refuse map[string]string) (url string, g *googleCloud) {
	t.Helper()
	g = &googleCloud{t: t, refuse: refuse, held: map[string]string{}, rights: []string{"create", "delete", "get", "list"}}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return server.URL, g
}

func (g *googleCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.Lock()
	defer g.Unlock()
	const token = `{"access_token":"token-of-meadow","expires_in":3600,"token_type":"Bearer"}`
	name, isObject := strings.CutPrefix(r.URL.Path, "/storage/v1/b/meadow/o/")
	what := map[bool]string{true: r.Method, false: "list"}[isObject]
	if at, _ := strings.CutPrefix(r.URL.EscapedPath(), "/storage/v1/b/meadow/o/"); isObject && strings.Contains(at, "/") {
		g.t.Errorf("%s: the name of an object is one part of the path", r.URL)
	}
	switch {
	case r.URL.Path == "/token":
		what = "token"
	case strings.HasPrefix(r.URL.Path, "/computeMetadata/"):
		what = "machine"
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		what, name = "PUT", r.URL.Query().Get("name")
	case strings.HasSuffix(r.URL.Path, "/testPermissions"):
		what = "rights"
	}
	if what != "token" && what != "machine" && r.Method != http.MethodHead && r.Header.Get("Authorization") != "Bearer token-of-meadow" {
		g.t.Errorf("%s %s has no token", r.Method, r.URL)
	}
	said := g.refuse[what]
	if said == "" && strings.Contains(r.URL.Path, "/b/prairie/") {
		said = "404 notFound"
	}
	if said != "" {
		status, code := refusal(said)
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":%d,"message":"So it is.","errors":[{"reason":"%s"}]}}`, status, code)
		return
	}
	switch what {
	case "token":
		fmt.Fprint(w, token)
	case "machine":
		if r.Header.Get("Metadata-Flavor") != "Google" {
			g.t.Errorf("%s has no Metadata-Flavor", r.URL)
		}
		fmt.Fprint(w, map[bool]string{true: token, false: "herd@meadow.example\n"}[strings.HasSuffix(r.URL.Path, "/token")])
	case "rights":
		var has []string
		for _, right := range g.rights {
			has = append(has, "storage.objects."+right)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"permissions": has})
	case "PUT":
		text, _ := io.ReadAll(r.Body)
		g.held[name] = string(text)
		fmt.Fprint(w, "{}")
	case "GET":
		fmt.Fprint(w, g.held[name])
	case "DELETE":
		delete(g.held, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		fmt.Fprint(w, "{}")
	}
}

// withGoogle is a cluster that keeps its segments there.
func withGoogle(t *testing.T, url, bucket string) *setup {
	t.Helper()
	s := newSetup(t, "druid.storage.type=google\ndruid.google.bucket="+bucket+"\ndruid.google.prefix=druid/segments\n")
	s.cloud = url
	return s
}

// serviceAccount writes the file of one, whose tokens are given at a URL.
func serviceAccount(t *testing.T, url string, change func(map[string]string)) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	file := map[string]string{
		"type": "service_account", "project_id": "meadow", "private_key_id": "1", "private_key": string(text),
		"client_email": "shepherd@meadow.example", "client_id": "7", "token_uri": url + "/token",
	}
	if change != nil {
		change(file)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	written, err := json.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, written, 0o600))
	return path
}

func TestGCS(t *testing.T) {
	url, g := googleServer(t, nil)
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, url, nil))
	s := withGoogle(t, url, "meadow")
	r := s.run(t, "live-gcs-*", "live-storage-reach", "live-clock-offset")
	requireOne(t, r, "live-gcs-access", finding.Pass, "account.json")
	requireOne(t, r, "live-gcs-rights", finding.Pass, "all of them")
	requireOne(t, r, "live-clock-offset", finding.Pass, "±")
	require.Equal(t, "gs://meadow/druid/segments", one(t, r, "live-gcs-access").Target)
	require.Len(t, r.Checks, 3)

	s.o.ProbeWrites = true
	var told []string
	s.o.Announce = func(what []string) { told = what }
	requireOne(t, s.run(t, "live-gcs-write"), "live-gcs-write", finding.Pass, "wrote meadow/druid/segments/.implycheck-")
	require.Empty(t, g.held, "what was written is gone")
	require.Equal(t, []string{"an object .implycheck-* below gs://meadow/druid/segments"}, told)

	s = newSetup(t, "druid.indexer.logs.type=google\ndruid.indexer.logs.bucket=prairie\ndruid.indexer.logs.prefix=logs\n")
	s.cloud, s.o.ProbeWrites = url, true
	r = s.run(t, "live-gcs-*")
	requireOne(t, r, "live-gcs-access", finding.Fail, "404 notFound")
	requireOne(t, r, "live-gcs-rights", finding.CannotSay, "no bucket prairie")
	requireOne(t, r, "live-gcs-write", finding.CannotSay, "nothing was written")

	requireOne(t, withGoogle(t, fmt.Sprintf("http://127.0.0.1:%d", freePort(t)), "meadow").run(t, "live-gcs-access"), "live-gcs-access", finding.Fail, "refused")
	requireOne(t, withGoogle(t, "http://"+silentServer(t), "meadow").run(t, "live-gcs-access"), "live-gcs-access", finding.Fail, "no answer in time")
}

// What Google answers to those who may not.
func TestGCSRefusals(t *testing.T) {
	with := func(refuse map[string]string) (*setup, *googleCloud) {
		url, g := googleServer(t, refuse)
		t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, url, nil))
		return withGoogle(t, url, "meadow"), g
	}
	for said, want := range map[string]finding.Verdict{
		"403 forbidden":               finding.Warn,
		"403 accountDisabled":         finding.Fail,
		"403 insufficientPermissions": finding.Fail,
		"401 authError":               finding.Fail,
		"400 required":                finding.CannotSay,
		"503 backendError":            finding.CannotSay,
	} {
		s, _ := with(map[string]string{"list": said})
		requireOne(t, s.run(t, "live-gcs-access"), "live-gcs-access", want, said)
	}
	s, g := with(nil)
	g.rights = []string{"get", "list"}
	requireOne(t, s.run(t, "live-gcs-rights"), "live-gcs-rights", finding.Warn, "lacks storage.objects.create, storage.objects.delete")
	s, _ = with(map[string]string{"rights": "501 notImplemented"})
	requireOne(t, s.run(t, "live-gcs-rights"), "live-gcs-rights", finding.CannotSay, "501 notImplemented So it is.")
	for _, what := range []string{"PUT", "GET", "DELETE"} {
		s, _ := with(map[string]string{what: "403 retentionPolicyNotMet"})
		s.o.ProbeWrites = true
		r := s.run(t, "live-gcs-write")
		requireOne(t, r, "live-gcs-write", finding.Fail, strings.ToLower(what)+" meadow/druid/segments/.implycheck-")
		require.Contains(t, one(t, r, "live-gcs-write").Current, "403 retentionPolicyNotMet")
		require.Equal(t, what == "DELETE", hasFinding(r, "delete it by hand"))
	}
	s, _ = with(nil)
	s.files["conf/druid/historical/jvm.config"] += "-Dhttps.proxyHost=proxy.example\n"
	requireOne(t, s.run(t, "live-gcs-access"), "live-gcs-access", finding.CannotSay, "proxy.example")
}

// The credentials are looked for where Google's libraries look.
func TestGCSCredentials(t *testing.T) {
	url, _ := googleServer(t, nil)
	s := withGoogle(t, url, "meadow")
	access := func(target string, want finding.Verdict, says string) {
		t.Helper()
		s.target = target
		r := s.run(t, "live-gcs-access")
		requireOne(t, r, "live-gcs-access", want, says)
		require.NotContains(t, hiddenIn(r), "PRIVATE KEY")
		require.NotContains(t, hiddenIn(r), "token-of-meadow")
	}
	home := t.TempDir()
	for name, value := range map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "", "CLOUDSDK_CONFIG": "", "HOME": home, "GCE_METADATA_HOST": strings.TrimPrefix(url, "http://")} {
		t.Setenv(name, value)
	}
	access("", finding.Pass, "the machine's service account herd@meadow.example")
	t.Setenv("GCE_METADATA_HOST", fmt.Sprintf("127.0.0.1:%d", freePort(t)))
	access("", finding.CannotSay, "neither GOOGLE_APPLICATION_CREDENTIALS nor gcloud")

	gcloud := filepath.Join(home, ".config", "gcloud", "application_default_credentials.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(gcloud), 0o755))
	require.NoError(t, os.Rename(serviceAccount(t, url, nil), gcloud))
	access("", finding.Pass, gcloud)

	file := func(change func(map[string]string)) {
		t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, url, change))
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", home+"/none.json")
	access("", finding.Fail, "none.json: no such file")
	file(func(f map[string]string) { f["type"] = "sheep" })
	access("", finding.Fail, `an unknown type ("sheep")`)
	file(func(f map[string]string) { f["type"] = "gdch_service_account" }) // which Druid reads, from 29 on
	access("druid-33", finding.CannotSay, "Google Distributed Cloud")
	file(func(f map[string]string) { f["private_key"] = "not a key" })
	access("", finding.Fail, "private key")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", passwordFile(t, home, "key=value"))
	access("", finding.Fail, "is not JSON")
	refuses, _ := googleServer(t, map[string]string{"token": "401 invalid_grant"})
	file(func(f map[string]string) { f["token_uri"] = refuses + "/token" })
	access("", finding.Fail, "is refused: 401")
	file(func(f map[string]string) { f["token_uri"] = fmt.Sprintf("http://127.0.0.1:%d/token", freePort(t)) })
	access("", finding.CannotSay, "no token for")

	// Who takes his token from a program: none is started, allowed or not.
	t.Setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
	ran := filepath.Join(home, "ran")
	pool := `{"type":"external_account","audience":"//iam.example/pool","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"` + url +
		`/token","credential_source":{"executable":{"command":"/usr/bin/touch ` + ran + `","timeout_millis":5000}}}`
	for _, text := range []string{pool, `{"type":"impersonated_service_account","service_account_impersonation_url":"` + url + `/token","source_credentials":` + pool + `}`} {
		require.NoError(t, os.WriteFile(home+"/pool.json", []byte(text), 0o600))
		t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", home+"/pool.json")
		access("druid-33", finding.CannotSay, "from a program")
		require.NoFileExists(t, ran)
	}

	// What Druid up to 28 reads is less.
	for target, want := range map[string]finding.Verdict{"druid-28": finding.Fail, "druid-33": finding.Pass} {
		s.answers = map[string]facts.Answer{"google gs://meadow/druid/segments": {Store: &facts.Bucket{Credentials: "pool.json", Type: "external_account", List: 200}}}
		access(target, want, "pool.json")
	}
}
