package preflight_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// azureKey is a key of an account, which Azure makes of 64 bytes.
const azureKey = "c2VjcmV0LW9mLW1lYWRvdy1zZWNyZXQtb2YtbWVhZG93LXNlY3JldC1vZi1tZWFkb3ctc2VjcmV0LW8="

// blobs is an account of Azure with the container meadow, as far as preflight goes. What
// refuses says, it says to a request; make test-live asks Azurite the same.
type blobs struct {
	sync.Mutex
	t *testing.T
	// login is what a request has to show, refuse what is said to it: "403 Code".
	login  string
	refuse map[string]string
	held   map[string]string
	made   bool
}

func azureServer(t *testing.T, login string, refuse map[string]string) (url string, b *blobs) {
	t.Helper()
	b = &blobs{t: t, login: login, refuse: refuse, held: map[string]string{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return server.URL, b
}

func (b *blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.Lock()
	defer b.Unlock()
	name, isBlob := strings.CutPrefix(r.URL.Path, "/flock/meadow/")
	what := r.Method + map[bool]string{true: " blob", false: " container"}[isBlob]
	if r.URL.Query().Get("comp") == "list" {
		what = "list"
	}
	if r.Method == http.MethodHead && r.URL.Path == "/flock" {
		return // for its clock
	}
	if !strings.HasPrefix(r.Header.Get("Authorization")+r.URL.RawQuery, b.login) && !strings.Contains(r.URL.RawQuery, b.login) {
		b.t.Errorf("%s %s has no login: %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
	}
	said := b.refuse[what]
	if said == "" && !strings.HasPrefix(r.URL.Path, "/flock/meadow") {
		said = "404 ContainerNotFound"
	}
	if said == "" && what == "PUT container" {
		said, b.made = "409 ContainerAlreadyExists", true
	}
	if said != "" {
		status, code := refusal(said)
		w.Header().Set("X-Ms-Error-Code", code)
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "%s<Error><Code>%s</Code><Message>So it is.\nRequestId:1</Message></Error>", xml.Header, code)
		}
		return
	}
	switch what {
	case "list":
		fmt.Fprint(w, xml.Header+`<EnumerationResults ContainerName="meadow"><Blobs/><NextMarker/></EnumerationResults>`)
	case "PUT blob":
		text, _ := io.ReadAll(r.Body)
		b.held[name] = string(text)
		w.WriteHeader(http.StatusCreated)
	case "GET blob":
		fmt.Fprint(w, b.held[name])
	case "DELETE blob":
		delete(b.held, name)
		w.WriteHeader(http.StatusAccepted)
	}
}

// withAzure is a cluster that keeps its segments there, as Druid 36 and later reach
// Azurite.
func withAzure(t *testing.T, url, container, login string) *setup {
	t.Helper()
	s := newSetup(t, fmt.Sprintf("druid.storage.type=azure\ndruid.azure.account=flock\ndruid.azure.container=%s\ndruid.azure.prefix=druid/segments\n"+
		"druid.azure.protocol=azurite\ndruid.azure.storageAccountEndpointSuffix=%s\n%s\n", container, strings.TrimPrefix(url, "http://"), login))
	s.target = "druid-38"
	return s
}

const withKey = "druid.azure.key=" + azureKey

func TestAzure(t *testing.T) {
	t.Parallel()
	url, b := azureServer(t, "SharedKey flock:", nil)
	s := withAzure(t, url, "meadow", withKey)
	r := s.run(t, "live-azure-*", "live-storage-reach", "live-clock-offset")
	requireOne(t, r, "live-azure-access", finding.Pass, "may be listed, credentials of the account's key")
	requireOne(t, r, "live-clock-offset", finding.Pass, "±")
	require.Equal(t, url+"/flock/meadow/druid/segments", one(t, r, "live-azure-access").Target)
	require.Len(t, r.Checks, 2, "no signature, nothing to write, and no second word of whether it listens")
	require.Empty(t, r.Findings)

	s.o.ProbeWrites = true
	var told []string
	s.o.Announce = func(what []string) { told = what }
	requireOne(t, s.run(t, "live-azure-write"), "live-azure-write", finding.Pass, "wrote meadow/druid/segments/.implycheck-")
	require.Empty(t, b.held, "what was written is gone")
	require.True(t, b.made, "the container was asked for as Druid does")
	require.Equal(t, []string{"an object .implycheck-* below " + url + "/flock/meadow/druid/segments"}, told)

	s.files[common] += "druid.indexer.logs.type=azure\ndruid.indexer.logs.container=meadow\ndruid.indexer.logs.prefix=logs\n"
	r = s.run(t, "live-azure-access", "live-clock-offset")
	require.Len(t, rows(r, "live-azure-access"), 2)
	requireOne(t, r, "live-clock-offset", finding.Pass, "±")

	// Task logs, and a container that is yet to be made.
	logs := newSetup(t, "druid.indexer.logs.type=azure\ndruid.indexer.logs.container=prairie\ndruid.indexer.logs.prefix=logs\n"+
		"druid.azure.account=flock\ndruid.azure.protocol=azurite\ndruid.azure.storageAccountEndpointSuffix="+strings.TrimPrefix(url, "http://")+"\n"+withKey+"\n")
	logs.target, logs.o.ProbeWrites = "druid-38", true
	r = logs.run(t, "live-azure-*")
	requireOne(t, r, "live-azure-access", finding.Warn, "404 ContainerNotFound")
	requireOne(t, r, "live-azure-write", finding.CannotSay, "nothing was written")

	free := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	requireOne(t, withAzure(t, free, "meadow", withKey).run(t, "live-azure-access"), "live-azure-access", finding.Fail, "refused")
	requireOne(t, withAzure(t, url, "meadow", "druid.azure.key=no base64!").run(t, "live-azure-access"), "live-azure-access", finding.Fail, "not base64")
	s = withAzure(t, url, "meadow", withKey)
	s.files["conf/druid/historical/jvm.config"] += "-Dhttps.proxyHost=proxy.example\n"
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.CannotSay, "proxy.example")
}

// What Azure answers to those who may not.
func TestAzureRefusals(t *testing.T) {
	t.Parallel()
	with := func(refuse map[string]string) *setup {
		url, _ := azureServer(t, "SharedKey flock:", refuse)
		return withAzure(t, url, "meadow", withKey)
	}
	for said, want := range map[string]finding.Verdict{
		"403 AuthenticationFailed":               finding.Fail,
		"403 AuthorizationFailure":               finding.Fail,
		"401 NoAuthenticationInformation":        finding.Fail,
		"403 KeyBasedAuthenticationNotPermitted": finding.Fail,
		"403 AuthorizationPermissionMismatch":    finding.Warn,
		"403 AuthorizationResourceTypeMismatch":  finding.Warn,
		"409 ContainerBeingDeleted":              finding.CannotSay,
		"503 ServerBusy":                         finding.CannotSay,
	} {
		r := with(map[string]string{"list": said}).run(t, "live-azure-access")
		requireOne(t, r, "live-azure-access", want, said)
		require.NotContains(t, hiddenIn(r), azureKey)
	}
	for what, says := range map[string]string{
		"PUT blob":      "put meadow/druid/segments/.implycheck-",
		"GET blob":      "get meadow/druid/segments/.implycheck-",
		"DELETE blob":   "delete meadow/druid/segments/.implycheck-",
		"PUT container": "make the container meadow",
	} {
		s := with(map[string]string{what: "403 AuthorizationFailure"})
		s.o.ProbeWrites = true
		r := s.run(t, "live-azure-write")
		requireOne(t, r, "live-azure-write", finding.Fail, says)
		require.Contains(t, one(t, r, "live-azure-write").Current, "403 AuthorizationFailure So it is.")
		require.Equal(t, what == "DELETE blob", hasFinding(r, "delete it by hand"))
	}
	// Releases up to 28 ask for the container's properties instead.
	url, b := azureServer(t, "SharedKey flock:", map[string]string{"GET container": "403 AuthorizationFailure"})
	s := withAzure(t, url, "meadow", withKey)
	s.target, s.o.ProbeWrites, s.cloud = "druid-28", true, url+"/flock"
	requireOne(t, s.run(t, "live-azure-write"), "live-azure-write", finding.Fail, "look at the container meadow: 403")
	require.False(t, b.made)
}

// A signature says itself what it allows.
func TestAzureSignature(t *testing.T) {
	t.Parallel()
	day := func(days int) string { return time.Now().AddDate(0, 0, days).UTC().Format("2006-01-02T15:04:05Z") }
	const account = "sv=2024-11-04&ss=b&srt=sco&sp=rwdlac&sig=verysecret77%3D"
	url, _ := azureServer(t, "sig=verysecret77", nil)
	for signature, want := range map[string]finding.Verdict{
		account + "&se=" + day(90):                                                    finding.Pass,
		"?" + account + "&se=" + day(90)[:10]:                                         finding.Pass,
		account + "&se=" + day(7):                                                     finding.Warn,
		account + "&se=" + day(-1):                                                    finding.Fail,
		account + "&se=" + day(90) + "&st=" + day(1):                                  finding.Fail,
		strings.Replace(account, "rwdlac", "rl", 1) + "&se=" + day(90):                finding.Fail,
		strings.Replace(account, "rwdlac", "wcl", 1) + "&se=" + day(90):               finding.Fail,
		strings.Replace(account, "rwdlac", "rwl", 1) + "&se=" + day(90):               finding.Warn,
		strings.Replace(account, "rwdlac", "rwd", 1) + "&se=" + day(90):               finding.Warn,
		strings.Replace(account, "srt=sco", "srt=o", 1) + "&se=" + day(90):            finding.Warn,
		strings.Replace(account, "srt=sco", "srt=sc", 1) + "&se=" + day(90):           finding.Fail,
		strings.Replace(account, "ss=b", "ss=f", 1) + "&se=" + day(90):                finding.Fail,
		"sv=2024-11-04&sr=c&sp=racwdl&sig=verysecret77%3D&se=" + day(90):              finding.Warn,
		"sv=2024-11-04&sr=c&si=keeper&sig=verysecret77%3D":                            finding.CannotSay,
		strings.Replace(account, "rwdlac", "rwdlacx", 1) + "&spr=https&se=" + day(60): finding.Pass,
	} {
		r := withAzure(t, url, "meadow", "druid.azure.sharedAccessStorageToken="+signature).run(t, "live-azure-*")
		require.Equal(t, want, one(t, r, "live-azure-signature").Verdict, "%s %v", signature, rows(r, "live-azure-signature"))
		requireOne(t, r, "live-azure-access", finding.Pass, "the shared access signature")
		require.NotContains(t, hiddenIn(r), "verysecret77")
	}
	// Nobody there: the URL that was asked for is not told, for the signature is in it.
	free := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	r := withAzure(t, free, "meadow", "druid.azure.sharedAccessStorageToken="+account).run(t, "live-azure-*")
	requireOne(t, r, "live-azure-access", finding.Fail, "refused")
	requireOne(t, r, "live-azure-signature", finding.CannotSay, "see live-azure-access")
	require.NotContains(t, hiddenIn(r), "verysecret77")
	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(hangsUp.Close)
	r = withAzure(t, hangsUp.URL, "meadow", "druid.azure.sharedAccessStorageToken="+account).run(t, "live-azure-access")
	requireOne(t, r, "live-azure-access", finding.CannotSay, "EOF")
	require.NotContains(t, hiddenIn(r), "sig=")
}

// A token of the machine, as App Service gives it.
func TestAzureChain(t *testing.T) {
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Identity-Header") != "header7" || !strings.HasPrefix(r.URL.Query().Get("resource"), "https://storage.azure.com") {
			t.Errorf("asked for %s", r.URL)
		}
		if r.URL.Query().Get("client_id") != "shepherd" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `{"access_token":"token-of-meadow","expires_on":"%d","token_type":"Bearer","resource":"https://storage.azure.com/"}`, time.Now().Add(time.Hour).Unix())
	}))
	t.Cleanup(identity.Close)
	t.Setenv("IDENTITY_ENDPOINT", identity.URL)
	t.Setenv("IDENTITY_HEADER", "header7")
	for _, name := range []string{"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"} {
		t.Setenv(name, "")
	}
	url, _ := azureServer(t, "Bearer token-of-meadow", nil)
	const chain = "druid.azure.useAzureCredentialsChain=true\ndruid.azure.managedIdentityClientId=shepherd"
	s := withAzure(t, url, "meadow", chain)
	s.cloud = url + "/flock" // and none of its own is one of Azure's
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.CannotSay, "a token of this machine is sent to hosts of Azure alone")
	s.files[common] = strings.ReplaceAll(s.files[common], strings.TrimPrefix(url, "http://"), "z7.blob.core.windows.net")
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.CannotSay, "to hosts of Azure alone, and http://z7") // in clear
	s = withAzure(t, url, "meadow", chain)
	s.cloud = url + "/flock"
	s.files[common] = strings.ReplaceAll(strings.ReplaceAll(s.files[common], "druid.azure.protocol=azurite\n", ""), strings.TrimPrefix(url, "http://"), "z7.blob.storage.azure.net")
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.Pass, "credentials of the machine's identity")
	s.files[common] = strings.Replace(s.files[common], "=shepherd", "=wolf", 1) // a token is kept for who asks again
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.Fail, "403")
	s.files[common] = strings.Replace(s.files[common], "=wolf", "=dog", 1)
	// Without one in the configuration that of the environment is asked for.
	t.Setenv("AZURE_CLIENT_ID", "shepherd")
	s.files[common] = strings.Replace(s.files[common], "druid.azure.managedIdentityClientId=dog", "", 1)
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.Pass, "credentials of the machine's identity")
	identity.Close()
	t.Setenv("AZURE_CLIENT_ID", "cat")
	requireOne(t, s.run(t, "live-azure-access"), "live-azure-access", finding.CannotSay, "neither the environment")
}

// Of the ways to log in Druid takes one, and which it knows depends on the release.
func TestAzureLogins(t *testing.T) {
	t.Parallel()
	const (
		key, signature = withKey + "\n", "druid.azure.sharedAccessStorageToken=sv=1\n"
		chain          = "druid.azure.useAzureCredentialsChain=true\n"
	)
	for _, c := range []struct{ target, login, says string }{
		{"druid-38", key + signature, "druid.azure.key and druid.azure.sharedAccessStorageToken are set together"},
		{"druid-38", key + chain, "set together"},
		{"druid-38", "druid.azure.useAzureCredentialsChain=false\n", "none is set"},
		{"druid-38", "druid.azure.managedIdentityClientId=shepherd\n", "none is set"},
		{"druid-28", key + signature, "set together"},
		{"druid-28", chain, "none is set"},
		{"druid-0.20", signature, "druid.azure.key is not set"},
		{"druid-28", key + chain, ""},
		{"druid-0.20", key + signature, ""},
		{"druid-0.22", key + signature, ""}, // which the next release refuses
		{"druid-0.23", key + signature, "set together"},
		{"druid-29", key + chain, "set together"},
		{"druid-28", "druid.azure.key=\n" + signature, "although the last is empty"},
		{"druid-29", key + "druid.azure.sharedAccessStorageToken=\n", ""},
		{"auto", key + "druid.azure.sharedAccessStorageToken=\n", "depends on its release"},
		{"auto", "", "none is set"},
		{"auto", key, ""},
		{"druid-38", `druid.azure.key={"type":"environment","variable":"KEY"}` + "\n", "no provider of passwords"},
		{"druid-38", "druid.azure.key=${env:NO_SUCH_KEY}\n", "NO_SUCH_KEY is not set here"},
	} {
		url, _ := azureServer(t, "SharedKey flock:", nil)
		s := withAzure(t, url, "meadow", c.login)
		s.target, s.cloud = c.target, url+"/flock"
		if c.target == "auto" { // and none of those that are for Azurite tells it
			s.files[common] = cluster + "druid.storage.type=azure\ndruid.azure.account=flock\ndruid.azure.container=meadow\n" + c.login
		}
		row := one(t, s.run(t, "live-azure-access"), "live-azure-access")
		require.Contains(t, row.Current, c.says, "%+v", c)
		require.Equal(t, c.says == "", row.Verdict == finding.Pass, "%+v %+v", c, row)
	}
}

// druid.azure.prefix came with 0.18.
func TestAzurePrefix(t *testing.T) {
	t.Parallel()
	url, _ := azureServer(t, "SharedKey flock:", nil)
	for target, want := range map[string]string{"druid-0.17": "/meadow/", "druid-0.18": "/meadow/druid/segments"} {
		s := withAzure(t, url, "meadow", withKey)
		s.target, s.cloud = target, url+"/flock"
		row := one(t, s.run(t, "live-azure-access"), "live-azure-access")
		require.Equal(t, finding.Pass, row.Verdict)
		require.True(t, strings.HasSuffix(row.Target, want), row.Target)
	}
}

// A server that repeats the signature, as proxies do on their pages, gives it to nobody.
func TestAzureRepeats(t *testing.T) {
	const sig = "c2VjcmV0LW9mLW1lYWRvdw%3D%3D"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Ms-Error-Code", r.URL.Query().Get("sig"))
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Message>%s %s</Message></Error>", html.EscapeString(r.URL.RawQuery), r.URL.Query().Get("sig"))
	}))
	t.Cleanup(server.Close)
	token := "sv=2022-11-02&ss=b&srt=co&sp=rwdlac&se=2099-01-01T00:00:00Z&sig=" + sig
	t.Setenv("MEADOW_TOKEN", token)
	for _, login := range []string{"${env:MEADOW_TOKEN}", token, "?" + token} {
		s := withAzure(t, server.URL, "meadow", "druid.azure.sharedAccessStorageToken="+login)
		s.o.ProbeWrites = true
		r := s.run(t, "live-azure-*")
		requireOne(t, r, "live-azure-access", finding.Fail, "403")
		require.NotContains(t, hiddenIn(r), "c2VjcmV0LW9mLW1lYWRvdw", login)
	}
}

// An answer that does not end, and one that unpacks to more than there is memory.
func TestStoreFloods(t *testing.T) {
	for _, packed := range []bool{false, true} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			to := io.Writer(w)
			if packed {
				w.Header().Set("Content-Encoding", "gzip")
				to = gzip.NewWriter(w)
			}
			w.WriteHeader(http.StatusForbidden)
			for r.Method != http.MethodHead {
				if _, err := to.Write(bytes.Repeat([]byte("<Error><Message>"), 1<<12)); err != nil {
					return
				}
			}
		}))
		t.Cleanup(server.Close)
		r := withAzure(t, server.URL, "meadow", withKey).run(t, "live-azure-access")
		require.NotContains(t, hiddenIn(r), "in time", "it is not read until the time is up")
		require.Less(t, len(hiddenIn(r)), 30000)
		s := newSetup(t, "druid.storage.type=s3\ndruid.storage.bucket=meadow\ndruid.s3.endpoint.url="+server.URL+"\ndruid.s3.enablePathStyleAccess=true\ndruid.s3.accessKey=a\ndruid.s3.secretKey=rosebud7\n")
		require.Less(t, len(hiddenIn(s.run(t, "live-s3-access"))), 30000)
	}
}
