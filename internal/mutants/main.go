// Command mutants changes one thing at a time in packages, as a mistake would,
// and runs the package's tests: what they still accept has survived, and is
// printed. One that does not compile, such as a difference of texts, is none:
// another is drawn. Nothing is written into the source: go test reads each mutant
// through an overlay. A survivor may mean the same as what it changes, as a port
// does where only the host is read: somebody has to look at each.
//
//	mutants [-n 20] [-seed 1] package...
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// patience is how long the tests of a mutant may take: one that never ends is
// found, too.
const patience = "5m"

// mutant is one change of a file.
type mutant struct {
	file     string
	at       token.Position
	from, to int // bytes
	text     string
}

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 20, "mutants of each package")
	seed := flag.Uint64("seed", 1, "which are drawn")
	flag.Parse()
	for _, pkg := range flag.Args() {
		if err := try(pkg, *n, *seed); err != nil {
			log.Fatal(err)
		}
	}
}

// try draws mutants of a package until so many have been tested, and prints the
// survivors.
func try(pkg string, n int, seed uint64) error {
	// Tests that fail without a change would find every mutant.
	if r, err := test(pkg, ""); err != nil || r != passes {
		return cmp.Or(err, fmt.Errorf("%s: its tests fail without a change", pkg))
	}
	all, err := mutants(pkg)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	survived, tried := 0, 0
	for _, m := range all {
		if tried == n {
			break
		}
		r, err := m.test(pkg)
		if err != nil {
			return err
		}
		if r == broken {
			continue
		}
		tried++
		if r == passes {
			survived++
			fmt.Printf("%s:%d:%d: survives as %q\n", m.file, m.at.Line, m.at.Column, m.text)
		}
	}
	fmt.Printf("%s: %d of %d mutants survive\n", pkg, survived, tried)
	return nil
}

// mutants are all changes that the tool knows to make in a package.
func mutants(pkg string) (list []mutant, err error) {
	files, err := filepath.Glob(filepath.Join(pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, source, 0)
		if err != nil {
			return nil, err
		}
		change := func(pos token.Pos, length int, text string) {
			at := set.Position(pos)
			list = append(list, mutant{file, at, at.Offset, at.Offset + length, text})
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				for _, text := range operators[n.Op] {
					change(n.OpPos, len(n.Op.String()), text)
				}
			case *ast.BasicLit:
				if n.Kind == token.INT {
					change(n.Pos(), len(n.Value), "("+n.Value+"+1)")
				}
			case *ast.IfStmt:
				if n.Init == nil {
					cond := source[set.Position(n.Cond.Pos()).Offset:set.Position(n.Cond.End()).Offset]
					change(n.Cond.Pos(), len(cond), "false && ("+string(cond)+")")
				}
			case *ast.UnaryExpr:
				if n.Op == token.NOT {
					change(n.OpPos, 1, "")
				}
			}
			return true
		})
	}
	return list, nil
}

// operators are what each may be mistaken for.
var operators = map[token.Token][]string{
	token.LSS: {"<="}, token.LEQ: {"<"}, token.GTR: {">="}, token.GEQ: {">"},
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LAND: {"||"}, token.LOR: {"&&"},
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"},
}

// result is what comes of a package's tests.
type result int

const (
	passes result = iota
	fails
	broken // does not compile
)

// test runs the package's tests with the change.
func (m mutant) test(pkg string) (result, error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return broken, err
	}
	defer os.RemoveAll(dir)
	source, err := os.ReadFile(m.file)
	if err != nil {
		return broken, err
	}
	changed := filepath.Join(dir, "mutant.go")
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, []byte(string(source[:m.from])+m.text+string(source[m.to:])), 0o600); err != nil {
		return broken, err
	}
	real, err := filepath.Abs(m.file)
	if err != nil {
		return broken, err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {real: changed}})
	if err != nil {
		return broken, err
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return broken, err
	}
	return test(pkg, overlay)
}

// test runs the package's tests with an overlay, or without any.
func test(pkg, overlay string) (result, error) {
	out, err := exec.Command("go", "test", "-overlay", overlay, "-timeout", patience, "-vet=off", "-short", "-failfast", "./"+filepath.Clean(pkg)).CombinedOutput()
	switch exit := (*exec.ExitError)(nil); {
	case err == nil:
		return passes, nil
	case bytes.Contains(out, []byte("[build failed]")):
		return broken, nil
	case errors.As(err, &exit):
		return fails, nil
	}
	return broken, err
}
