// Command bench measures whole processes, cold: implycheck beside a bare hello
// world and beside cue vet, medians of many runs, and a fleet of trees with the
// memory it takes. `make bench` runs it.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	hello, cue, err := peers(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%-34s %10s %10s\n", "", "median ms", "max MB")
	for _, c := range []struct {
		name    string
		command []string
	}{
		{"hello world", []string{hello}},
		{"cue vet of two keys", []string{cue, "vet", filepath.Join(dir, "two.cue")}},
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
		measure(fmt.Sprintf("implycheck lint, %d trees", n), 3, append([]string{binary, "lint", "--exit-zero", "--format", "json"}, paths...))
	}
	return nil
}

// peers builds what we compare with.
func peers(dir string) (hello, cue string, err error) {
	source := filepath.Join(dir, "hello.go")
	hello, cue = filepath.Join(dir, "hello"), filepath.Join(dir, "cue")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"hello\") }\n"), 0o644); err != nil {
		return "", "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "two.cue"), []byte("a: int & >=1\na: 2\nb: string\nb: \"x\"\n"), 0o644); err != nil {
		return "", "", err
	}
	for _, args := range [][]string{
		{"build", "-o", hello, source},
		{"build", "-modfile", "tools/go.mod", "-o", cue, "cuelang.org/go/cmd/cue"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
	}
	return hello, cue, nil
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
