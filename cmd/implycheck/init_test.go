package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// No package of ours does work before main: a table or a regular expression is
// made on first use, by package lazy.
func TestNothingBeforeMain(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	bin := filepath.Join(t.TempDir(), "implycheck")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(bin, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	require.NoError(t, cmd.Run())
	require.Contains(t, trace.String(), "init github.com/spf13/cobra ")
	require.Empty(t, regexp.MustCompile(`(?m)^init (github.com/implycheck/|main ).*$`).FindAllString(trace.String(), -1))
}
