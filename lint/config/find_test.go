package config

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// write lays files into a folder of their own, which becomes the working
// directory.
func write(t *testing.T, files map[string]string) {
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

// TestFind: the nearest file counts, and none above the repository.
func TestFind(t *testing.T) {
	write(t, map[string]string{
		Name: "version: 1\n", "a/" + Name: "version: 1\n", "a/b/conf/x": "", "repo/.git": "gitdir: elsewhere\n", "repo/conf/x": "",
		"c/conf/x": "", "d.tar.gz": "",
	})
	var f Finder
	for path, want := range map[string]string{
		"a/b/conf": "a/" + Name, "a": "a/" + Name, "a/b/conf/x": "a/" + Name, "c/conf": Name, ".": Name, "c/conf/../../a": "a/" + Name,
		"repo/conf": "", "d.tar.gz/conf": Name, "not/there": Name,
	} {
		c, err := f.Find(path)
		require.NoError(t, err)
		require.Equal(t, want, c.File, path)
	}
	require.NoError(t, os.Remove(Name))
	c, err := f.Find("c")
	require.NoError(t, err)
	require.Equal(t, Name, c.File, "a file is read once")

	none := Finder{None: true}
	c, err = none.Find("a")
	require.NoError(t, err)
	require.Empty(t, c.File)
	named := Finder{File: "a/" + Name}
	c, err = named.Find("c/conf")
	require.NoError(t, err)
	require.Equal(t, "a/"+Name, c.File)
}

func TestFindTellsWhatIsWrong(t *testing.T) {
	write(t, map[string]string{"a/" + Name: "version: 2\n", "b/" + Name + "/x": "", "big.yaml": string(make([]byte, maxSize+1))})
	var f Finder
	_, err := f.Find("a/conf")
	require.EqualError(t, err, "a/"+Name+":1:10: this version is not known to this implycheck: write 1")
	_, err = f.Find("b/conf")
	require.EqualError(t, err, "b/"+Name+": this config file cannot be read: it is a folder, and no regular file")
	_, err = (&Finder{File: "not-there.yaml"}).Find("a")
	require.ErrorContains(t, err, "not-there.yaml")
	_, err = (&Finder{File: "big.yaml"}).Find("a")
	require.EqualError(t, err, "big.yaml: this config file cannot be read: it is larger than 256 KiB")
}

// TestPathsStartAtTheFile, wherever the command runs and however paths are
// written.
func TestPathsStartAtTheFile(t *testing.T) {
	write(t, map[string]string{"repo/" + Name: "version: 1\nexclude: [old/**]\nbaseline: known.json\n", "repo/old/conf/x": ""})
	work, err := os.Getwd()
	require.NoError(t, err)
	for _, at := range []struct{ dir, path string }{
		{".", "repo/old/conf"}, {"repo", "old/conf"}, {"repo/old", "conf"}, {"repo/old/conf", "."}, {".", filepath.Join(work, "repo/old/conf")},
	} {
		t.Run(at.dir, func(t *testing.T) {
			t.Chdir(filepath.Join(work, at.dir))
			var f Finder
			c, err := f.Find(at.path)
			require.NoError(t, err)
			s := c.For(at.path)
			require.True(t, s.Excluded(at.path))
			baseline, err := filepath.Abs(s.Baseline)
			require.NoError(t, err)
			require.Equal(t, filepath.Join(work, "repo", "known.json"), baseline)
		})
	}
}

func TestGlob(t *testing.T) {
	for pattern, paths := range map[string]map[string]bool{
		"**":               {"a": true, "a/b/c": true, ".": true},
		"a":                {"a": true, "a/b": true, "ab": false, "b/a": false},
		"a/":               {"a": true, "a/b": true},
		"./a":              {"a": true},
		"a/**":             {"a": true, "a/b/c": true, "ab": false},
		"a/*/c":            {"a/b/c": true, "a/b/c/d": true, "a/c": false, "a/b/d/c": false},
		"**/c":             {"c": true, "a/c": true, "a/b/c/d": true, "ac": false},
		"a/**/c":           {"a/c": true, "a/b/c": true, "a/b/b/c": true, "ac": false, "b/a/c": false},
		"**/a/**/c":        {"a/c": true, "x/a/y/c": true, "x/c": false},
		"*.config":         {"jvm.config": true, "a/jvm.config": false, "jvmxconfig": false},
		"dc?/conf":         {"dc1/conf": true, "dc10/conf": false, "dc//conf": false},
		"../other/**/conf": {"../other/a/conf": true, "other/a/conf": false},
		"a(b)[c]+":         {"a(b)[c]+": true, "ab": false},
	} {
		g, err := newGlob(pattern)
		require.NoError(t, err)
		for path, want := range paths {
			require.Equal(t, want, g.Match(path), "%s on %s", pattern, path)
		}
	}
}

// TestFoundFilesStayInTheRepository: a link is followed as far as the repository
// goes. A file that the user names may be anywhere.
func TestFoundFilesStayInTheRepository(t *testing.T) {
	const text = "version: 1\ntarget: druid-28\n"
	write(t, map[string]string{
		"out.yaml": text, "repo/.git/HEAD": "", "repo/shared/config.yaml": text, "repo/a/x": "", "repo/b/x": "", "repo/c/x": "", "plain/x": "", "other/" + Name: text,
	})
	link := func(target, name string) { require.NoError(t, os.Symlink(target, name)) }
	link("../../out.yaml", "repo/a/"+Name)
	link("../shared/config.yaml", "repo/b/"+Name)
	link("../../other", "repo/c/out")
	link("../out.yaml", "plain/"+Name)
	var f Finder
	c, err := f.Find("repo/b")
	require.NoError(t, err)
	require.Equal(t, "repo/b/"+Name, c.File)
	for _, dir := range []string{"repo/a", "repo/c/out", "plain"} {
		_, err = f.Find(dir)
		require.EqualError(t, err, dir+"/"+Name+": this config file cannot be read: it leads out of its repository or folder")
	}
	c, err = (&Finder{File: "plain/" + Name}).Find("repo/a")
	require.NoError(t, err)
	require.Equal(t, "plain/"+Name, c.File)
}

// A file system in the place of the disk has its own top, and what a file names there
// is not looked for.
func TestFindInFiles(t *testing.T) {
	files := fstest.MapFS{
		".implycheck.yaml":         {Data: []byte("version: 1\ntarget: druid-33\npolicies: [p.cue]\nbaseline: known.jsonl\nrules: {of-a-policy: warning}\n")},
		"a/conf/.implycheck.yaml":  {Data: []byte("version: 1\ntarget: druid-28\n")},
		"broken/.implycheck.yaml":  {Data: []byte("version: 2\n")},
		"large/.implycheck.yaml":   {Data: make([]byte, maxSize+1)},
		"a/druid/broker/readme.md": {},
	}
	for path, want := range map[string]string{".": "druid-33", "./a": "druid-33", "a/conf/druid": "druid-28", "../../b.zip/conf": "druid-33"} {
		c, err := (&Finder{Files: files}).Find(path)
		require.NoError(t, err)
		s := c.For(path)
		require.Equal(t, want, s.Target.Name, path)
		require.Empty(t, s.Policies())
		require.Empty(t, s.BaselineFile().Path)
		require.NoError(t, c.CheckRules(nil))
	}
	_, err := (&Finder{Files: files}).Find("broken")
	require.EqualError(t, err, "broken/.implycheck.yaml:1:10: this version is not known to this implycheck: write 1")
	_, err = (&Finder{Files: files}).Find("large/x")
	require.EqualError(t, err, "large/.implycheck.yaml: this config file cannot be read: it is larger than 256 KiB")
}
