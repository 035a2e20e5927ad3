package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// habits are ways to write that docs/style.md replaces by plainer ones.
var habits = regexp.MustCompile(`(?i)\b(without a word|for ever|stands? (here|there|in|twice|once|before|behind|more than)|` +
	`nobody has to log in|whoever|(is|are) no [a-z]+[,.: ]|beside (the|its|it|them|one|everything)|` +
	`silences?|in vain|of late)\b|\b1 (cores|threads|servers|brokers|buffers|tasks|files|services|trees|disks|errors|warnings|hosts)\b`)

// fine is what looks like one of them and is not.
var fine = regexp.MustCompile(`(?i)is no longer|are no longer|is no more than|is no (other|default|need|way|such|value|larger|faster)|are no (others?|faster|larger|comments|merge|error)|there (is|are) no|stands? in (for|the way)`)

func plain(t *testing.T, where, text string) {
	text = fine.ReplaceAllString(text, "")
	if found := habits.FindString(text); found != "" {
		t.Errorf("%s: %q: docs/style.md has a plainer way (%s)", where, found, strings.TrimSpace(text))
	}
}

// TestStyle reads every text of the program, its properties and its documentation.
func TestStyle(t *testing.T) {
	for _, p := range schema.Properties() {
		plain(t, p.Name, p.Doc)
	}
	files, err := exec.Command("git", "ls-files", "../..").Output()
	if err != nil {
		t.Skip("not in a work tree of git")
	}
	read := 0
	for _, file := range strings.Fields(string(files)) {
		switch {
		case strings.HasSuffix(file, "_test.go"), strings.HasSuffix(file, "_gen.go"):
		case strings.HasSuffix(file, ".go"):
			literals(t, file)
			read++
		case strings.HasSuffix(file, ".md") && !strings.Contains(file, "docs/rules/") && filepath.Base(file) != "style.md":
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for i, line := range strings.Split(string(text), "\n") {
				plain(t, file+":"+strconv.Itoa(i+1), line)
			}
			read++
		}
	}
	require.Greater(t, read, 300)
}

// literals reads the strings of a file of Go.
func literals(t *testing.T, file string) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, err := strconv.Unquote(l.Value)
			require.NoError(t, err)
			plain(t, set.Position(l.Pos()).String(), text)
		}
		return true
	})
}
