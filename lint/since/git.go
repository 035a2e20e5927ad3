package since

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// repository is a git work tree. It is read with git's own commands, none of
// which touches the work tree, the network, or a hook.
type repository struct {
	ctx context.Context
	top string
}

// quiet are the settings of a repository that would start other programs.
var quiet = []string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"}

// git runs a command in a folder. Within a hook, git names its repository in the
// environment; ours is the one that the folder lies in.
func git(ctx context.Context, dir, input string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(append([]string{"-C", dir}, quiet...), args...)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"}, name)
	}), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	cmd.Stdin = strings.NewReader(input)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("git is not installed, or not in PATH")
	}
	if err != nil && problem.Len() > 0 {
		first, _, _ := strings.Cut(problem.String(), "\n")
		err = errors.New(first)
	}
	return out.String(), err
}

// open finds the repository that a folder lies in.
func open(ctx context.Context, dir string) (*repository, error) {
	top, err := git(ctx, dir, "", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	return &repository{ctx, strings.TrimSuffix(top, "\n")}, nil
}

// commit is the name of a revision.
func (r *repository) commit(revision string) (string, error) {
	name, err := git(r.ctx, r.top, "", "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%s has no revision %q: fetch it first; CI systems often clone the last commit only", r.top, revision)
	}
	return strings.TrimSpace(name), nil
}

// entry is one file that differs between a commit and the work tree. Old is empty
// for one that was not there, and now for one that is gone; paths are relative to
// the top.
type entry struct {
	old, now string
	blob     string // of the old file
}

// differences are the files that are not as they were in a commit, changes that
// are not committed and files that git does not know yet included.
func (r *repository) differences(commit string) ([]entry, error) {
	raw, err := git(r.ctx, r.top, "", "diff", "--raw", "-z", "-M", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", commit, "--")
	if err != nil {
		return nil, err
	}
	var entries []entry
	for fields := strings.Split(raw, "\x00"); len(fields) > 1; {
		meta := strings.Fields(strings.TrimPrefix(fields[0], ":")) // modes, blobs, status
		e := entry{old: fields[1], now: fields[1], blob: meta[2]}
		fields = fields[2:]
		switch status := meta[4][0]; {
		case status == 'R' || status == 'C':
			e.now, fields = fields[0], fields[1:]
		case status == 'D':
			e.now = ""
		}
		if !strings.HasPrefix(meta[0], "100") { // a link or a submodule, or nothing
			e.old, e.blob = "", ""
		}
		entries = append(entries, e)
	}
	untracked, err := git(r.ctx, r.top, "", "ls-files", "--others", "--exclude-standard", "-z")
	for name := range strings.SplitSeq(untracked, "\x00") {
		if name != "" {
			entries = append(entries, entry{now: name})
		}
	}
	return entries, err
}

// blobs reads old files, in the order of their names.
func (r *repository) blobs(names []string) ([][]byte, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out, err := git(r.ctx, r.top, strings.Join(names, "\n")+"\n", "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	blobs := make([][]byte, 0, len(names))
	for range names {
		head, rest, _ := strings.Cut(out, "\n")
		fields := strings.Fields(head)
		size, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil || size >= len(rest) {
			return nil, fmt.Errorf("git has lost an object: %s", head)
		}
		blobs = append(blobs, append([]byte{}, rest[:size]...))
		out = rest[size+1:]
	}
	return blobs, nil
}
