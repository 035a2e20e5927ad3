package since

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/implycheck/implycheck/internal/disk"
)

// repository is a git repository whose work tree may be a stranger's, and whose
// own configuration may be, too. Three commands of git are asked, for the name of
// a commit, for objects by their names, and for what is ignored. None of them
// runs a filter, a hook or any other program that a repository can name, and none
// looks for a repository: it is said which.
type repository struct {
	ctx      context.Context
	top, dir string // the work tree and its .git
}

// patience is how long git may be silent. What is in a repository can make it
// wait for ever, a pipe in the place of a file for instance.
var patience = 30 * time.Second

// settings are those that could start a program; what the repository says of them
// does not count. Large files are not taken into memory.
var settings = []string{
	"safe.bareRepository=explicit", "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.sshCommand=false",
	"core.askPass=", "core.gitProxy=", "core.alternateRefsCommand=false", "core.attributesFile=/dev/null", "core.excludesFile=", "credential.helper=",
	"protocol.allow=never", "core.bigFileThreshold=1m", "gc.auto=0", "maintenance.auto=false",
}

// environment keeps git to the repository: no other configuration, no network, no
// objects in the place of others, and no more memory at once than a file may take.
var environment = []string{
	"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
	"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_PROTOCOL_FROM_USER=0", "GIT_TERMINAL_PROMPT=0",
	"GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=/dev/null/none", "GIT_OPTIONAL_LOCKS=0",
	"GIT_PAGER=cat", "GIT_ALLOC_LIMIT=256m", "LC_ALL=C",
}

// open finds the repository that a path lies in, and the rest of the path.
func open(ctx context.Context, path string) (*repository, string, error) {
	top, rest, err := disk.Repository(path)
	if err != nil {
		return nil, "", err
	}
	if top == "" {
		return nil, "", errors.New("it lies in no git repository")
	}
	r, err := openAt(ctx, top)
	return r, filepath.ToSlash(rest), err
}

// openAt opens the repository whose top folder is given.
func openAt(ctx context.Context, top string) (*repository, error) {
	dir := filepath.Join(top, ".git")
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, disk.Reason(err)
	}
	if !info.IsDir() {
		if dir, err = linkedDir(top); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(top, ".git"), err)
		}
	}
	r := &repository{ctx, top, dir}
	return r, r.mayInclude()
}

// linkedDir is where the .git file of a worktree or a submodule leads: to a place
// in some .git, or outside of all work trees. Another one is made by somebody who
// can write into the tree.
func linkedDir(top string) (string, error) {
	text, err := disk.Below(top, ".git").Read(4096)
	if err != nil {
		return "", err
	}
	name, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
	if !ok {
		return "", errors.New("it is not a file of git's")
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(top, name)
	}
	dir, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", disk.Reason(err)
	}
	inGit := slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), ".git")
	if around, _, err := disk.Repository(filepath.Dir(dir)); err != nil || around != "" && !inGit {
		return "", errors.New("it leads into a work tree, where no repository is looked for")
	}
	return dir, nil
}

// command is a command of git in the repository.
func (r *repository) command(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{"--no-pager", "--git-dir=" + r.dir, "--work-tree=" + r.top}
	for _, setting := range settings {
		all = append(all, "-c", setting)
	}
	cmd := exec.CommandContext(ctx, "git", append(all, args...)...)
	cmd.Dir = r.top
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }), environment...)
	cmd.WaitDelay = time.Second
	return cmd
}

// run gives what a command prints, at most limit bytes of it.
func (r *repository) run(limit int64, input []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	cmd := r.command(ctx, args...)
	cmd.Stdin = bytes.NewReader(input)
	out := &bounded{left: limit, cancel: cancel}
	problem := &bounded{left: 4096}
	cmd.Stdout, cmd.Stderr = out, problem
	err := cmd.Run()
	switch {
	case r.ctx.Err() != nil:
		return nil, r.ctx.Err()
	case out.left < 0:
		return nil, fmt.Errorf("git %s answers more than %d MiB", args[0], limit>>20)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("git %s has not answered for %s", args[0], patience)
	case err != nil:
		return nil, failure(err, problem.data.String())
	}
	return out.data.Bytes(), nil
}

// failure says in a line why git has failed.
func failure(err error, text string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("git is not installed, or not in PATH")
	}
	first, _, _ := strings.Cut(text, "\n")
	if first == "" {
		return err
	}
	return errors.New(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, first))
}

// bounded keeps what is written up to a limit. More than that cancels, if it can.
type bounded struct {
	data   bytes.Buffer
	left   int64
	cancel func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left >= 0 {
		return b.data.Write(p)
	}
	if b.cancel != nil {
		b.cancel()
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// folder is the name of the object that holds the top folder at a revision.
func (r *repository) folder(revision string) (string, error) {
	unknown := fmt.Errorf("%s has no revision %q: fetch it first; CI systems often clone the last commit only", r.top, revision)
	if strings.HasPrefix(revision, "-") || strings.ContainsFunc(revision, unicode.IsControl) {
		return "", unknown
	}
	out, err := r.run(1<<10, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}^{tree}")
	id := strings.TrimSpace(string(out))
	var exit *exec.ExitError
	if errors.As(err, &exit) || err == nil && strings.Trim(id, "0123456789abcdef") != "" {
		return "", unknown
	}
	return id, err
}

// ignored are those of some paths below the top that git does not keep: they are
// in no commit, and nobody has asked for that.
func (r *repository) ignored(paths []string) (map[string]bool, error) {
	ignored := map[string]bool{}
	if len(paths) == 0 {
		return ignored, nil
	}
	out, err := r.run(64<<20, []byte(strings.Join(paths, "\x00")+"\x00"), "check-ignore", "-z", "--stdin")
	if r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	if err != nil {
		return ignored, nil // none is; or git cannot tell, and all are new
	}
	for name := range strings.SplitSeq(string(out), "\x00") {
		ignored[name] = true
	}
	return ignored, nil
}
