// Package since tells what is new since a revision of git.
//
// Two whole trees are compared, as they are and as they were: a change in one
// file can make another one wrong. How they were is an overlay over the files on
// the disk (conf.Options.Overlay) that holds the old bytes of what differs,
// so nothing is checked out, and what git does not keep is the same in both.
//
// A finding is new when a changed line holds it, or when there are more of its
// kind than there were: same rule, file, service, property and text of the line.
// Numbers of lines do not count, and a renamed file is the file that it was.
package since

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// Changes are the configuration files that differ, by their real paths.
type Changes struct {
	// Old are the files as they were; nil for those that were not there.
	Old map[string][]byte

	renamed map[string]string // now -> old
	lines   map[string]lineSet
	real    map[string]string // of the paths in findings
}

// Since looks at the repositories that paths lie in.
func Since(ctx context.Context, revision string, paths []string) (*Changes, error) {
	c := &Changes{Old: map[string][]byte{}, renamed: map[string]string{}, lines: map[string]lineSet{}, real: map[string]string{}}
	seen := map[string]bool{}
	for _, path := range paths {
		dir := conf.RealPath(path)
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		}
		r, err := open(ctx, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if seen[r.top] {
			continue
		}
		seen[r.top] = true
		if err := c.add(r, revision); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// add takes the changes of one repository.
func (c *Changes) add(r *repository, revision string) error {
	commit, err := r.commit(revision)
	if err != nil {
		return err
	}
	entries, err := r.differences(commit)
	if err != nil {
		return fmt.Errorf("%s: %w", r.top, err)
	}
	var known []entry
	var names []string
	for _, e := range entries {
		switch {
		case !conf.IsConfiguration(e.old) && !conf.IsConfiguration(e.now):
		case e.old == "":
			c.Old[r.path(e.now)] = nil
			c.lines[r.path(e.now)] = everyLine
		default:
			known, names = append(known, e), append(names, e.blob)
		}
	}
	blobs, err := r.blobs(names)
	if err != nil {
		return fmt.Errorf("%s: %w", r.top, err)
	}
	for i, e := range known {
		if e.now == "" {
			e.now = r.movedTo(entries, blobs[i])
		}
		c.file(r, e, blobs[i])
	}
	return nil
}

// movedTo finds the place that a file was moved to without git's knowing, the
// same to the byte.
func (r *repository) movedTo(entries []entry, data []byte) string {
	for _, e := range entries {
		if e.old == "" && conf.IsConfiguration(e.now) && len(data) > 0 {
			if now, err := os.ReadFile(r.path(e.now)); err == nil && bytes.Equal(now, data) {
				return e.now
			}
		}
	}
	return ""
}

// file takes a file that was there.
func (c *Changes) file(r *repository, e entry, before []byte) {
	old := r.path(e.old)
	c.Old[old] = before
	if e.now == "" {
		return
	}
	now := r.path(e.now)
	if now != old {
		c.Old[now] = nil
		c.renamed[now] = old
	}
	after, err := os.ReadFile(now)
	if err == nil {
		c.lines[now] = changedLines(before, after)
	}
}

func (r *repository) path(name string) string {
	return conf.RealPath(filepath.Join(r.top, filepath.FromSlash(name)))
}

// key is what makes findings the same, wherever they stand in a file.
type key struct{ rule, file, service, property, source string }

func (c *Changes) key(f finding.Finding) key {
	file := c.path(f.File)
	if old, ok := c.renamed[file]; ok {
		file = old
	}
	return key{f.Rule, file, f.Service, f.Property, f.Source}
}

// New are the findings that were not among the old ones, or that a changed line
// holds.
func (c *Changes) New(now, old []finding.Finding) []finding.Finding {
	known := map[key]int{}
	for _, f := range old {
		known[c.key(f)]++
	}
	fresh := []finding.Finding{}
	for _, f := range now {
		k := c.key(f)
		if touched := c.lines[c.path(f.File)].touch(f.Line, f.EndLine); !touched && known[k] > 0 {
			known[k]--
			continue
		}
		fresh = append(fresh, f)
	}
	return fresh
}

// path is the real path of a finding's file.
func (c *Changes) path(file string) string {
	if _, ok := c.real[file]; !ok {
		c.real[file] = conf.RealPath(file)
	}
	return c.real[file]
}
