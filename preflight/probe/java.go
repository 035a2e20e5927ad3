package probe

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// java finds the Java that Druid's bin/run-java starts: DRUID_JAVA_HOME, JAVA_HOME,
// then the PATH. It starts none: the file release beside it says its version.
func java(q facts.Java) (*facts.Runtime, error) {
	r := &facts.Runtime{Skip: !slices.Contains([]string{"", "0", "false", "f"}, os.Getenv("DRUID_SKIP_JAVA_CHECK"))}
	if q.Verify != "" {
		text, _ := smallFile(q.Verify)
		r.Verify = string(text[:min(len(text), 1<<16)])
	}
	for _, name := range []string{"DRUID_JAVA_HOME", "JAVA_HOME"} {
		if home := os.Getenv(name); home != "" {
			r.From, r.Home = name, home
			if _, err := os.Stat(filepath.Join(home, "bin/java")); err != nil {
				r.None = errors.Is(err, fs.ErrNotExist)
				return r, nil
			}
			break
		}
	}
	if r.Home == "" {
		path, err := exec.LookPath("java")
		if err != nil {
			return nil, &fs.PathError{Op: "look for", Path: "java in the PATH", Err: fs.ErrNotExist}
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
		r.From, r.Home = "PATH", filepath.Dir(filepath.Dir(path))
	}
	r.Version = javaVersion(r.Home)
	r.Major = major(r.Version)
	return r, nil
}

// javaVersion reads the file release of a Java, or of the JDK that a JRE of Java 8
// lies in.
func javaVersion(home string) string {
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	for _, dir := range []string{home, filepath.Dir(home)} {
		text, _ := smallFile(filepath.Join(dir, "release"))
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "JAVA_VERSION="); ok {
				return strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return ""
}

// major is 8 of 1.8.0_392 and 17 of 17.0.15; 0 where it is none.
func major(version string) int {
	version = strings.TrimPrefix(version, "1.")
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	n, _ := strconv.Atoi(version[:end])
	return n
}
