package fix_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// tester fails like a *testing.T or a *rapid.T.
type tester interface {
	require.TestingT
	Helper()
}

// base is a small cluster that does everything right.
const base = "../../../rules/testdata/base"

// lint lints a tree with some files in the place of those on the disk.
func lintAll(t tester, dir string, target *schema.Target, files map[string][]byte, linted func(*conf.Tree, []finding.Finding)) []finding.Finding {
	t.Helper()
	o := lint.Options{Paths: []string{dir}, Overlay: files, NoConfig: true, NoIgnores: true, Linted: linted}
	if target != nil {
		o.Facts = map[string]string{"target": target.Name}
	}
	r, err := lint.Run(context.Background(), o)
	require.NoError(t, err)
	return r.Findings
}

// fixed is what a fixer made of a tree.
type fixed struct {
	fixer         *fix.Fixer
	before, after []finding.Finding
	files         map[string][]byte
	rules         map[string]bool // whose fixes were applied
}

// fixAll fixes a tree in memory, and holds what every fixing must: it ends,
// nothing is left to fix, and the lines without edits are as they were.
func fixAll(t tester, dir string, target *schema.Target, files map[string][]byte, unsafe bool) fixed {
	t.Helper()
	x := fixed{fixer: &fix.Fixer{Unsafe: unsafe}, rules: map[string]bool{}}
	for {
		x.files = map[string][]byte{}
		for name, data := range files {
			x.files[conf.RealPath(name)] = data
		}
		for name, data := range x.fixer.Files() {
			x.files[name] = data
		}
		var lock sync.Mutex
		var found []finding.Finding // with the fixes that no report shows, because of a secret in them
		x.after = lintAll(t, dir, target, x.files, func(t *conf.Tree, findings []finding.Finding) {
			lock.Lock()
			found = append(found, findings...)
			lock.Unlock()
			x.fixer.Take(t, findings)
		})
		again, err := x.fixer.Again()
		require.NoError(t, err)
		if x.before == nil {
			x.before = x.after
			for _, c := range x.fixer.Changes() {
				requireSameOutside(t, c.Before, c.After, editedLines(found, c.Path, unsafe))
			}
		}
		for _, f := range found {
			if f.Fix != nil && (f.Fix.Safe || unsafe) {
				x.rules[f.Rule] = true
			}
		}
		if !again {
			break
		}
	}
	for _, f := range x.after {
		require.False(t, f.Fix != nil && (f.Fix.Safe || unsafe), "left to fix: %s:%d: %s: %+v", f.File, f.Line, f.Rule, f.Fix)
	}
	return x
}

// editedLines are the lines of a file that some fix edits.
func editedLines(found []finding.Finding, file string, unsafe bool) map[int]bool {
	lines := map[int]bool{}
	for _, f := range found {
		if f.Fix == nil || !f.Fix.Safe && !unsafe {
			continue
		}
		for _, e := range f.Fix.Edits {
			for n := e.Line; e.File == file && n <= e.EndLine; n++ {
				lines[n] = true
			}
		}
	}
	return lines
}

// requireSameOutside compares bytes: the stretches between edited lines come in
// after as they were and in their order, the first at the very beginning and the
// last at the very end.
func requireSameOutside(t tester, before, after []byte, edited map[int]bool) {
	t.Helper()
	rest, stretch, first := after, []byte{}, true
	take := func(last bool) {
		at := bytes.Index(rest, stretch)
		if last {
			at = bytes.LastIndex(rest, stretch)
		}
		require.True(t, at >= 0 && (!first || at == 0) && (!last || at+len(stretch) == len(rest)), "%q is gone from %q", stretch, after)
		rest, stretch, first = rest[at+len(stretch):], nil, false
	}
	for i, line := range splitLines(before) {
		if !edited[i+1] {
			stretch = append(stretch, line...)
			continue
		}
		take(false)
	}
	take(true)
}

// splitLines cuts a text after its line ends: LF, CR or both.
func splitLines(data []byte) (lines [][]byte) {
	for len(data) > 0 {
		end := bytes.IndexAny(data, "\r\n")
		switch {
		case end < 0:
			end = len(data)
		case bytes.HasPrefix(data[end:], []byte("\r\n")):
			end += 2
		default:
			end++
		}
		lines, data = append(lines, data[:end]), data[end:]
	}
	return lines
}

// fresh are the kinds of findings, by rule and file, of which there are more
// after than before.
func fresh(x fixed) (kinds []string) {
	count := map[string]int{}
	for _, f := range x.before {
		count[f.Rule+" "+f.File]++
	}
	for _, f := range x.after {
		kind := f.Rule + " " + f.File
		if count[kind]--; count[kind] < 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// TestExamples fixes the bad example of every rule.
func TestExamples(t *testing.T) {
	changed := 0
	for _, r := range rules.All() {
		for _, c := range r.Example().Cases {
			if c.Name != "bad" {
				continue
			}
			files := map[string][]byte{}
			for _, f := range c.Files {
				name := filepath.Join(base, f.Name)
				files[name] = f.Data
				if old, err := os.ReadFile(name); err == nil && strings.HasSuffix(name, ".properties") {
					files[name] = append(withoutKeys(old, f.Data), f.Data...)
				}
			}
			target := schema.DefaultTarget
			if name := c.Facts["target"]; name == "auto" {
				continue // the base tree would tell another release than the example does alone
			} else if name != "" {
				var err error
				target, err = schema.ParseTarget(name)
				require.NoError(t, err)
			}
			for _, unsafe := range []bool{true, false} {
				x := fixAll(t, base, &target, files, unsafe)
				if len(x.fixer.Changes()) == 0 {
					break
				}
				changed += len(x.fixer.Changes())
				if kinds := fresh(x); len(kinds) > 0 {
					t.Errorf("%s/%s unsafe=%v: new: %s", r.ID, c.Name, unsafe, strings.Join(kinds, ", "))
				}
			}
		}
	}
	require.Greater(t, changed, 40) // keys that the base has in their right spelling are not renamed
}

// withoutKeys drops the lines of a file whose keys another one has.
func withoutKeys(old, with []byte) []byte {
	key := func(line []byte) string { k, _, _ := strings.Cut(string(line), "="); return strings.TrimSpace(k) }
	var keys []string
	for _, line := range splitLines(with) {
		keys = append(keys, key(line))
	}
	var kept []byte
	for _, line := range splitLines(old) {
		if !slices.Contains(keys, key(line)) {
			kept = append(kept, line...)
		}
	}
	return kept
}
