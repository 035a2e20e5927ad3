package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// twoPrograms is a folder of its own with implycheck and its prober.
func twoPrograms(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	dir := t.TempDir()
	for _, name := range []string{"implycheck", proberName} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		program, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), program, 0o755))
	}
	require.NoError(t, os.CopyFS(filepath.Join(dir, "conf"), os.DirFS("../../testdata/demo/conf")))
	return dir
}

// preflightOf runs implycheck preflight in a folder.
func preflightOf(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "implycheck"), append([]string{"preflight"}, args...)...)
	var out, complaint bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &complaint
	cmd.Env = append(os.Environ(), "AWS_EC2_METADATA_DISABLED=true", "HOME="+dir, "PATH=/usr/bin:/bin")
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), complaint.String()
}

// onHost are the checks that leave the machine alone.
const onHost = "live-java,live-memory,live-disk,live-folders,live-extensions,live-ports-free,live-time-zone,live-same-*"

func TestPreflight(t *testing.T) {
	dir := twoPrograms(t)
	code, out, complaint := preflightOf(t, dir, "--role", "data", "--home", ".", "--only", onHost, "conf")
	require.Equal(t, 1, code, complaint)
	require.Empty(t, complaint)
	require.Contains(t, out, "│ fail    │ live-extensions")
	require.Contains(t, out, "mysql-metadata-storage is not in ")
	require.Contains(t, out, "conf/druid/_common/common.runtime.properties:5:27")

	code, out, _ = preflightOf(t, dir, "--role", "data", "--only", "live-memory", "--format", "json", "conf")
	require.Equal(t, 0, code)
	var r finding.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Checks, 1)
	require.Equal(t, finding.Pass, r.Checks[0].Verdict)

	code, _, complaint = preflightOf(t, dir, "--role", "data", "--home", ".", "--only", onHost, "--output", "junit=p.xml", "--output", "html=p.html", "--output", "sarif=p.sarif", "conf")
	require.Equal(t, 1, code, complaint)
	text, err := os.ReadFile(filepath.Join(dir, "p.xml"))
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(text, new(struct{})))
	require.Contains(t, string(text), `<testcase classname="live-time-zone"`)
	text, err = os.ReadFile(filepath.Join(dir, "p.html"))
	require.NoError(t, err)
	require.Contains(t, string(text), "<code>live-time-zone</code>")

	// Gathered here, judged there.
	code, out, complaint = preflightOf(t, dir, "--role", "data", "--home", ".", "--only", onHost, "--gather", "conf")
	require.Equal(t, 0, code, complaint)
	require.NotContains(t, out, "not-a-real-one", "no password is in it")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data1.json"), []byte(out), 0o644))
	require.NoError(t, os.Rename(filepath.Join(dir, proberName), filepath.Join(dir, "away")))
	code, out, complaint = preflightOf(t, dir, "--hosts", "data1.json", "--only", onHost, "conf")
	require.Equal(t, 1, code, complaint)
	require.Contains(t, out, "live-extensions")

	for text, args := range map[string][]string{
		"is neither in the folder of implycheck nor in the PATH": {"--role", "data", "conf"},
		"preflight of what?":                              {},
		`--role: conf configures no "tranquility"`:        {"--role", "tranquility", "conf"},
		"did you mean live-dns?":                          {"--only", "live-dsn", "conf"},
		"write a time from 1s to 1h":                      {"--timeout", "3ms", "conf"},
		"--gather and --hosts exclude each other":         {"--gather", "--hosts", "x", "conf"},
		"--hosts names no file":                           {"--hosts", "", "conf"},
		`--peer: "data1": write ROLE=HOST`:                {"--peer", "data1", "conf"},
		"--hosts: conf was not written by --gather":       {"--hosts", "conf", "conf"},
		"--hosts: p.html: it was not written by --gather": {"--hosts", "p.html", "conf"},
		"two files are of ":                               {"--hosts", "data1.json,data1.json", "conf"},
		"unknown format \"jsn\"":                          {"--format", "jsn", "conf"},
		"unknown flag: --rol; did you mean --role?":       {"--rol", "data", "conf"},
		"did you mean 'live-zk-*'?":                       {"--only", "live-zk", "conf"},
		"--home: nowhere is not a folder":                 {"--home", "nowhere", "conf"},
		"runtime.properties configures no process":        {"--role", "data", "conf/druid/_common/common.runtime.properties"},
		"--skip leaves no check":                          {"--skip", "live-*", "conf"},
		"--deployment: unknown \"several\": write one of": {"--deployment", "several", "conf"},
		"--fail-on": {"--fail-on", "never", "conf"},
	} {
		code, _, complaint := preflightOf(t, dir, args...)
		require.Equal(t, 2, code, text)
		require.Contains(t, complaint, text)
	}
}

// Limits are those that this program was given, whatever its parents have; of open files it
// is the hard one.
func TestPreflightLimits(t *testing.T) {
	dir := twoPrograms(t)
	cmd := exec.Command("bash", "-c", "ulimit -Sn 1024; ulimit -Hn 1900; ulimit -u 3000; exec ./implycheck preflight --role data --only live-nofile,live-nproc --format json conf")
	cmd.Dir = dir
	out, _ := cmd.Output()
	var r finding.Report
	require.NoError(t, json.Unmarshal(out, &r))
	require.Len(t, r.Checks, 2)
	require.Equal(t, "1900 (/proc/self/limits)", r.Checks[0].Current)
	require.Equal(t, "3000 (/proc/self/limits)", r.Checks[1].Current)
}

// The configuration file says for which release, and which deployment, the checks judge;
// a flag counts more.
func TestPreflightSettings(t *testing.T) {
	dir := twoPrograms(t)
	config := "version: 1\ntarget: druid-37\ndeployment: single\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".implycheck.yaml"), []byte(config), 0o644))
	fakeProber(t, dir, `echo '{"name":"java","java":{"home":"/x","from":"PATH","version":"11.0.1","major":11}}'`)
	for _, c := range []struct {
		args                     []string
		target, deployment, said string
	}{
		{nil, "druid-37", "single", "Java 11 is too old: druid-37 wants 17 or 21"},
		{[]string{"--target", "druid-28", "--deployment", "cluster"}, "druid-28", "cluster", ""},
	} {
		_, out, complaint := preflightOf(t, dir, append(c.args, "--only", "live-java", "--format", "json", "conf")...)
		require.Empty(t, complaint)
		var r finding.Report
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Equal(t, c.target, r.Trees[0].Target)
		require.Equal(t, c.deployment, r.Trees[0].Deployment)
		require.Equal(t, c.said == "", len(r.Findings) == 0)
		require.Contains(t, out, c.said)
	}
}

// fakeProber puts a script in the prober's place.
func fakeProber(t *testing.T, dir, script string) {
	t.Helper()
	path := filepath.Join(dir, proberName)
	require.NoError(t, os.RemoveAll(path))
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/bash\n"+script+"\n"), 0o755))
}

// Whatever the prober does, a run ends in time, and what is known counts.
func TestPreflightProber(t *testing.T) {
	dir := twoPrograms(t)
	args := []string{"--role", "data", "--only", "live-java,live-swap", "--timeout", "1s", "conf"}

	fakeProber(t, dir, `read -r line; echo '{"name":"java","java":{"home":"/x","from":"PATH","version":"1.6.0","major":6}}'; exec sleep 30`)
	begin := time.Now()
	code, out, _ := preflightOf(t, dir, args...)
	require.Less(t, time.Since(begin), 6*time.Second)
	require.Equal(t, 1, code, "what fails is not masked by what hangs")
	require.Contains(t, out, "│ fail    │ live-java")
	require.Contains(t, out, "│ unknown │ live-swap")

	fakeProber(t, dir, `echo '{"name":"java","java":{"home":"/x","from":"PATH","version":"1.6.0","major":6}}'; echo '{"name":'; exit 3`)
	code, out, _ = preflightOf(t, dir, args...)
	require.Equal(t, 1, code)
	require.Contains(t, out, "│ unknown │ live-swap")

	fakeProber(t, dir, "echo no such thing >&2; exit 3")
	code, _, complaint := preflightOf(t, dir, args...)
	require.Equal(t, 2, code)
	require.Contains(t, complaint, "no such thing")

	fakeProber(t, dir, "exec sleep 30")
	code, _, _ = preflightOf(t, dir, append(args, "--require-known")...)
	require.Equal(t, 1, code)

	// The words of the questions are not in the arguments, where everybody sees them.
	fakeProber(t, dir, `echo "$#" > arguments; cat > questions`)
	_, _, _ = preflightOf(t, dir, "--role", "master", "--timeout", "1s", "conf")
	text, err := os.ReadFile(filepath.Join(dir, "arguments"))
	require.NoError(t, err)
	require.Equal(t, "0\n", string(text))
}

func TestPreflightInterrupted(t *testing.T) {
	dir := twoPrograms(t)
	fakeProber(t, dir, "trap 'echo ended > ended; exit' TERM; echo $$ > pid; for i in {1..300}; do sleep 0.1; done")
	cmd := exec.Command(filepath.Join(dir, "implycheck"), "preflight", "--role", "data", "conf")
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &complaint
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { text, _ := os.ReadFile(filepath.Join(dir, "pid")); return len(text) > 1 }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	require.Equal(t, 2, cmd.ProcessState.ExitCode())
	require.Contains(t, complaint.String(), "interrupted")
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "ended")); return err == nil }, 5*time.Second, 20*time.Millisecond, "the prober is told")
}

// Checks are explained and listed as rules are.
func TestPreflightDocuments(t *testing.T) {
	var out bytes.Buffer
	require.Equal(t, 0, run([]string{"explain", "live-zk-mode"}, strings.NewReader(""), &out, &out))
	require.Contains(t, out.String(), "live-zk-mode")
	out.Reset()
	require.Equal(t, 0, run([]string{"rules", "--area", "preflight"}, strings.NewReader(""), &out, &out))
	require.Contains(t, out.String(), "live-db-charset")
	out.Reset()
	require.Equal(t, 0, run([]string{"explain", "--format", "json", "live-dns"}, strings.NewReader(""), &out, &out))
	require.Contains(t, out.String(), `"docs": "docs/rules/live-dns.md"`)
}

// A prober that is interrupted takes away what it wrote, even where nobody reads its
// answers any more: implycheck has ended then.
func TestPreflightTidiesUp(t *testing.T) {
	dir := twoPrograms(t)
	var held sync.Map
	put := make(chan struct{}, 1)
	store := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			_, _ = w.Write([]byte("<ListBucketResult/>"))
		case http.MethodPut:
			_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the client is gone
			held.Store(r.URL.Path, true)
			put <- struct{}{}
			<-r.Context().Done()
		case http.MethodDelete:
			held.Delete(r.URL.Path)
		}
	}))
	store.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		time.Sleep(300 * time.Millisecond) // as long as the way to a cloud
		return nil, nil
	}}
	store.StartTLS()
	t.Cleanup(store.Close)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	root := filepath.Join(dir, "root.pem")
	require.NoError(t, os.WriteFile(root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: store.Certificate().Raw}), 0o644))

	cmd := exec.Command(filepath.Join(dir, proberName))
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+root)
	cmd.Stdin = strings.NewReader(`{"seconds":30,"questions":[{"name":"silent","zooKeeperServer":{"address":"` + silent.Addr().String() + `"}},
		{"name":"store","store":{"kind":"s3","endpoint":"` + store.URL + `","bucket":"meadow","pathStyle":true,"accessKey":{"text":"a"},"secret":{"text":"b"},"probe":true}}]}`)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	<-put
	require.NoError(t, out.Close())
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	held.Range(func(name, _ any) bool { t.Errorf("%s was left", name); return true })
}
