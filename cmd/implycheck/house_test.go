package main

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms are the packages of the house, from the ground up, and which of the
// others each may import. A room that is not here is one too many. All may import
// internal/lazy and internal/text, which stand on the ground.
var rooms = map[string]string{
	"internal/lazy":      "",
	"internal/text":      "",
	"internal/text/mask": "",
	"internal/disk":      "",
	"internal/bench":     "",
	"internal/cputime":   "",
	"finding":            "",

	"schema":              "",
	"schema/internal/gen": "",
	"sizing":              "schema",
	"sizing/hardware":     "sizing",

	"conf/syntax":    "",
	"conf/live":      "",
	"conf/form":      "conf/live conf/syntax schema",
	"conf":           "conf/form conf/live conf/syntax internal/disk internal/text/mask schema",
	"conf/effective": "conf conf/syntax internal/text/mask schema sizing",

	"ports":                      "conf conf/syntax schema",
	"rules":                      "conf conf/form conf/syntax finding internal/text/mask ports schema sizing",
	"rules/internal/docs":        "finding internal/report preflight rules rules/internal/exampletree",
	"rules/internal/exampletree": "conf conf/live conf/syntax finding lint lint/config rules schema",

	"lint":          "conf conf/live finding internal/disk internal/text/mask lint/baseline lint/config lint/since lint/suppress rules",
	"lint/baseline": "finding internal/disk internal/edit rules",
	"lint/config":   "conf/syntax finding internal/disk rules schema sizing",
	"lint/policy":   "conf conf/syntax finding internal/disk internal/text/mask rules schema",
	"lint/since":    "conf finding internal/disk",
	"lint/suppress": "conf conf/syntax finding rules",

	"preflight":       "conf conf/syntax finding internal/text/mask lint/config lint/suppress ports preflight/facts rules schema sizing",
	"preflight/facts": "",
	"preflight/probe": "internal/text/mask preflight/facts sizing/hardware",

	"internal/diff":            "conf conf/effective conf/syntax finding internal/text/mask rules schema",
	"internal/diff/upgrade":    "conf finding internal/text/mask rules schema",
	"internal/edit":            "internal/disk",
	"internal/edit/fix":        "conf finding internal/disk internal/edit internal/edit/retune internal/text/mask",
	"internal/edit/retune":     "conf conf/syntax internal/text/mask schema sizing",
	"internal/edit/scaffold":   "conf/syntax internal/disk internal/edit schema sizing",
	"internal/report":          "conf/effective conf/syntax finding internal/diff internal/diff/upgrade internal/text/mask ports rules schema sizing sizing/hardware",
	"internal/report/diagram":  "ports",
	"internal/report/firewall": "ports",

	"internal/lsp": "conf conf/effective conf/syntax finding internal/edit/fix internal/report lint lint/suppress rules schema sizing",

	"web":       "conf conf/effective finding internal/edit/fix internal/edit/scaffold internal/report internal/text/mask lint ports rules schema sizing",
	"web/pack":  "",
	"web/serve": "",

	"internal/mutants": "",

	"web/site": "internal/report schema",

	"cmd/implycheck-preflight": "preflight/probe",

	"cmd/implycheck": "conf conf/effective conf/live finding internal/diff internal/diff/upgrade internal/disk internal/edit internal/edit/fix internal/edit/retune " +
		"internal/edit/scaffold internal/lsp internal/report internal/report/diagram internal/report/firewall internal/text/mask lint lint/baseline lint/config " +
		"lint/policy lint/since ports preflight rules schema sizing sizing/hardware",
}

// TestRooms holds the imports between packages to the table, exactly: what is no
// longer needed goes from it too.
func TestRooms(t *testing.T) {
	const module = "github.com/implycheck/implycheck/"
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	require.NoError(t, err)
	imports := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		require.NoError(t, decoder.Decode(&p))
		var ours []string
		for _, path := range p.Imports {
			if name, ok := strings.CutPrefix(path, module); ok && name != "internal/lazy" && name != "internal/text" {
				ours = append(ours, name)
			}
		}
		slices.Sort(ours)
		imports[strings.TrimPrefix(p.ImportPath, module)] = strings.Join(ours, " ")
	}
	require.Equal(t, rooms, imports)
}

// TestPublicIsDocumented: what other programs may name says what it is, and when it
// fails. docs/library.md lists the packages.
func TestPublicIsDocumented(t *testing.T) {
	fails := regexp.MustCompile(`(?i)\b(error|fails?)\b`)
	ofInterface := map[string]bool{"Unwrap": true, "MarshalText": true, "UnmarshalText": true, "MarshalJSON": true, "UnmarshalJSON": true}
	for _, room := range []string{"conf", "schema", "rules", "sizing", "ports", "lint", "finding", "preflight"} {
		files := token.NewFileSet()
		var parsed []*ast.File
		names, err := filepath.Glob(filepath.Join("../..", room, "*.go"))
		require.NoError(t, err)
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
				require.NoError(t, err)
				parsed = append(parsed, file)
			}
		}
		p, err := doc.NewFromFiles(files, parsed, room)
		require.NoError(t, err)
		require.NotEmpty(t, p.Doc, room)
		functions := slices.Clone(p.Funcs)
		for _, of := range p.Types {
			require.NotEmpty(t, of.Doc, "%s.%s", room, of.Name)
			functions = append(functions, slices.Concat(of.Funcs, of.Methods)...)
		}
		for _, f := range functions {
			if f.Doc == "" {
				t.Errorf("%s.%s has no comment", room, f.Name)
			}
			if lastResult(f.Decl.Type) == "error" && !ofInterface[f.Name] && !fails.MatchString(f.Doc) {
				t.Errorf("%s.%s does not say when it fails", room, f.Name)
			}
		}
	}
}

// lastResult is the type of the last result of a function, if it has a plain name.
func lastResult(f *ast.FuncType) string {
	if f.Results == nil {
		return ""
	}
	name, _ := f.Results.List[len(f.Results.List)-1].Type.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}
