package main

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
