package preflight_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// liveProgram is a program that tools/live/servers.sh has brought.
func liveProgram(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv("IMPLYCHECK_LIVE") == "" || testing.Short() {
		t.Skip("make test-live runs the servers that take long")
	}
	path := filepath.Join(os.Getenv("IMPLYCHECK_LIVE"), name)
	require.FileExists(t, path, "tools/live/servers.sh brings it")
	return path
}

// Azurite, which looks at keys, signatures and rights.
func TestLiveAzure(t *testing.T) {
	azurite, node := liveProgram(t, "azurite/node_modules/azurite/dist/src/blob/main.js"), program(t, "node")
	dir, port := t.TempDir(), freePort(t)
	t.Setenv("AZURITE_ACCOUNTS", "flock:"+azureKey)
	start(t, nil, dir, node, azurite, "--blobHost", "127.0.0.1", "--blobPort", fmt.Sprint(port), "-l", dir, "--disableTelemetry", "--skipApiVersionCheck")
	url := "http://" + listening(t, port)
	key, err := azblob.NewSharedKeyCredential("flock", azureKey)
	require.NoError(t, err)
	flock, err := service.NewClientWithSharedKeyCredential(url+"/flock", key, nil)
	require.NoError(t, err)
	meadow := flock.NewContainerClient("meadow")
	_, err = meadow.Create(t.Context(), nil)
	require.NoError(t, err)

	signed := func(signedURL string, err error) string {
		t.Helper()
		require.NoError(t, err)
		_, signature, _ := strings.Cut(signedURL, "?")
		return "druid.azure.sharedAccessStorageToken=" + signature
	}
	later := time.Now().Add(100 * 24 * time.Hour)
	inside := sas.AccountResourceTypes{Container: true, Object: true}
	all := sas.AccountPermissions{Read: true, Write: true, Delete: true, List: true, Add: true, Create: true}
	noList := all
	noList.List = false
	objects := sas.AccountResourceTypes{Object: true}
	account, err := signedFor(key, url, all, inside, later)
	require.NoError(t, err)
	ended, err := signedFor(key, url, all, inside, time.Now().Add(-time.Hour))
	require.NoError(t, err)
	blind, err := signedFor(key, url, noList, inside, later)
	require.NoError(t, err)
	narrow, err := signedFor(key, url, all, objects, later)
	require.NoError(t, err)
	ofContainer := signed(meadow.GetSASURL(sas.ContainerPermissions{Read: true, Write: true, Delete: true, List: true, Add: true, Create: true}, later, nil))
	wrongKey := "druid.azure.key=" + strings.Repeat("d3Jvbmc3", 11)
	none := finding.Verdict("")
	for name, c := range map[string]struct {
		target, container, login  string
		access, signature, writes finding.Verdict
		says, writing             string
	}{
		"all is well":              {"druid-38", "meadow", withKey, finding.Pass, none, finding.Pass, "may be listed", "wrote meadow/"},
		"an older release":         {"druid-28", "meadow", withKey, finding.Pass, none, finding.Pass, "may be listed", "wrote meadow/"},
		"key":                      {"druid-38", "meadow", wrongKey, finding.Fail, none, finding.CannotSay, "403 AuthorizationFailure", "nothing was written"},
		"container":                {"druid-38", "prairie", withKey, finding.Warn, none, finding.CannotSay, "404 ContainerNotFound", "nothing was written"},
		"signature":                {"druid-38", "meadow", account, finding.Pass, finding.Pass, finding.Pass, "may be listed", "wrote meadow/"},
		"signature that has ended": {"druid-38", "meadow", ended, finding.Fail, finding.Fail, finding.CannotSay, "403 Auth", "nothing was written"},
		"signature without list":   {"druid-38", "meadow", blind, finding.Warn, finding.Warn, finding.CannotSay, "403 AuthorizationPermissionMismatch", "nothing was written"},
		"signature of objects":     {"druid-38", "meadow", narrow, finding.Warn, finding.Warn, finding.CannotSay, "403 AuthorizationResourceTypeMismatch", "nothing was written"},
		"signature of a container": {"druid-38", "meadow", ofContainer, finding.Pass, finding.Warn, finding.Fail, "may be listed", "make the container meadow"},
		"the same, and older":      {"druid-28", "meadow", ofContainer, finding.Pass, finding.Warn, finding.Fail, "may be listed", "look at the container meadow"},
	} {
		s := withAzure(t, url, c.container, c.login)
		s.target, s.cloud, s.o.ProbeWrites = c.target, url+"/flock", true
		r := s.run(t, "live-azure-*")
		t.Log(name, rows(r, "live-azure-access"), rows(r, "live-azure-signature"), rows(r, "live-azure-write"))
		requireOne(t, r, "live-azure-access", c.access, c.says)
		requireOne(t, r, "live-azure-write", c.writes, c.writing)
		if c.signature != none {
			requireOne(t, r, "live-azure-signature", c.signature, "")
		}
		require.NotContains(t, hiddenIn(r), "sig=")
		left, err := meadow.NewListBlobsFlatPager(nil).NextPage(t.Context())
		require.NoError(t, err)
		require.Empty(t, left.Segment.BlobItems, name)
	}
}

// signedFor is a property with the signature of an account.
func signedFor(key *azblob.SharedKeyCredential, url string, may sas.AccountPermissions, in sas.AccountResourceTypes, until time.Time) (string, error) {
	values := sas.AccountSignatureValues{
		Version: sas.Version, Protocol: sas.ProtocolHTTPSandHTTP, ExpiryTime: until.UTC(), Permissions: may.String(), ResourceTypes: in.String(),
	}
	query, err := values.SignWithSharedKey(key)
	return "druid.azure.sharedAccessStorageToken=" + query.Encode(), err
}

// fake-gcs-server, which does not look at tokens.
func TestLiveGCS(t *testing.T) {
	server, dir, port := liveProgram(t, "fake-gcs-server"), t.TempDir(), freePort(t)
	start(t, nil, dir, server, "-scheme", "http", "-host", "127.0.0.1", "-port", fmt.Sprint(port), "-backend", "memory", "-public-host", fmt.Sprintf("127.0.0.1:%d", port))
	url := "http://" + listening(t, port)
	response, err := http.Post(url+"/storage/v1/b?project=meadow", "application/json", strings.NewReader(`{"name":"meadow"}`))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	tokens, _ := googleServer(t, nil)
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, tokens, nil))

	s := withGoogle(t, url, "meadow")
	s.o.ProbeWrites = true
	r := s.run(t, "live-gcs-*")
	t.Log(rows(r, "live-gcs-access"), rows(r, "live-gcs-rights"), rows(r, "live-gcs-write"))
	requireOne(t, r, "live-gcs-access", finding.Pass, "account.json")
	requireOne(t, r, "live-gcs-write", finding.Pass, "wrote meadow/druid/segments/.implycheck-")
	s = withGoogle(t, url, "prairie")
	s.o.ProbeWrites = true
	r = s.run(t, "live-gcs-*")
	requireOne(t, r, "live-gcs-access", finding.Fail, "404")
	requireOne(t, r, "live-gcs-write", finding.CannotSay, "nothing was written")
}
