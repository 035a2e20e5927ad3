package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra/doc"
	"github.com/stretchr/testify/require"
)

// The man pages are made by a test, so that the program need not carry what
// makes them: make man.
var manDir = flag.String("man", "", "where to write the man pages; nowhere by default")

func TestManPages(t *testing.T) {
	dir := *manDir
	if dir == "" {
		dir = t.TempDir()
	}
	root := newRoot("")
	root.DisableAutoGenTag = true
	require.NoError(t, doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "implycheck", Manual: "implycheck"}, dir))
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		require.FileExists(t, filepath.Join(dir, "implycheck-"+cmd.Name()+".1"))
	}
	page, err := os.ReadFile(filepath.Join(dir, "implycheck-lint.1"))
	require.NoError(t, err)
	require.Contains(t, string(page), `stdin-filename`)
	require.Contains(t, string(page), "\n.SH EXAMPLE")
}
