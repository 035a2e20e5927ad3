package since

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

const (
	zk  = "druid.zk.service.host=zk\n"
	was = "druid.service=druid/broker\ndruid.port=1\n"
)

// What is not committed, staged, committed or in another state of git's index
// counts as it lies on the disk.
func TestOld(t *testing.T) {
	r := newRepo(t)
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
	r.write(broker, "druid.port=2\n")
	r.write(router, "druid.port=3\n")
	r.write("conf/router/notes.txt", "no configuration")
	require.NoError(t, os.Remove(r.path(common)))
	want := map[string]string{common: zk, broker: was, router: "-"}
	r.requireSince("HEAD", want)
	r.git("add", "-A")
	r.requireSince("HEAD", want)
	r.commit()
	r.requireSince("HEAD~1", want)
	r.git("update-index", "--assume-unchanged", broker)
	r.write(broker, "druid.port=4\n")
	r.requireSince("HEAD~1", want)
	r.git("pack-refs", "--all")
	r.git("gc", "-q")
	r.requireSince("main~1", want)
}

// Paths are those of the user, however they are written.
func TestPathsAsGiven(t *testing.T) {
	r := newRepo(t)
	r.write(broker, "druid.service=druid/broker\ndruid.port=2\n")
	t.Chdir(r.path("conf"))
	for path, prefix := range map[string]string{".": "./", "../conf": "../conf/", "../conf/": "../conf/", "./../conf": "./../conf/", r.path("conf"): r.path("conf") + "/"} {
		c, err := Since(t.Context(), "HEAD", []string{path})
		require.NoError(t, err)
		require.Equal(t, was, string(c.Old(path)[prefix+"broker/runtime.properties"]), path)
		found := []finding.Finding{at("a", prefix+"broker/runtime.properties", 2, "x"), at("a", prefix+"broker/runtime.properties", 1, "y")}
		require.Equal(t, found[:1], c.New(found, found))
	}
	c, err := Since(t.Context(), "HEAD", []string{"broker/runtime.properties"})
	require.NoError(t, err)
	require.Equal(t, was, string(c.Old(".")["./broker/runtime.properties"]))
	found := []finding.Finding{at("a", "broker/runtime.properties", 2, "x")}
	require.Equal(t, found, c.New(found, nil))
}

// Links are what they lead to, in the revision as on the disk, as far as that is a
// part of the tree.
func TestLinks(t *testing.T) {
	r := newRepo(t)
	r.write("conf/broker/real", "druid.port=5\n")
	r.write("shared/x.properties", "druid.port=6\n")
	r.link("real", broker)
	r.link("../broker/runtime.properties", router)
	r.link("router", "conf/historical")
	r.link("../../shared/x.properties", "conf/overlord/runtime.properties")
	r.link("/etc/hostname", "conf/coordinator/runtime.properties")
	r.link("runtime.properties", "conf/peon/runtime.properties")
	r.link("..", "conf/middleManager")
	r.link("nowhere", "conf/indexer")
	r.link("../../../../../etc", "conf/pivot")
	r.commit()
	r.requireSince("HEAD", map[string]string{
		common: zk, broker: "druid.port=5\n", router: "druid.port=5\n", "conf/historical/runtime.properties": "druid.port=5\n",
	})
	require.NoError(t, os.RemoveAll(r.path("conf/historical")))
	r.link("/etc/hostname", broker)
	r.write(router, "druid.port=7\n")
	r.requireSince("HEAD", map[string]string{
		common: zk, broker: "druid.port=5\n", router: "druid.port=5\n", "conf/historical/runtime.properties": "druid.port=5\n",
	})
	r.requireSince("HEAD~1", map[string]string{common: zk, broker: was, router: "-"})

	// The tree itself is a link.
	r.link("conf", "current")
	r.commit()
	old, err := r.since("HEAD", "current")
	require.NoError(t, err)
	require.Equal(t, zk, old["current/_common/common.runtime.properties"])
}

// What git does not keep was the same then; but what somebody has committed is kept.
func TestIgnored(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", "router\n*.local.properties\nsecret\n")
	r.write(router, "druid.port=3\n")
	r.write("secret/historical/runtime.properties", "druid.port=4\n")
	r.link("../secret/historical", "conf/historical")
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
	r.git("add", "-f", router)
	r.requireSince("HEAD", map[string]string{common: zk, broker: was, router: "-"})
	r.commit()
	r.requireSince("HEAD~1", map[string]string{common: zk, broker: was, router: "-"})

	// A file of ignores that cannot be read hides nothing.
	r.write("conf/overlord/runtime.properties", "druid.port=4\n")
	r.link("/dev/zero", "conf/overlord/.gitignore")
	r.requireSince("HEAD~1", map[string]string{common: zk, broker: was, router: "-", "conf/overlord/runtime.properties": "-"})
}

func TestMoved(t *testing.T) {
	r := newRepo(t)
	text := strings.Repeat("druid.x=1\n", 3)
	r.write("conf/druid/broker/runtime.properties", text+"a=1\n")
	r.write("conf/druid/router/runtime.properties", text+"b=1\n")
	r.write("conf/druid/overlord/runtime.properties", "quite=different\n")
	require.NoError(t, os.RemoveAll(r.path("conf/broker")))
	r.commit()
	for _, name := range []string{"broker", "router", "overlord"} {
		require.NoError(t, os.MkdirAll(r.path("conf/new"), 0o755))
		require.NoError(t, os.Rename(r.path("conf/druid/"+name), r.path("conf/new/"+name)))
	}
	r.write("conf/new/router/runtime.properties", text+"c=1\n")
	r.write("conf/new/overlord/runtime.properties", "nothing=of it\nis=left\n")
	c, err := Since(t.Context(), "HEAD", []string{r.path("conf")})
	require.NoError(t, err)
	file := func(name string) string { return r.path("conf/" + name + "/runtime.properties") }
	require.Equal(t, map[string]string{file("new/broker"): file("druid/broker"), file("new/router"): file("druid/router")}, c.renamed)
	require.False(t, c.lines[file("new/broker")].touch(1, 4))
	require.False(t, c.lines[file("new/router")].touch(1, 3))
	require.True(t, c.lines[file("new/router")].touch(4, 4))
	require.True(t, c.lines[file("new/overlord")].touch(1, 1))
}

// Worktrees and submodules are repositories, and a submodule is what it was at the
// commit that the repository around it had.
func TestWorktreesAndSubmodules(t *testing.T) {
	r := newRepo(t)
	r.git("worktree", "add", "-q", "../tree")
	tree := repo{t, filepath.Join(filepath.Dir(r.dir), "tree")}
	tree.write(broker, "druid.port=2\n")
	tree.requireSince("HEAD", map[string]string{common: zk, broker: was})

	sub := newRepo(t)
	r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.dir, "conf/sub")
	r.commit()
	const inside = "conf/sub/conf/broker/runtime.properties"
	in := repo{t, r.path("conf/sub")}
	in.write(broker, "druid.port=2\n")
	in.commit()
	r.commit()
	want := map[string]string{common: zk, broker: was, inside: was, "conf/sub/" + common: zk}
	r.requireSince("HEAD~1", want)
	r.requireSince("HEAD", map[string]string{common: zk, broker: was, inside: "druid.port=2\n", "conf/sub/" + common: zk})
	in.requireSince("HEAD~1", map[string]string{common: zk, broker: was})

	// A submodule in the place of a folder is a change of what is there.
	r.requireSince("HEAD~2", map[string]string{common: zk, broker: was, inside: "-", "conf/sub/" + common: "-"})
	r.git("submodule", "--quiet", "deinit", "-f", "conf/sub")
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
}

func TestRevisions(t *testing.T) {
	r := newRepo(t)
	id := r.git("rev-parse", "HEAD")
	r.git("tag", "-a", "-m", "x", "v1")
	r.git("branch", "feature/a")
	for _, revision := range []string{"HEAD", "main", "v1", "feature/a", id, id[:8], "HEAD^{commit}", "HEAD@{0}", "@"} {
		_, err := r.since(revision)
		require.NoError(t, err, revision)
	}
	for _, revision := range []string{"", "nowhere", "HEAD~9", "-x", "--upload-pack=evil", "--git-dir=/", "HEAD:conf", "HEAD\nHEAD", "HEAD\x00", "a b", "HEAD..main", "^HEAD", "HEAD HEAD", strings.Repeat("a", 10_000)} {
		_, err := r.since(revision)
		require.ErrorContains(t, err, fmt.Sprintf("has no revision %q", revision))
	}
	_, err := Since(t.Context(), "HEAD", []string{t.TempDir()})
	require.ErrorContains(t, err, "it lies in no git repository")
	t.Setenv("PATH", "")
	_, err = r.since("HEAD")
	require.ErrorContains(t, err, "git is not installed, or not in PATH")
}

func TestForms(t *testing.T) {
	for name, options := range map[string][]string{"sha256": {"--object-format=sha256"}, "separate": {"--separate-git-dir=../elsewhere.git"}} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			require.NoError(t, os.RemoveAll(r.path(".git")))
			r.git(append([]string{"init", "-q"}, options...)...)
			r.commit()
			r.requireSince("HEAD", map[string]string{common: zk, broker: was})
		})
	}
	t.Run("shallow", func(t *testing.T) {
		r := newRepo(t)
		r.commit()
		shallow := repo{t, filepath.Join(filepath.Dir(r.dir), "shallow")}
		r.git("clone", "-q", "--depth=1", "file://"+r.dir, shallow.dir)
		shallow.requireSince("HEAD", map[string]string{common: zk, broker: was})
		_, err := shallow.since("HEAD~1")
		require.ErrorContains(t, err, "fetch it first")
	})
	t.Run("alternates", func(t *testing.T) { // as mirrors of CI systems have them
		r := newRepo(t)
		clone := repo{t, filepath.Join(filepath.Dir(r.dir), "clone")}
		r.git("clone", "-q", "--shared", r.dir, clone.dir)
		clone.requireSince("HEAD", map[string]string{common: zk, broker: was})
	})
}

// A revision is bounded as folders and archives are.
func TestBounds(t *testing.T) {
	bounded := func(t *testing.T, r repo, revision, want string) {
		t.Helper()
		start := time.Now()
		_, err := r.since(revision)
		require.ErrorContains(t, err, want)
		require.Less(t, time.Since(start), 20*time.Second)
	}
	t.Run("a file", func(t *testing.T) {
		r := newRepo(t)
		r.write(broker, strings.Repeat("\n", maxFile+1))
		r.commit()
		r.write(broker, "")
		bounded(t, r, "HEAD", "broker/runtime.properties is larger than 4 MiB, which no configuration file is")
		r.git("gc", "-q", "--aggressive") // stored as a difference, perhaps
		bounded(t, r, "HEAD", "broker/runtime.properties is larger than 4 MiB, which no configuration file is")
	})
	t.Run("the base of a small file", func(t *testing.T) {
		r := newRepo(t)
		large := strings.Repeat("a=1\n", 3<<20)
		r.write("conf/large", large)
		r.write(broker, large[:1<<20])
		r.commit()
		r.git("-c", "core.bigFileThreshold=1g", "repack", "-q", "-a", "-d", "-f", "--depth=5", "--window=50")
		r.requireSince("HEAD", map[string]string{common: zk, broker: large[:1<<20]})
	})
	t.Run("all files", func(t *testing.T) {
		defer func(was int64) { maxBytes = was }(maxBytes)
		maxBytes = 16 << 20
		r := newRepo(t)
		r.write(broker, strings.Repeat("#\n", maxFile/2))
		leaf := r.gitWith("100644 blob "+r.git("hash-object", "-w", broker)+"\truntime.properties\n", "mktree")
		r.commitTree(nest(r, leaf, 2))
		bounded(t, r, "bomb", "there is more configuration than 200000 files or 16 MiB")
	})
	t.Run("files that are not read", func(t *testing.T) {
		defer func(was int64) { maxBytes = was }(maxBytes)
		maxBytes = 16 << 20
		r := newRepo(t)
		for _, name := range []string{"a", "b", "c"} {
			r.write("conf/"+name+".yaml", strings.Repeat(name, 6<<20))
		}
		r.commit()
		bounded(t, r, "HEAD", "there is more than 16 MiB in files that are too large to be read")
	})
	t.Run("folders", func(t *testing.T) {
		defer func(was int64) { maxEntries = was }(maxEntries)
		maxEntries = 50_000
		r := newRepo(t)
		empty := r.gitWith("", "mktree")
		r.commitTree(nest(r, empty, 10))
		bounded(t, r, "bomb", "there are more than 50000 files and folders")
	})
	t.Run("names", func(t *testing.T) {
		r := newRepo(t)
		var tree strings.Builder
		for i := range 90_000 {
			fmt.Fprintf(&tree, "100644 %0200d\x00%s", i, strings.Repeat("x", 20))
		}
		r.commitTree(r.gitWith(tree.String(), "hash-object", "-w", "-t", "tree", "--stdin"))
		bounded(t, r, "bomb", "a folder with more than 16 MiB of names")
	})
	t.Run("depth", func(t *testing.T) {
		r := newRepo(t)
		id := r.gitWith("100644 blob "+r.git("hash-object", "-w", broker)+"\truntime.properties\n", "mktree")
		for range 45 {
			id = r.gitWith("040000 tree "+id+"\tbroker\n", "mktree")
		}
		r.commitTree(id)
		old, err := r.since("bomb")
		require.NoError(t, err)
		require.Len(t, old, 2, "what lies deeper is not read; the files of now were not there")
	})
}

// nest is a folder that holds another one ten times, some levels deep.
func nest(r repo, id string, levels int) string {
	for range levels {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "040000 tree %s\t%d\n", id, i)
		}
		id = r.gitWith(tree.String(), "mktree")
	}
	return id
}

// commitTree makes a folder conf at the tag bomb.
func (r repo) commitTree(id string) {
	r.t.Helper()
	top := r.gitWith("040000 tree "+id+"\tconf\n", "mktree")
	r.git("tag", "bomb", r.git("commit-tree", "-m", "x", top))
}

// Names that no file can have, which a server refuses, are nowhere.
func TestImpossibleNames(t *testing.T) {
	require.False(t, isName("..") || isName(".") || isName("") || isName("a/b") || isName(`a\b`))
	require.True(t, isName("...") && isName("ä") && isName("-x"))
	r := newRepo(t)
	id := r.git("rev-parse", "HEAD:conf/broker")
	raw := make([]byte, len(id)/2)
	_, err := fmt.Sscanf(id, "%x", &raw)
	require.NoError(t, err)
	var tree strings.Builder
	for _, name := range []string{"..", ".git", "a/b", "broker", "x/../../../y"} {
		tree.WriteString("40000 " + name + "\x00" + string(raw))
	}
	r.commitTree(r.gitWith(tree.String(), "hash-object", "-w", "--literally", "-t", "tree", "--stdin"))
	r.requireSince("bomb", map[string]string{common: "-", broker: was})
}

// The run ends with its context, whatever git waits for.
func TestCancel(t *testing.T) {
	r := newRepo(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Since(ctx, "HEAD", []string{r.path("conf")})
	require.ErrorIs(t, err, context.Canceled)
}

// TestComposeFile: a Compose file and what it uses, by whatever name, is read as it was; what
// is too large for a configuration is left out, and the rest is read all the same.
func TestComposeFile(t *testing.T) {
	r := newRepo(t)
	const compose = "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment, more.txt]\n"
	r.write("site/compose.yaml", compose)
	r.write("site/a-large.yaml", strings.Repeat("# druid\n", maxFile/8+1))
	r.write("site/environment", "druid_port=1\n")
	r.write("site/more.txt", "druid_host=b\n")
	r.write("site/notes.txt", "no configuration")
	r.commit()
	r.write("site/environment", "druid_port=1\ndruid_plaintextPort=2\n")
	r.write("site/more.txt", "druid_host=c\n")
	old := map[string]string{"compose.yaml": compose, "environment": "druid_port=1\n", "more.txt": "druid_host=b\n"}
	t.Chdir(r.dir)
	for path, prefix := range map[string]string{"site": "site/", "./site": "./site/", "site/compose.yaml": "site/", r.path("site/compose.yaml"): r.path("site") + "/"} {
		c, err := Since(t.Context(), "HEAD", []string{path})
		require.NoError(t, err)
		want, got := map[string]string{}, map[string]string{}
		for name, text := range old {
			want[prefix+name] = text
		}
		for name, text := range c.Old(path) {
			got[name] = string(text)
		}
		require.Equal(t, want, got, path)
		found := []finding.Finding{at("a", prefix+"environment", 1, "x"), at("a", prefix+"environment", 2, "y"), at("a", prefix+"more.txt", 1, "z")}
		require.Equal(t, found[1:], c.New(found, found), path)
	}
	t.Chdir(r.path("site"))
	c, err := Since(t.Context(), "HEAD", []string{"compose.yaml"})
	require.NoError(t, err)
	require.Len(t, c.Old("compose.yaml"), len(old))
	found := []finding.Finding{at("a", "environment", 1, "x"), at("a", "environment", 2, "y")}
	require.Equal(t, found[1:], c.New(found, found))
	require.NoError(t, os.Remove("environment"))
	r.write("site/env.new", "druid_port=1\n")
	r.write("site/compose.yaml", strings.Replace(compose, "environment", "env.new", 1))
	c, err = Since(t.Context(), "HEAD", []string{"compose.yaml"})
	require.NoError(t, err)
	found = []finding.Finding{at("a", "env.new", 1, "x")}
	require.Empty(t, c.New(found, []finding.Finding{at("a", "environment", 1, "x")}), "renamed")
}
