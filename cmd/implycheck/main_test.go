package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The command line is tested by the scripts in testdata/script; run with
// UPDATE_SCRIPTS=1 to rewrite their expected output, and read it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	})
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"implycheck": main})
}
