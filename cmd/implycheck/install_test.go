package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// published is a release in a folder: an archive with programs that are scripts, and
// SHA256SUMS.
func published(t *testing.T) (folder, archive string) {
	folder = t.TempDir()
	name := fmt.Sprintf("implycheck_9.9.9_%s_%s", runtime.GOOS, runtime.GOARCH)
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, program := range []string{"implycheck", "implycheck-preflight"} {
		text := "#!/bin/sh\necho implycheck 9.9.9\n"
		require.NoError(t, w.WriteHeader(&tar.Header{Name: program, Mode: 0o755, Size: int64(len(text))}))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	archive = filepath.Join(folder, name+".tar.gz")
	require.NoError(t, os.WriteFile(archive, b.Bytes(), 0o644))
	sums := fmt.Sprintf("%x  %s.tar.gz\n%064x  implycheck_9.9.9_other_arch.tar.gz\n%064x  install.sh\n", sha256.Sum256(b.Bytes()), name, 1, 2)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums), 0o644))
	return folder, archive
}

// install runs install.sh in a home of its own.
func install(t *testing.T, shell, home string, environment []string, args ...string) (string, error) {
	script, err := filepath.Abs("../../install.sh")
	require.NoError(t, err)
	cmd := exec.Command(shell, append([]string{script}, args...)...)
	cmd.Dir = home
	cmd.Env = append([]string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}, environment...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func shells(t *testing.T) (found []string) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("install.sh is for Linux and macOS")
	}
	for _, name := range []string{"sh", "dash", "bash", "zsh"} {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	return found
}

func TestInstall(t *testing.T) {
	for _, shell := range shells(t) {
		t.Run(filepath.Base(shell), func(t *testing.T) {
			folder, _ := published(t)
			home := t.TempDir()
			out, err := install(t, shell, home, nil, "--from", "file://"+folder)
			require.NoError(t, err, out)
			require.Contains(t, out, "implycheck 9.9.9 is in "+home+"/.local/bin\n")
			require.Contains(t, out, "is not in your PATH")
			for _, program := range []string{"implycheck", "implycheck-preflight"} {
				info, err := os.Stat(filepath.Join(home, ".local/bin", program))
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o755), info.Mode())
			}

			out, err = install(t, shell, home, []string{"PREFIX=a b"}, "--from", "file://"+folder+"/")
			require.NoError(t, err, out)
			require.FileExists(t, filepath.Join(home, "a b/bin/implycheck"))
		})
	}
}

// TestInstallRefuses: what is not what the release says is installed nowhere.
func TestInstallRefuses(t *testing.T) {
	shell := shells(t)[0]
	edit := func(file string, change func([]byte) []byte) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, change(text), 0o644))
	}
	tests := []struct {
		name, want string
		change     func(sums, archive string)
	}{
		{"changed", "is damaged or was changed", func(_, archive string) { edit(archive, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }) }},
		{"truncated", "is damaged or was changed", func(_, archive string) { edit(archive, func(b []byte) []byte { return b[:len(b)/2] }) }},
		{"empty", "is damaged or was changed", func(_, archive string) { edit(archive, func([]byte) []byte { return nil }) }},
		{"missing", "there is no implycheck_9.9.9_", func(_, archive string) { require.NoError(t, os.Remove(archive)) }},
		{"no sums", "there is no SHA256SUMS", func(sums, _ string) { require.NoError(t, os.Remove(sums)) }},
		{"cut sums", "does not name one archive", func(sums, _ string) { edit(sums, func(b []byte) []byte { return b[:70] }) }},
		{"two archives", "does not name one archive", func(sums, _ string) {
			edit(sums, func(b []byte) []byte { return append(b, bytes.ReplaceAll(b, []byte("9.9.9"), []byte("9.9.8"))...) })
		}},
		{"a way out", "does not name one archive", func(sums, _ string) {
			edit(sums, func(b []byte) []byte {
				return bytes.ReplaceAll(b, []byte("  implycheck_"), []byte("  ../implycheck_"))
			})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder, archive := published(t)
			test.change(filepath.Join(folder, "SHA256SUMS"), archive)
			home := t.TempDir()
			out, err := install(t, shell, home, nil, "--from", "file://"+folder)
			require.Error(t, err)
			require.Contains(t, out, test.want)
			require.NoDirExists(t, filepath.Join(home, ".local"))
		})
	}
	for _, args := range [][]string{{"--from", "http://127.0.0.1:1"}, {"--from"}, {"--from", ""}, {"now"}} {
		out, err := install(t, shell, t.TempDir(), nil, args...)
		require.Error(t, err, args)
		require.Contains(t, out, "install.sh: ", args)
	}
}

// redirecting hands a folder out over HTTPS, leads what is below /away to HTTP, and says
// what makes it trusted.
func redirecting(t *testing.T, folder string) (address string, trust []string) {
	plain := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(plain.Close)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/away/") {
			http.Redirect(w, r, plain.URL+strings.TrimPrefix(r.URL.Path, "/away"), http.StatusFound)
			return
		}
		http.FileServer(http.Dir(folder)).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644))
	settings := filepath.Join(t.TempDir(), "wgetrc")
	require.NoError(t, os.WriteFile(settings, []byte("ca_certificate = "+authority+"\n"), 0o644))
	return server.URL, []string{"CURL_CA_BUNDLE=" + authority, "WGETRC=" + settings, "no_proxy=127.0.0.1"}
}

// TestInstallOverHTTPS downloads as people do, and is not led away from HTTPS.
func TestInstallOverHTTPS(t *testing.T) {
	shell := shells(t)[0]
	installed(t, servers, "curl")
	folder, _ := published(t)
	server, trust := redirecting(t, folder)
	home := t.TempDir()
	out, err := install(t, shell, home, trust, "--from", server)
	require.NoError(t, err, out)
	require.FileExists(t, filepath.Join(home, ".local/bin/implycheck"))
	for address, environment := range map[string][]string{server + "/away": trust, server: {"no_proxy=127.0.0.1"}, server + "/none": trust} {
		home := t.TempDir()
		out, err := install(t, shell, home, environment, "--from", address)
		require.Error(t, err, out)
		require.Contains(t, out, "could not be downloaded")
		require.NoDirExists(t, filepath.Join(home, ".local"))
	}
}

// TestInstallOverHTTPSWithWget: it has no option that forbids to be led to HTTP.
func TestInstallOverHTTPSWithWget(t *testing.T) {
	shell, bin := shells(t)[0], t.TempDir()
	installed(t, servers, "wget")
	for _, name := range []string{"wget", "sh", "uname", "mktemp", "rm", "sed", "cut", "grep", "sha256sum", "shasum", "tar", "gzip", "mkdir", "cat", "cp", "mv", "chmod", "basename"} {
		if program, err := exec.LookPath(name); err == nil {
			require.NoError(t, os.Symlink(program, filepath.Join(bin, name)))
		}
	}
	folder, _ := published(t)
	server, trust := redirecting(t, folder)
	trust = append(trust, "PATH="+bin)
	home := t.TempDir()
	out, err := install(t, shell, home, trust, "--from", server)
	require.NoError(t, err, out)
	require.FileExists(t, filepath.Join(home, ".local/bin/implycheck"))
	home = t.TempDir()
	out, err = install(t, shell, home, trust, "--from", server+"/away")
	require.Error(t, err, out)
	require.Contains(t, out, "could not be downloaded")
	require.NoDirExists(t, filepath.Join(home, ".local"))
}

// TestInstallAsksCosign where it is installed: what it refuses is not installed.
func TestInstallAsksCosign(t *testing.T) {
	shell := shells(t)[0]
	folder, _ := published(t)
	for status, want := range []string{"SHA256SUMS is signed by the release", "SHA256SUMS is not signed by a release of implycheck"} {
		bin := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(bin, "cosign"), fmt.Appendf(nil, "#!/bin/sh\ntest -s \"$3\" && exit %d\n", status), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "SHA256SUMS.sigstore.json"), []byte("{}"), 0o644))
		home := t.TempDir()
		out, err := install(t, shell, home, []string{"PATH=" + bin + ":" + os.Getenv("PATH")}, "--from", "file://"+folder)
		require.Contains(t, out, want)
		require.Equal(t, status == 0, err == nil, out)
		if status != 0 {
			require.NoDirExists(t, filepath.Join(home, ".local"))
		}
	}
	require.NoError(t, os.Remove(filepath.Join(folder, "SHA256SUMS.sigstore.json")))
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "cosign"), []byte("#!/bin/sh\n"), 0o755))
	out, err := install(t, shell, t.TempDir(), []string{"PATH=" + bin + ":" + os.Getenv("PATH")}, "--from", "file://"+folder)
	require.Error(t, err)
	require.Contains(t, out, "there is no SHA256SUMS.sigstore.json")
}
