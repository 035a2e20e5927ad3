package since

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repo is a repository of a test's own; its files are paths and texts.
type repo struct {
	t   *testing.T
	dir string
}

const (
	common = "conf/_common/common.runtime.properties"
	broker = "conf/broker/runtime.properties"
	router = "conf/router/runtime.properties"
)

// newRepo has a commit with a small tree.
func newRepo(t *testing.T) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"} {
		t.Setenv(name, "") // so that it is put back
		require.NoError(t, os.Unsetenv(name))
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	r := repo{t, filepath.Join(dir, "repo")}
	require.NoError(t, os.Mkdir(r.dir, 0o755))
	r.git("init", "-q", "-b", "main")
	r.write(common, "druid.zk.service.host=zk\n")
	r.write(broker, "druid.service=druid/broker\ndruid.port=1\n")
	r.commit()
	return r
}

func (r repo) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r repo) write(name, text string) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	require.NoError(r.t, os.RemoveAll(r.path(name)))
	require.NoError(r.t, os.WriteFile(r.path(name), []byte(text), 0o644))
}

func (r repo) link(target, name string) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	require.NoError(r.t, os.RemoveAll(r.path(name)))
	require.NoError(r.t, os.Symlink(target, r.path(name)))
}

// git runs a command as a user would, in an environment of its own.
func (r repo) git(args ...string) string {
	r.t.Helper()
	return r.gitWith("", args...)
}

func (r repo) gitWith(input string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a.invalid", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a.invalid")
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "git %s: %s", strings.Join(args, " "), out)
	return strings.TrimSpace(string(out))
}

func (r repo) commit() string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "x")
	return r.git("rev-parse", "HEAD")
}

// since gives the old files by their paths in the repository; "-" is one that was
// not there.
func (r repo) since(revision string, paths ...string) (map[string]string, error) {
	r.t.Helper()
	for i := range paths {
		paths[i] = r.path(paths[i])
	}
	if len(paths) == 0 {
		paths = []string{r.path("conf")}
	}
	c, err := Since(context.Background(), revision, paths)
	if err != nil {
		return nil, err
	}
	old := map[string]string{}
	for _, files := range c.old {
		for name, data := range files {
			name = strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(r.dir)+"/")
			old[name] = string(data)
			if data == nil {
				old[name] = "-"
			}
		}
	}
	return old, nil
}

// requireSince compares all that there was.
func (r repo) requireSince(revision string, want map[string]string) {
	r.t.Helper()
	old, err := r.since(revision)
	require.NoError(r.t, err)
	require.Equal(r.t, want, old)
}
