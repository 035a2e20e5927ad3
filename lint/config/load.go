package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
)

// maxSize bounds a config file: what is larger is none.
const maxSize = 256 << 10

// Load reads a file.
func Load(file string) (*Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%s: more than %d bytes: this is no config file", file, maxSize)
	}
	return Parse(file, data)
}

// Parse reads the text of a file. Its error holds all Problems.
func Parse(file string, data []byte) (*Config, error) {
	work, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(file)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(work, dir)
	}
	c := &Config{File: filepath.ToSlash(file), dir: dir, work: work}
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
			r.problems = append(r.problems.elsewhere(f.problem.At), f.problem)
		}
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.At.compare(b.At) })
		return nil, r.problems
	}
	return c, nil
}
