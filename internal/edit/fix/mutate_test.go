package fix_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// mistakes are what people do to a line; the text has no line end.
var mistakes = map[string]func(t *rapid.T, line string) string{
	"letter gone": func(t *rapid.T, line string) string {
		i := place(t, line)
		return line[:i] + line[min(i+1, len(line)):]
	},
	"letter doubled": func(t *rapid.T, line string) string {
		i := place(t, line)
		return line[:i] + line[i:min(i+1, len(line))] + line[i:]
	},
	"upper case": func(t *rapid.T, line string) string {
		i := place(t, line)
		return line[:i] + strings.ToUpper(line[i:min(i+1, len(line))]) + line[min(i+1, len(line)):]
	},
	"blanks at end":   func(t *rapid.T, line string) string { return line + " \t" },
	"blanks around =": func(_ *rapid.T, line string) string { return strings.Replace(line, "=", " = ", 1) },
	"quoted":          onValue(func(v string) string { return `"` + v + `"` }),
	"no brackets":     onValue(func(v string) string { return strings.Trim(v, `[]`) }),
	"no list at all":  onValue(func(v string) string { return strings.NewReplacer("[", "", "]", "", `"`, "").Replace(v) }),
	"comma at end":    onValue(func(v string) string { return strings.Replace(v, "]", ",]", 1) }),
	"unit":            onValue(func(v string) string { return v + "MiB" }),
	"unit of java":    func(_ *rapid.T, line string) string { return line + "b" },
	"bucket address":  onValue(func(v string) string { return "s3://" + v }),
	"letter beyond":   onValue(func(v string) string { return v + "ü" }),
	"not UTF-8":       onValue(func(v string) string { return "\xe2\x82" + v }),
	"backslash":       onValue(func(v string) string { return `C:\data\` + v }),
	"credential":      onValue(func(v string) string { return `"jdbc:mysql://u:hunter2@db/` + v + `"` }),
	"without druid.":  func(_ *rapid.T, line string) string { return strings.TrimPrefix(line, "druid.") },
	"two dots":        func(_ *rapid.T, line string) string { return strings.Replace(line, ".", "..", 1) },
	"over two lines":  func(t *rapid.T, line string) string { i := place(t, line); return line[:i] + "\\\n    " + line[i:] },
	"indented":        func(_ *rapid.T, line string) string { return " \t" + line },
	"commented out":   func(_ *rapid.T, line string) string { return "#" + line },
	"twice":           func(_ *rapid.T, line string) string { return line + "\n" + line },
	"old class":       func(_ *rapid.T, line string) string { return strings.ReplaceAll(line, "org.apache.druid", "io.druid") },
	"direct flag": func(_ *rapid.T, line string) string {
		return strings.Replace(line, "MaxDirectMemorySize", "MaxDirectMemory", 1)
	},
	"heap": func(_ *rapid.T, line string) string { return strings.Replace(line, "-Xms", "-Xms9", 1) },
	"flags of old": func(_ *rapid.T, line string) string {
		return line + " -XX:MaxPermSize=128m -Dderby.stream.error.file=x"
	},
	"carriage returns": func(_ *rapid.T, line string) string { return strings.TrimSuffix(line, "\r") + "\r" },
}

// onValue changes what stands behind the first =.
func onValue(change func(string) string) func(*rapid.T, string) string {
	return func(_ *rapid.T, line string) string {
		key, value, ok := strings.Cut(line, "=")
		if !ok || value == "" {
			return line
		}
		return key + "=" + change(value)
	}
}

// place is an index into a line, at most its length.
func place(t *rapid.T, line string) int { return rapid.IntRange(0, len(line)).Draw(t, "place") }

var mistakeNames = slices.Sorted(maps.Keys(mistakes))

// treeFiles are the files of a tree that have lines to spoil.
func treeFiles(t *testing.T, dir string) map[string][]byte {
	files := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(name, ".properties") || strings.HasSuffix(name, ".config")) {
			files[name], err = os.ReadFile(name)
		}
		return err
	}))
	return files
}

// spoil makes a few mistakes in a few lines.
func spoil(t *rapid.T, files map[string][]byte) map[string][]byte {
	names := slices.Sorted(maps.Keys(files))
	spoilt := map[string][]byte{}
	for range rapid.IntRange(1, 6).Draw(t, "mistakes") {
		name := rapid.SampledFrom(names).Draw(t, "file")
		if spoilt[name] == nil {
			spoilt[name] = files[name]
		}
		lines := splitLines(spoilt[name])
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		text := strings.TrimRight(string(lines[i]), "\n")
		kind := rapid.SampledFrom(mistakeNames).Draw(t, "kind")
		lines[i] = append([]byte(mistakes[kind](t, text)), lines[i][len(text):]...)
		spoilt[name] = bytes.Join(lines, nil)
		switch rapid.IntRange(0, 9).Draw(t, "whole") {
		case 0:
			spoilt[name] = append([]byte("\ufeff"), spoilt[name]...)
		case 1:
			spoilt[name] = bytes.ReplaceAll(spoilt[name], []byte("\n"), []byte("\r\n"))
		case 2:
			spoilt[name] = bytes.TrimSuffix(spoilt[name], []byte("\n"))
		}
	}
	return spoilt
}

// uncover are the rules after whose fixes a value is read, or judged, for the
// first time. What is found then was wrong before.
var uncover = []string{
	"jvm-comment-line", "jvm-size-malformed", "prop-case", "prop-missing-druid-prefix", "prop-size-units-too-new", "prop-unknown",
	"props-backslash-eaten", "props-bom", "props-double-or-trailing-dot", "props-json-invalid", "props-list-without-brackets",
	"props-quoted-scalar", "props-trailing-space", "prop-choice-value", "mem-direct-insufficient",
}

// TestMutations spoils trees and fixes them: it comes to an end, with nothing
// left to fix, no secret or mask written or shown, and no new findings.
func TestMutations(t *testing.T) {
	trees := []string{base, "../../../testdata/demo"}
	files := map[string]map[string][]byte{}
	for _, dir := range trees {
		files[dir] = treeFiles(t, dir)
	}
	rapid.Check(t, func(t *rapid.T) {
		dir := rapid.SampledFrom(trees).Draw(t, "tree")
		target := schema.DefaultTarget
		if rapid.Bool().Draw(t, "new release") {
			target, _ = schema.ParseTarget("druid-30")
		}
		unsafe := rapid.Bool().Draw(t, "unsafe")
		x := fixAll(t, dir, &target, spoil(t, files[dir]), unsafe)
		for _, c := range x.fixer.Changes() {
			require.NotContains(t, string(c.After), "****")
		}
		for _, f := range append(x.before, x.after...) {
			require.NotContains(t, f.Suggestion, "hunter2", f.Rule)
			if f.Fix != nil {
				require.NotContains(t, fmt.Sprint(f.Fix.Edits), "hunter2", f.Rule)
			}
		}
		if !slices.ContainsFunc(uncover, func(rule string) bool { return x.rules[rule] }) {
			require.Empty(t, fresh(x))
		}
	})
}

// undone are the mistakes whose fix is the text that was there.
var undone = []string{"blanks at end", "quoted", "no list at all", "comma at end", "two dots", "upper case", "direct flag"}

// TestUndone makes one mistake in a tree without any: where each finding has a
// safe fix, the fixed tree is the one from before.
func TestUndone(t *testing.T) {
	files := treeFiles(t, base)
	target := schema.DefaultTarget
	clean := lintAll(t, base, &target, nil, nil)
	fixes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(files))).Draw(t, "file")
		lines := splitLines(files[name])
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		kind := rapid.SampledFrom(undone).Draw(t, "kind")
		text := strings.TrimRight(string(lines[i]), "\n")
		lines[i] = append([]byte(mistakes[kind](t, text)), '\n')
		x := fixAll(t, base, &target, map[string][]byte{name: bytes.Join(lines, nil)}, false)
		if len(x.fixer.Changes()) == 0 || len(x.after) > len(clean) && unfixable(x.before, clean) {
			return
		}
		fixes[kind]++
		require.Equal(t, string(files[name]), string(x.fixer.Changes()[0].After))
		require.Equal(t, clean, x.after)
	})
	t.Log(fixes)
}

// unfixable reports whether findings that were not there have no safe fix.
func unfixable(found, clean []finding.Finding) bool {
	return slices.ContainsFunc(found, func(f finding.Finding) bool {
		return (f.Fix == nil || !f.Fix.Safe) && !slices.ContainsFunc(clean, func(c finding.Finding) bool { return c.Rule == f.Rule && c.File == f.File })
	})
}
