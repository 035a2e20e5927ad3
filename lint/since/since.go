// Package since tells what is new since a revision of git.
//
// Two whole trees are compared, as they are and as they were: a change in one
// file can make another one wrong. How they were is an overlay over the files on
// the disk (conf.Options.Overlay) that holds the files of the revision, so nothing
// is checked out, and what git does not keep is the same in both. Files are called
// by their paths in the tree: that one has become a link, or was one, changes what
// is there.
//
// A finding is new when a changed line holds it, or when there are more of its
// kind than there were: same rule, file, service, property and text of the line.
// Numbers of lines do not count, and a renamed file is the file that it was.
//
// The repository may be a stranger's, and so may be all that it says of itself: see
// git.go for what git is asked, and how.
package since

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
)

// Changes are the configuration files that differ.
type Changes struct {
	// old are the files as they were, by the trees of the paths; nil for those that
	// were not there.
	old     map[string]map[string][]byte
	renamed map[string]string // now -> old
	lines   map[string]lineSet
	named   map[string]string // files that the user names, by their names
	forms   map[string]string // the folders of those that stand for a whole tree in another form

	gone, fresh map[string][]byte // files that are there no more, and those that were not
}

// Since looks at the repositories that paths lie in.
func Since(ctx context.Context, name string, paths []string) (*Changes, error) {
	c := &Changes{
		old: map[string]map[string][]byte{}, renamed: map[string]string{}, lines: map[string]lineSet{}, named: map[string]string{}, forms: map[string]string{},
		gone: map[string][]byte{}, fresh: map[string][]byte{},
	}
	revisions := map[string]*revision{} // by their top folders
	defer func() {
		for _, r := range revisions {
			r.close()
		}
	}()
	for _, path := range paths {
		tree, err := c.tree(path)
		if err != nil {
			return nil, err
		}
		if c.old[tree] != nil {
			continue
		}
		if err := c.add(ctx, revisions, name, tree); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	c.findMoved()
	return c, nil
}

// Old are the files below one of the paths as they were, for
// conf.Options.Overlay.
func (c *Changes) Old(path string) map[string][]byte {
	if dir, ok := c.forms[path]; ok {
		return c.old[dir]
	}
	return c.old[folder(path)]
}

func folder(path string) string { return strings.TrimSuffix(filepath.ToSlash(path), "/") }

// tree is the folder of a path: the one around it, if it is a file.
func (c *Changes) tree(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return folder(name), nil
	}
	if conf.IsForm(name, nil) {
		dir := path.Dir(filepath.ToSlash(name))
		c.forms[name] = dir
		return dir, nil
	}
	dir, rel, err := conf.Around(name)
	c.named[path.Clean(filepath.ToSlash(name))] = dir + "/" + rel
	return dir, err
}

// add compares one tree.
func (c *Changes) add(ctx context.Context, revisions map[string]*revision, name, tree string) error {
	r, rest, err := open(ctx, tree)
	if err != nil {
		return err
	}
	then := revisions[r.top]
	if then == nil {
		if then, err = r.at(name); err != nil {
			return err
		}
		revisions[r.top] = then
	}
	now, err := filesBelow(ctx, tree)
	if err != nil {
		return err
	}
	old, err := then.below(rest, now)
	if err != nil {
		return err
	}
	kept, err := then.repository.withoutIgnored(tree, now, old)
	if err != nil {
		return err
	}
	c.compare(tree, old, kept)
	return nil
}

// compare takes what differs in one tree.
func (c *Changes) compare(tree string, old map[string][]byte, now []string) {
	c.old[tree] = map[string][]byte{}
	if tree == "." { // of a form that is named there, the files have no "./"
		for _, file := range slices.AppendSeq(slices.Clone(now), maps.Keys(old)) {
			c.named[file] = "./" + file
		}
	}
	for file, before := range old {
		c.old[tree][tree+"/"+file] = before
		if conf.IsConfiguration(file) || !isThere(tree+"/"+file) {
			c.gone[tree+"/"+file] = before
		}
	}
	for _, file := range now {
		shown := tree + "/" + file
		after, err := disk.Below(filepath.FromSlash(tree), filepath.FromSlash(file)).Read(maxFile)
		before, there := old[file]
		delete(c.gone, shown)
		switch {
		case !there:
			c.old[tree][shown] = nil
			c.lines[shown] = everyLine
			c.fresh[shown] = after
		case err != nil:
			c.lines[shown] = everyLine
		case !bytes.Equal(before, after):
			c.lines[shown] = changedLines(before, after)
		}
	}
}

// isThere is for a file that a form may have used, and uses no more.
func isThere(file string) bool {
	_, err := os.Lstat(filepath.FromSlash(file))
	return err == nil
}

// filesBelow are the paths of the configuration files that are there now.
func filesBelow(ctx context.Context, tree string) ([]string, error) {
	sources, err := conf.Find(ctx, tree, conf.Options{})
	if errors.Is(err, conf.ErrNoConfiguration) {
		return nil, nil
	}
	var files []string
	for _, s := range sources {
		for _, file := range s.Files() {
			files = append(files, strings.TrimPrefix(file, tree+"/"))
		}
	}
	return files, err
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

// path is a finding's file by its path in the tree.
func (c *Changes) path(file string) string {
	if inTree, ok := c.named[file]; ok {
		return inTree
	}
	return file
}
