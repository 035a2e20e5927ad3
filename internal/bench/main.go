// Command bench measures whole processes, cold: implycheck beside a bare hello
// world, cue vet and actionlint, medians of many runs; fleets of trees, named one
// by one and below one folder, with the memory they take; and what each package
// does before main. `make bench` runs it.
package main

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const runs = 25

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: bench IMPLYCHECK [TREE]")
	}
	binary, err := filepath.Abs(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	tree := "testdata/demo/conf"
	if len(os.Args) > 2 {
		tree = os.Args[2]
	}
	if err := bench(binary, tree); err != nil {
		log.Fatal(err)
	}
}

func bench(binary, tree string) error {
	dir, err := os.MkdirTemp("", "implycheck-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := build(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%-34s %10s %10s\n", "", "median ms", "max MB")
	for _, c := range []struct {
		name    string
		command []string
	}{
		{"hello world", []string{p.hello}},
		{"cue vet of two keys", []string{p.cue, "vet", filepath.Join(dir, "two.cue")}},
		{"actionlint, one file", []string{p.actionlint, "-shellcheck=", "-pyflakes=", filepath.Join(dir, "workflow.yaml")}},
		{"implycheck version", []string{binary, "version"}},
		{"implycheck lint, one tree", []string{binary, "lint", "--exit-zero", tree}},
	} {
		measure(c.name, runs, c.command)
	}
	for _, n := range []int{100, 300, 1000} {
		paths, err := fleet(filepath.Join(dir, fmt.Sprint(n)), tree, n)
		if err != nil {
			return err
		}
		lint := []string{binary, "lint", "--exit-zero", "--format", "json"}
		measure(fmt.Sprintf("implycheck lint, %d trees", n), 3, append(slices.Clone(lint), paths...))
		measure(fmt.Sprintf("implycheck lint, a folder of %d", n), 3, append(lint, filepath.Join(dir, fmt.Sprint(n))))
	}
	return beforeMain(binary)
}

// peers are what we compare with.
type peers struct{ hello, cue, actionlint string }

// build makes the peers, and what they read, in dir.
func build(dir string) (peers, error) {
	p := peers{filepath.Join(dir, "hello"), filepath.Join(dir, "cue"), filepath.Join(dir, "actionlint")}
	for name, text := range map[string]string{
		"hello.go":      "package main\n\nfunc main() { println(\"hello\") }\n",
		"two.cue":       "a: int & >=1\na: 2\nb: string\nb: \"x\"\n",
		"workflow.yaml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo hi\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return p, err
		}
	}
	for _, args := range [][]string{
		{"build", "-o", p.hello, filepath.Join(dir, "hello.go")},
		{"build", "-modfile", "tools/go.mod", "-o", p.cue, "cuelang.org/go/cmd/cue"},
		{"build", "-modfile", "tools/go.mod", "-o", p.actionlint, "github.com/rhysd/actionlint/cmd/actionlint"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return p, fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
	}
	return p, nil
}

// beforeMain prints the packages whose initialisation takes longest.
func beforeMain(binary string) error {
	cmd := exec.Command(binary, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		return err
	}
	type initialised struct {
		name string
		ms   float64
	}
	var list []initialised
	for line := range strings.Lines(trace.String()) {
		var p initialised
		var at float64
		if n, _ := fmt.Sscanf(line, "init %s @%f ms, %f ms clock", &p.name, &at, &p.ms); n == 3 {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b initialised) int { return cmp.Compare(b.ms, a.ms) })
	fmt.Println("\nbefore main, in ms:")
	for _, p := range list[:min(15, len(list))] {
		fmt.Printf("%-34s %10.3f\n", p.name, p.ms)
	}
	return nil
}

// fleet copies a tree n times.
func fleet(dir, tree string, n int) ([]string, error) {
	var paths []string
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("c%04d", i), "conf")
		if err := os.CopyFS(path, os.DirFS(tree)); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// measure prints the median time of a command, and the most memory a run took.
func measure(name string, runs int, command []string) {
	var times []time.Duration
	var most int64
	for range runs {
		cmd := exec.Command(command[0], command[1:]...)
		start := time.Now()
		if err := cmd.Run(); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		times = append(times, time.Since(start))
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			most = max(most, usage.Maxrss>>10)
		}
	}
	slices.Sort(times)
	fmt.Printf("%-34s %10.1f %10d\n", name, float64(times[len(times)/2].Microseconds())/1000, most)
}
