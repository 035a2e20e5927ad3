package since

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
)

const (
	// maxConfig is the largest configuration of git's that is read.
	maxConfig = 1 << 20
	// maxIncludes is how deep git itself follows them.
	maxIncludes = 10
)

// mayInclude looks at what the repository's own configuration includes before git
// does, which opens whatever it names and has no switch to leave it. CI systems keep
// a token in such a file; a stranger might name a pipe, or a file that is none of
// git's.
func (r *repository) mayInclude() error {
	common := r.dir
	text, err := disk.User(filepath.Join(r.dir, "commondir")).Read(4096)
	switch name := strings.TrimRight(string(text), "\r\n"); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s: %w", filepath.Join(r.dir, "commondir"), err)
	case filepath.IsAbs(name):
		common = name
	default:
		common = filepath.Join(r.dir, name)
	}
	for _, file := range []string{
		filepath.Join(common, "config"), filepath.Join(common, "config.worktree"), filepath.Join(r.dir, "config.worktree"),
	} {
		if err := r.includes(file, maxIncludes); err != nil {
			return err
		}
	}
	return nil
}

// includes looks at what a file of configuration includes.
func (r *repository) includes(file string, deep int) error {
	text, err := disk.User(file).Read(maxConfig)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && !isConfig(text) {
		err = errors.New("it is not a configuration of git")
	}
	if err != nil {
		return fmt.Errorf("%s is not left to git: %w", file, err)
	}
	if !bytes.Contains(bytes.ToLower(text), []byte("include")) {
		return nil
	}
	if deep == 0 {
		return fmt.Errorf("%s is not left to git: it includes more files within files than %d", file, maxIncludes)
	}
	paths, err := r.included(file)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if home, below := strings.CutPrefix(path, "~/"); below {
			path = filepath.Join(os.Getenv("HOME"), home)
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(file), path)
		}
		if err := r.includes(path, deep-1); err != nil {
			return fmt.Errorf("%s includes a file: %w", file, err)
		}
	}
	return nil
}

// isConfig reports whether a text begins as a configuration of git's does.
func isConfig(text []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != ';' {
			return line[0] == '['
		}
	}
	return true
}

// included are the paths that a file of configuration includes, whatever the
// condition. Git reads the file alone, and no repository.
func (r *repository) included(file string) ([]string, error) {
	alone := *r
	alone.dir = filepath.Join(os.DevNull, "none")
	out, err := alone.run(maxConfig, nil, "config", "--file", file, "--no-includes", "--null", "--list")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var paths []string
	for setting := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(setting, "\n")
		if key == "include.path" || strings.HasPrefix(key, "includeif.") && strings.HasSuffix(key, ".path") {
			paths = append(paths, value)
		}
	}
	return paths, nil
}
