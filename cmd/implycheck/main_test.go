package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// The command line is tested by the scripts in testdata/script; run with
// UPDATE_SCRIPTS=1 to rewrite their expected output, and read it.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	})
}

// Where one of these is set, as in CI, a program that is not installed fails the tests
// that need it instead of skipping them.
const servers, editors = "IMPLYCHECK_SERVERS", "IMPLYCHECK_EDITORS"

func missing(t *testing.T, variable, what string) {
	t.Helper()
	if os.Getenv(variable) != "" {
		t.Fatalf("%s is not installed, and %s is set", what, variable)
	}
	t.Skipf("%s is not installed", what)
}

// installed is the path of a program that a test needs.
func installed(t *testing.T, variable, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, variable, name)
	}
	return path
}

// lay writes files, over links too.
func lay(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.RemoveAll(full))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
}

func TestMain(m *testing.M) {
	testscript.Main(built{m}, map[string]func(){"implycheck": main})
}

// built runs the tests with the programs as users have them first on the PATH. The
// test binary could stand in for it, but with the race detector in it it takes
// ten times as long to start, and the scripts start it some five hundred times.
type built struct{ *testing.M }

func (b built) Run() int {
	dir, err := os.MkdirTemp("", "implycheck-built")
	if err == nil {
		defer os.RemoveAll(dir)
		var out []byte
		if out, err = exec.Command("go", "build", "-o", dir, ".", "../implycheck-preflight").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot build implycheck:", err)
		return 1
	}
	_ = os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return b.M.Run()
}
