//go:build unix

package since

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// marker is a file that a command would make, and the command.
func (r repo) marker() (file, command string) {
	file = filepath.Join(filepath.Dir(r.dir), "PWNED")
	return file, "touch " + file + "; false"
}

// lacking takes the object of a file away, as in a clone that fetches it when it
// is wanted.
func (r repo) lacking(name string) {
	r.t.Helper()
	id := r.git("rev-parse", "HEAD:"+name)
	require.NoError(r.t, os.Remove(r.path(".git/objects/"+id[:2]+"/"+id[2:])))
}

// Whatever the repository says of itself, nothing is run: neither for a file that
// differs nor for an object that is not there.
func TestNothingRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	promisor := func(more string) string {
		return "[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n[remote \"origin\"]\npromisor = true\n" + more + "\n"
	}
	everything := strings.Join([]string{
		"[filter \"x\"]\nclean = COMMAND\nsmudge = COMMAND\nrequired = true", "[diff \"x\"]\ntextconv = COMMAND\ncommand = COMMAND", "[diff]\nexternal = COMMAND",
		"[merge \"x\"]\ndriver = COMMAND", "[core]\nfsmonitor = COMMAND\nhooksPath = HOOKS\npager = COMMAND\neditor = COMMAND\nalternateRefsCommand = COMMAND\naskPass = COMMAND",
		"[pager]\nrev-parse = COMMAND\ncat-file = COMMAND\ncheck-ignore = COMMAND", "[alias]\nrev-parse = !COMMAND\ncat-file = !COMMAND\ncheck-ignore = !COMMAND",
		"[gpg]\nprogram = COMMAND\n[log]\nshowSignature = true", "[credential]\nhelper = !COMMAND", "[trace2]\nnormalTarget = PWNED\neventTarget = PWNED",
	}, "\n")
	for name, config := range map[string]string{
		"everything":   everything,
		"process":      "[filter \"x\"]\nprocess = COMMAND\n",
		"included":     "[include]\npath = EVIL\n",
		"includedIf":   "[includeIf \"gitdir:**\"]\npath = EVIL\n",
		"configs":      "[core]\nrepositoryformatversion = 1\n[extensions]\nworktreeConfig = true\n",
		"worktree":     everything + "\n[core]\nworktree = /\n",
		"fetch, ssh":   promisor("url = ssh://h/x\n[core]\nsshCommand = COMMAND"),
		"fetch, proxy": promisor("url = git://h/x\n[core]\ngitProxy = SCRIPT"),
		"fetch, ext":   promisor("url = ext::SCRIPT\n[protocol]\nallow = always\n[protocol \"ext\"]\nallow = always"),
		"fetch, pack":  promisor("url = REPO\nuploadpack = COMMAND\n[protocol \"file\"]\nallow = always"),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			r.write(".gitattributes", "* filter=x diff=x merge=x\n")
			r.commit()
			r.write(broker, "druid.port=3\n")
			r.write(router, "druid.port=4\n")
			file := r.infect(config)

			old, err := r.since("HEAD")
			require.NoError(t, err)
			require.Equal(t, was, old[broker])
			require.Equal(t, "-", old[router])
			r.lacking(broker)
			_, err = r.since("HEAD")
			require.Error(t, err)
			require.NoFileExists(t, file, "a command of the repository ran")

			// The attack is one: git by itself falls for it.
			for _, args := range [][]string{{"diff", "HEAD"}, {"cat-file", "-p", "HEAD:" + broker}} {
				cmd := exec.Command("git", args...)
				cmd.Dir = r.dir
				_ = cmd.Run()
			}
			if name != "worktree" {
				require.FileExists(t, file)
			}
		})
	}
}

// infect makes a repository's own configuration and hooks hostile, and answers the
// file that would show it.
func (r repo) infect(config string) (marker string) {
	r.t.Helper()
	file, command := r.marker()
	beside := filepath.Dir(r.dir)
	hooks, evil := filepath.Join(beside, "hooks"), filepath.Join(beside, "evil")
	fill := strings.NewReplacer("COMMAND", command, "HOOKS", hooks, "EVIL", evil, "PWNED", file, "REPO", r.dir, "SCRIPT", filepath.Join(hooks, "post-checkout")).Replace
	require.NoError(r.t, os.Mkdir(hooks, 0o755))
	for _, hook := range []string{"post-index-change", "post-checkout", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"} {
		require.NoError(r.t, os.WriteFile(filepath.Join(hooks, hook), []byte("#!/bin/sh\n"+command+"\n"), 0o755))
	}
	attack := fill("[core]\nfsmonitor = COMMAND\n[filter \"x\"]\nclean = COMMAND\n")
	require.NoError(r.t, os.WriteFile(evil, []byte(attack), 0o644))
	r.write(".git/config.worktree", attack)
	was, err := os.ReadFile(r.path(".git/config"))
	require.NoError(r.t, err)
	r.write(".git/config", string(was)+fill(config))
	return file
}

// A pull request of plain files makes a folder look like a bare repository, with a
// filter and an idea of its own of what main is.
func TestEmbeddedRepository(t *testing.T) {
	r := newRepo(t)
	file, command := r.marker()
	id := r.git("rev-parse", "HEAD")
	evil := newRepo(t)
	evil.write("broker/runtime.properties", "druid.port=66\n")
	evil.commit()
	require.NoError(t, os.CopyFS(r.path("conf"), os.DirFS(evil.path(".git"))))
	r.write("conf/config", "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n[filter \"x\"]\nclean = "+command+"\n")
	r.write("conf/.gitattributes", "* filter=x\n")
	r.write("conf/refs/remotes/origin/main", evil.git("rev-parse", "HEAD")+"\n")
	r.git("update-ref", "refs/remotes/origin/main", id)
	r.requireSince("origin/main", map[string]string{common: zk, broker: was})
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
	require.NoFileExists(t, file)

	// There is no repository around it.
	alone := repo{t, filepath.Join(filepath.Dir(r.dir), "alone")}
	require.NoError(t, os.CopyFS(alone.dir, os.DirFS(r.dir)))
	require.NoError(t, os.RemoveAll(alone.path(".git")))
	_, err := alone.since("HEAD")
	require.ErrorContains(t, err, "it lies in no git repository")
	require.NoFileExists(t, file)
}

// A .git that is a file leads to a repository of git's own making, and not into
// what somebody can push. A link is none.
func TestDotGit(t *testing.T) {
	r := newRepo(t)
	const refused = "it leads into a work tree, where no repository is looked for"
	inner := newRepo(t)
	require.NoError(t, os.CopyFS(r.path("conf/evil"), os.DirFS(inner.path(".git"))))
	for name, c := range map[string]struct{ text, want string }{
		"into the tree":   {"gitdir: evil\n", refused},
		"above":           {"gitdir: ../conf/evil\n", refused},
		"absolute":        {"gitdir: " + r.path("conf/evil") + "\n", refused},
		"through a link":  {"gitdir: ../to-evil\n", refused},
		"nowhere":         {"gitdir: nowhere\n", "no such file or directory"},
		"another text":    {"hello\n", "it is not a file of git's"},
		"no end":          {strings.Repeat("x", 5000), "it is larger than 4 KiB"},
		"the one around":  {"gitdir: ../.git\n", ""},
		"another's .git":  {"gitdir: " + inner.path(".git") + "\n", ""},
		"control letters": {"gitdir: \x1b[31m\n", "no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			r.link("conf/evil", "to-evil")
			r.write("conf/.git", c.text)
			_, err := r.since("HEAD")
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
	require.NoError(t, os.Remove(r.path("conf/.git")))
	r.link("evil", "conf/.git")
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
}

// What the environment says of repositories and programs is not for these ones.
func TestEnvironment(t *testing.T) {
	r := newRepo(t)
	other := newRepo(t)
	file, command := r.marker()
	evil := filepath.Join(filepath.Dir(r.dir), "evil")
	require.NoError(t, os.WriteFile(evil, []byte("[core]\nfsmonitor = "+command+"\n"), 0o644))
	r.write(router, "druid.port=2\n")
	for name, value := range map[string]string{
		"GIT_DIR": other.path(".git"), "GIT_WORK_TREE": other.dir, "GIT_COMMON_DIR": other.path(".git"), "GIT_INDEX_FILE": other.path(".git/index"),
		"GIT_OBJECT_DIRECTORY": other.path(".git/objects"), "GIT_NAMESPACE": "x", "GIT_CONFIG_GLOBAL": evil, "GIT_CONFIG_SYSTEM": evil, "GIT_CONFIG": evil,
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": command, "GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='" + command + "'",
		"GIT_EXTERNAL_DIFF": command, "GIT_SSH_COMMAND": command, "GIT_PAGER": command, "GIT_ASKPASS": command, "GIT_PROXY_COMMAND": command,
		"GIT_EXEC_PATH": filepath.Dir(evil), "GIT_TRACE": file, "GIT_TRACE2": file, "GIT_REPLACE_REF_BASE": "refs/heads", "GIT_CEILING_DIRECTORIES": "/",
	} {
		t.Setenv(name, value)
	}
	r.requireSince("HEAD", map[string]string{common: zk, broker: was, router: "-"})
	require.NoFileExists(t, file)
}

// Neither replaced objects nor grafts change what a commit holds.
func TestReplacedObjects(t *testing.T) {
	r := newRepo(t)
	first := r.git("rev-parse", "HEAD")
	r.write(broker, "druid.port=2\n")
	second := r.commit()
	r.git("replace", r.git("rev-parse", first+":"+broker), r.git("rev-parse", second+":"+broker))
	r.git("replace", "-f", r.git("rev-parse", first+"^{tree}"), r.git("rev-parse", second+"^{tree}"))
	r.requireSince(first, map[string]string{common: zk, broker: was})
	r.git(append([]string{"replace", "-d"}, strings.Fields(r.git("replace", "-l"))...)...)
	require.NoError(t, os.MkdirAll(r.path(".git/info"), 0o755))
	r.write(".git/info/grafts", second+" "+second+"\n")
	r.requireSince("HEAD~1", map[string]string{common: zk, broker: was})
}

// What never ends is ended.
func TestNeverEnding(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	defer func(was time.Duration) { patience = was }(patience)
	pipe := func(t *testing.T, name string) {
		require.NoError(t, os.RemoveAll(name))
		require.NoError(t, syscall.Mkfifo(name, 0o644))
	}
	for name, prepare := range map[string]func(t *testing.T, r repo){
		"head": func(t *testing.T, r repo) { pipe(t, r.path(".git/HEAD")) },
		"refs": func(t *testing.T, r repo) { r.git("pack-refs", "--all"); pipe(t, r.path(".git/packed-refs")) },
		"object": func(t *testing.T, r repo) {
			id := r.git("rev-parse", "HEAD:"+broker)
			pipe(t, r.path(".git/objects/"+id[:2]+"/"+id[2:]))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			prepare(t, r)
			patience = time.Second
			start := time.Now()
			_, err := r.since("HEAD")
			require.Error(t, err)
			require.Less(t, time.Since(start), 10*time.Second)

			patience = time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			start = time.Now()
			_, err = Since(ctx, "HEAD", []string{r.path("conf")})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(start), 5*time.Second)
		})
	}
}

// A folder that becomes a link out of the tree leaves what was there, and nothing
// of where it leads.
func TestFolderBecomesLink(t *testing.T) {
	r := newRepo(t)
	outside := newRepo(t)
	outside.write("runtime.properties", "druid.port=9\n")
	r.link(outside.dir, "conf/broker")
	r.requireSince("HEAD", map[string]string{common: zk, broker: was})
	r.commit()
	r.requireSince("HEAD~1", map[string]string{common: zk, broker: was})
	r.requireSince("HEAD", map[string]string{common: zk})
}

// What the repository's configuration includes is looked at before git opens it: a
// pipe is waited for by nobody, and a file that is none of git's is not read by git.
func TestIncludes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	token := filepath.Join(t.TempDir(), "git-credentials.config")
	require.NoError(t, os.WriteFile(token, []byte("# of CI\n[http]\nextraheader = x\n"), 0o600))
	for name, c := range map[string]struct{ config, file, want string }{
		"pipe":           {"[include]\npath = " + pipe, "config", "it is a pipe"},
		"odd spelling":   {"[core] [InClude] PATH = \"" + pipe + "\"", "config", "it is a pipe"},
		"continued":      {"[include]\na = b \\\n[core]\npath = " + pipe, "config", "it is a pipe"},
		"conditional":    {"[includeIf \"gitdir:**\"]\npath = " + pipe, "config", "it is a pipe"},
		"of a work tree": {"[include]\npath = " + pipe, "config.worktree", "it is a pipe"},
		"within another": {"[include]\npath = more\n", "config", "it is a pipe"},
		"itself":         {"[include]\npath = config\n", "config", "more files within files than 10"},
		"none of git's":  {"[include]\npath = /etc/passwd", "config", "not a configuration of git"},
		"of CI":          {"[includeIf \"gitdir:" + t.TempDir() + "\"]\npath = " + token, "config", ""},
		"not there":      {"[include]\npath = none\n[remote \"include\"]\nurl = x", "config", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			was, err := os.ReadFile(r.path(".git/config"))
			require.NoError(t, err)
			r.write(".git/more", "[include]\npath = "+pipe+"\n")
			if c.file == "config" {
				r.write(".git/config", string(was)+c.config+"\n")
			} else {
				r.write(".git/config", strings.Replace(string(was), "repositoryformatversion = 0", "repositoryformatversion = 1", 1)+"[extensions]\nworktreeConfig = true\n")
				r.write(".git/"+c.file, c.config+"\n")
			}
			start := time.Now()
			_, err = r.since("HEAD")
			require.Less(t, time.Since(start), 10*time.Second)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}

	// A work tree of its own has the configuration of the repository that it is of.
	r := newRepo(t)
	tree := filepath.Join(filepath.Dir(r.dir), "linked")
	r.git("worktree", "add", "-q", tree)
	linked := repo{t, tree}
	_, err := linked.since("HEAD")
	require.NoError(t, err)
	r.write(".git/config", "[include]\npath = "+pipe+"\n")
	_, err = linked.since("HEAD")
	require.ErrorContains(t, err, "it is a pipe")
}
