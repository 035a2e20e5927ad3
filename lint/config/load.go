package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/disk"
)

// maxSize bounds a config file: what is larger is none.
const maxSize = 256 << 10

// Load reads a file.
func Load(file disk.Name) (*Config, error) {
	data, err := file.Read(maxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: this config file cannot be read: %w", file, err)
	}
	return Parse(file.Path, data)
}

// Parse reads the text of a file. Its error holds all Problems, and nothing of the
// text: who sees it need not be who may read the file.
func Parse(file string, data []byte) (*Config, error) {
	work, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(file)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(work, dir)
	}
	bounded, err := disk.Bounded(file)
	if err != nil {
		return nil, err
	}
	return parseInto(&Config{File: filepath.ToSlash(file), dir: dir, work: work, bounded: bounded}, data)
}

// parseAlone reads the text of a file of a file system that has its own top, and
// forgets what else the file names.
func parseAlone(file string, data []byte) (*Config, error) {
	top := string(filepath.Separator)
	c, err := parseInto(&Config{File: file, dir: filepath.Join(top, filepath.Dir(file)), work: top, bounded: disk.Below(top, file)}, data)
	if err != nil {
		return nil, err
	}
	c.Policies, c.foreign, c.Baseline = nil, nil, Path{}
	c.facts = slices.DeleteFunc(c.facts, func(f Fact) bool { return f.Name == "baseline" })
	return c, nil
}

func parseInto(c *Config, data []byte) (*Config, error) {
	node, bad := syntax.ParseYAML(data)
	if bad != nil {
		return nil, Problems{{c.origin(bad.Span.Start), bad.Msg}}
	}
	r := &reader{config: c}
	if err := oneDocument(data); err != nil {
		r.fail(node, "%v", err)
	}
	readObject(r, node, "the file", topFields.Get(), c)
	if _, ok := node.Get("version"); !ok && node.Kind == syntax.Object {
		r.fail(node, "version is missing: write version: %s", Version)
	}
	if len(c.Policies) == 0 {
		for _, f := range c.foreign {
			if !r.full() {
				r.problems = append(r.problems.elsewhere(f.at), f.problem())
			}
		}
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.At.compare(b.At) })
		return nil, r.problems
	}
	return c, nil
}
