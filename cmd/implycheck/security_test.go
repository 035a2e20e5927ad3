package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page on security names the tests that hold its promises: they exist.
func TestSecurityPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	require.NoError(t, err)
	missing := map[string]bool{}
	for _, name := range regexp.MustCompile("`(?:Test|Fuzz)\\w+`").FindAllString(string(page), -1) {
		missing[strings.Trim(name, "`")] = true
	}
	require.Greater(t, len(missing), 40)
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	require.NoError(t, filepath.WalkDir("../..", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			delete(missing, m[1])
		}
		return err
	}))
	require.Empty(t, missing)
}
