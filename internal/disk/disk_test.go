package disk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// lay makes folders (name/), files, links (name -> target) and returns their
// folder's real path.
func lay(t *testing.T, names ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, name := range names {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		if name[len(name)-1] == '/' {
			require.NoError(t, os.MkdirAll(full, 0o755))
			continue
		}
		require.NoError(t, os.WriteFile(full, []byte(name), 0o644))
	}
	return dir
}

func link(t *testing.T, target, name string) {
	t.Helper()
	require.NoError(t, os.Symlink(target, name))
}

func TestRepository(t *testing.T) {
	dir := lay(t, "repo/.git/", "repo/conf/broker/", "repo/sub/.git", "repo/sub/conf/", "outside/conf/", "other/.git/", "other/conf/",
		"repo/bare/HEAD", "repo/bare/config", "repo/bare/objects/", "repo/bare/refs/", "repo/bare/conf/", "linked/conf/")
	link(t, "../outside", filepath.Join(dir, "repo/out"))
	link(t, "../other", filepath.Join(dir, "repo/other"))
	link(t, "repo/conf", filepath.Join(dir, "in"))
	link(t, "../repo/.git", filepath.Join(dir, "linked/.git"))
	for path, want := range map[string][2]string{
		"repo":             {"repo", "."},
		"repo/conf/broker": {"repo", "conf/broker"},
		"repo/conf/none/x": {"repo", "conf/none/x"},
		"repo/sub/conf":    {"repo/sub", "conf"},
		"in/broker":        {"repo", "conf/broker"},
		"repo/out/conf":    {"repo", "out/conf"},
		"repo/other/conf":  {"repo", "other/conf"}, // the link is this repository's choice
		"repo/bare/conf":   {"repo", "bare/conf"},
		"outside/conf":     {},
		"linked/conf":      {},
	} {
		top, rest, err := Repository(filepath.Join(dir, path))
		require.NoError(t, err)
		if want[0] != "" {
			want[0] = filepath.Join(dir, want[0])
		}
		require.Equal(t, want, [2]string{top, filepath.ToSlash(rest)}, path)
	}
}

func TestTop(t *testing.T) {
	dir := lay(t, "here/conf/", "elsewhere/conf/file", "here/repo/.git/", "here/repo/conf/")
	link(t, "../elsewhere", filepath.Join(dir, "here/out"))
	link(t, "elsewhere/conf", filepath.Join(dir, "conf"))
	link(t, "here", filepath.Join(dir, "alias"))
	t.Chdir(filepath.Join(dir, "alias"))
	for path, want := range map[string][2]string{
		"conf":                              {"here", "conf"},
		".":                                 {"here", "."},
		"out/conf":                          {"here", "out/conf"},
		"repo/conf":                         {"here/repo", "conf"},
		filepath.Join(dir, "here/conf"):     {"here", "conf"},
		filepath.Join(dir, "alias/out/x"):   {"here", "out/x"},
		"../elsewhere/conf":                 {"elsewhere/conf", "."},
		"../elsewhere/conf/file":            {"elsewhere/conf", "file"},
		"../conf/new/file":                  {"elsewhere/conf", "new/file"},
		filepath.Join(dir, "elsewhere/new"): {"elsewhere", "new"},
	} {
		top, rest, err := Top(path)
		require.NoError(t, err)
		require.Equal(t, [2]string{filepath.Join(dir, want[0]), want[1]}, [2]string{top, filepath.ToSlash(rest)}, path)
	}
}

// A link of a repository leads nowhere else, however the path to it is written; one
// of the user's leads where it leads.
func TestStays(t *testing.T) {
	dir := lay(t, "repo/.git/", "repo/conf/x", "repo/sub/.git", "outside/conf/x", "other/.git/", "other/conf/x")
	link(t, "../outside/conf", filepath.Join(dir, "repo/out"))
	link(t, "../other/conf", filepath.Join(dir, "repo/other"))
	link(t, "conf", filepath.Join(dir, "repo/in"))
	link(t, "../conf", filepath.Join(dir, "repo/sub/up"))
	link(t, "repo/conf", filepath.Join(dir, "mine"))
	link(t, "outside/conf", filepath.Join(dir, "any"))
	t.Chdir(dir)
	for _, path := range []string{"repo", "repo/conf", "repo/in", "repo/in/x", "mine", "any", "outside/conf", "repo/none", "other/conf", filepath.Join(dir, "repo/in")} {
		require.NoError(t, Stays(path), path)
	}
	for path, real := range map[string]string{
		"repo/out": "outside/conf", "repo/out/x": "outside/conf/x", "repo/other": "other/conf", "repo/conf/../out": "outside/conf",
		filepath.Join(dir, "repo/out"): "outside/conf", "repo/sub/up": "repo/conf",
	} {
		require.EqualError(t, Stays(path), "a link leads out of the repository, to "+filepath.Join(dir, real)+": name that, if it is meant", path)
	}
	t.Chdir(filepath.Join(dir, "repo/conf"))
	require.Error(t, Stays("../out"))
}

// What a file in a repository names stays in it.
func TestBeside(t *testing.T) {
	dir := lay(t, "repo/.git/", "repo/clusters/.implycheck.yaml", "repo/known.jsonl", "secret", "plain/.implycheck.yaml", "known.jsonl")
	link(t, "../secret", filepath.Join(dir, "repo/out"))
	link(t, "known.jsonl", filepath.Join(dir, "repo/in"))
	link(t, "..", filepath.Join(dir, "repo/up"))
	link(t, filepath.Join(dir, "repo/known.jsonl"), filepath.Join(dir, "repo/absolute"))
	read := func(file, path string) (string, error) {
		n, err := Bounded(filepath.Join(dir, file))
		require.NoError(t, err)
		if n, err = n.Beside(path); err != nil {
			return "", err
		}
		data, err := n.Read(100)
		return string(data), err
	}
	const config = "repo/clusters/.implycheck.yaml"
	for _, path := range []string{"../known.jsonl", "../clusters/../known.jsonl", "../in"} {
		got, err := read(config, path)
		require.NoError(t, err, path)
		require.Equal(t, "repo/known.jsonl", got)
	}
	for _, path := range []string{filepath.Join(dir, "repo/known.jsonl"), "../../secret", "../out", "../up/secret", "../absolute", "/etc/passwd", "../up/../../secret"} {
		_, err := read(config, path)
		require.ErrorIs(t, err, ErrOutside, path)
	}
	_, err := read("plain/.implycheck.yaml", "../known.jsonl")
	require.ErrorIs(t, err, ErrOutside, "without a repository the folder bounds")
	_, err = read(config, "none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestRead(t *testing.T) {
	dir := lay(t, "file", "folder/b", "folder/a")
	data, err := User(filepath.Join(dir, "file")).Read(4)
	require.NoError(t, err)
	require.Equal(t, "file", string(data))
	_, err = User(filepath.Join(dir, "file")).Read(3)
	require.Equal(t, TooLargeError{3}, err)
	require.EqualError(t, TooLargeError{2 << 20}, "it is larger than 2 MiB")
	require.EqualError(t, TooLargeError{256 << 10}, "it is larger than 256 KiB")
	_, err = User(filepath.Join(dir, "folder")).Read(3)
	require.EqualError(t, err, "it is a folder, and no regular file")
	names, err := User(filepath.Join(dir, "folder")).List(5)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a", "b"}, names)
	names, err = User(filepath.Join(dir, "folder")).List(1)
	require.NoError(t, err)
	require.Len(t, names, 1)
	_, err = User(filepath.Join(dir, "file")).List(5)
	require.ErrorIs(t, err, ErrNoFolder)
	require.Equal(t, filepath.Join(dir, "folder/a"), User(filepath.Join(dir, "folder")).In("a").Path)
}
